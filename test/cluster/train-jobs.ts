/** TrainJobs for the tests of what is done with jobs that are there. */
import { kubectl, trainRuntime, until } from './index.ts';
import { create } from './pods.ts';

export interface Wanted {
  nodes?: number;
  /** Python. */
  code?: string;
  memory?: string;
  suspend?: boolean;
  metadata?: object;
  image?: string;
  /** A TrainingRuntime of the namespace, in place of the cluster's. */
  runtime?: string;
}

/** Makes a TrainJob that runs a bit of Python. */
export const makeJob = (ns: string, name: string, wanted: Wanted = {}): Promise<void> =>
  create(ns, {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name, ...wanted.metadata },
    spec: {
      suspend: wanted.suspend ?? false,
      runtimeRef: wanted.runtime ? { name: wanted.runtime, kind: 'TrainingRuntime' } : { name: trainRuntime() },
      trainer: {
        numNodes: wanted.nodes ?? 1,
        command: ['python3', '-c', wanted.code ?? 'print("done")'],
        ...(wanted.image ? { image: wanted.image } : {}),
        resourcesPerNode: { requests: { cpu: '10m', memory: wanted.memory ?? '16Mi' } },
      },
    },
  });

/** Ends at once when it is told to: a plain sleep as the first process ignores SIGTERM. */
export const forever =
  'import signal, time; signal.signal(15, lambda *a: exit(0)); print("is up", flush=True); time.sleep(3600)';

/** Waits until that many pods of the job run {@link forever}. */
export const areUp = (ns: string, job: string, count: number): Promise<unknown> =>
  until(`${count} pods of ${job}`, 90, async () => {
    const { stdout } = await kubectl(['-n', ns, 'logs', '-l', `jobset.sigs.k8s.io/jobset-name=${job}`]);
    return stdout.split('is up').length - 1 === count;
  });
