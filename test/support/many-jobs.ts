/** Thousands of TrainJobs that no controller touches, to see how a list of them is printed. */
import { openKube } from '../../shared/kube/open.ts';
import { ensureCluster, kubectl, namespace, until } from '../cluster/index.ts';
import { context } from './command.ts';

const trainer = { namespace: 'kubeflow-system', deployment: 'kubeflow-trainer-controller-manager' };
const webhooks = [
  ['validatingwebhookconfiguration', 'validator.trainer.kubeflow.org'],
  ['mutatingwebhookconfiguration', 'defaulter.trainer.kubeflow.org'],
] as const;

export interface ManyJobs {
  namespace: string;
  /** Deletes them, then puts the controllers and their webhooks back. */
  restore(): Promise<void>;
}

async function must(args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}

/**
 * Puts Trainer's controller and webhooks out of the way and makes the jobs, each about 1.5 kB.
 * Whatever fails, `restore` is to be called; it can be called again.
 */
export async function manyJobs(count: number, say: (line: string) => void = () => {}): Promise<ManyJobs> {
  const kubeconfig = (await ensureCluster()).kubeconfig;
  const made = await namespace('many');
  const deployment = ['-n', trainer.namespace, 'deployment', trainer.deployment];
  const replicas = (await must(['get', ...deployment, '-o', 'jsonpath={.spec.replicas}'])).trim();
  const saved = await Promise.all(
    webhooks.map(async ([kind, name]) => cleaned(await must(['get', kind, name, '-o', 'json']))),
  );
  const kube = await openKube({ kubeconfig }, context().context);
  const path = `/apis/trainer.kubeflow.org/v1alpha1/namespaces/${made.name}/trainjobs`;
  const jobs: ManyJobs = {
    namespace: made.name,
    async restore() {
      // First the jobs: a controller that finds thousands begins to work on them.
      await must(['-n', made.name, 'delete', 'trainjobs', '--all', '--wait=false']);
      await until(
        'the end of the jobs',
        300,
        async () => (await kube.json<{ items: [] }>({ path, query: { limit: 1 } })).items.length === 0,
        500,
      );
      kube.close();
      for (const config of saved) await must(['apply', '--server-side', '--force-conflicts', '-f', '-'], config);
      await must([
        '-n',
        trainer.namespace,
        'scale',
        'deployment',
        trainer.deployment,
        `--replicas=${replicas === '0' ? 1 : replicas}`,
      ]);
      await must(['-n', trainer.namespace, 'rollout', 'status', 'deployment', trainer.deployment, '--timeout=120s']);
      await made.delete();
    },
  };
  try {
    await must(['-n', trainer.namespace, 'scale', 'deployment', trainer.deployment, '--replicas=0']);
    const pods = ['-n', trainer.namespace, 'get', 'pods', '-o', 'name'];
    await until('the end of the controller', 60, async () => (await must(pods)).trim() === '', 500);
    for (const [kind, name] of webhooks) await must(['delete', kind, name, '--ignore-not-found']);
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < count; i = next++) {
        await kube.json({ method: 'POST', path, body: jobOf(i) });
        if ((i + 1) % 1000 === 0) say(`${i + 1} of ${count} jobs made`);
      }
    };
    await Promise.all(Array.from({ length: 32 }, worker));
    return jobs;
  } catch (error) {
    await jobs.restore();
    throw error;
  }
}

/** An object as it can be made again. */
function cleaned(json: string): string {
  const object = JSON.parse(json);
  const { name, labels, annotations } = object.metadata;
  return JSON.stringify({ ...object, metadata: { name, labels, annotations } });
}

function jobOf(i: number): object {
  const env = Array.from({ length: 12 }, (_, n) => ({
    name: `SETTING_${n}`,
    value: `value ${n} of job ${i}, as long as such things are`,
  }));
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name: `job-${String(i).padStart(4, '0')}`, labels: { team: `team-${i % 7}` } },
    spec: {
      runtimeRef: { apiGroup: 'trainer.kubeflow.org', kind: 'ClusterTrainingRuntime', name: 'torch-distributed' },
      suspend: false,
      managedBy: 'trainer.kubeflow.org/trainjob-controller',
      trainer: { numNodes: 1 + (i % 4), command: ['python', 'train.py'], args: ['--epochs', '10'], env },
    },
  };
}
