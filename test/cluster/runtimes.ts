/** Runtimes of a test's own: that of the cluster, with another mind about ranks that fail. */
import { kubectl, trainRuntime } from './index.ts';
import { create } from './pods.ts';

/**
 * Makes the TrainingRuntime in the namespace.
 * @param onFailure whether a rank that fails is started again (six times, as Kubernetes does unless told otherwise), or ends the job
 */
export async function makeRuntime(ns: string, name: string, onFailure: 'again' | 'end'): Promise<void> {
  const { code, stdout, stderr } = await kubectl(['get', 'clustertrainingruntime', trainRuntime(), '-o', 'json']);
  if (code !== 0) throw new Error(stderr);
  const { spec, metadata } = JSON.parse(stdout);
  for (const { template } of spec.template.spec.replicatedJobs) {
    template.spec.backoffLimit = onFailure === 'again' ? 6 : 0;
    const restartPolicy = onFailure === 'again' ? 'OnFailure' : 'Never';
    Object.assign(template.spec.template.spec, { restartPolicy, terminationGracePeriodSeconds: 3 });
  }
  await create(ns, {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainingRuntime',
    metadata: { name, labels: metadata.labels },
    spec,
  });
}
