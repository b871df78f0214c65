/** Thousands of pods that nothing runs, half of them jobs': to see what a project of that size costs to look at. */
import { openKube } from '../../shared/kube/open.ts';
import { ensureCluster, kubectl, namespace, until } from '../cluster/index.ts';
import { context } from './command.ts';

export interface ManyPods {
  namespace: string;
  /** Makes more, until there are so many. */
  grow(count: number): Promise<void>;
  /** Deletes them, and the namespace. */
  restore(): Promise<void>;
}

/** Pods of one job; as many again stand for themselves. */
const perJob = 100;

/** No scheduler looks at them, no kubelet gets them, no controller counts them: each is one write. */
export async function manyPods(say: (line: string) => void = () => {}): Promise<ManyPods> {
  const kubeconfig = (await ensureCluster()).kubeconfig;
  const made = await namespace('pods');
  const kube = await openKube({ kubeconfig }, context().context);
  const pods = `/api/v1/namespaces/${made.name}/pods`;
  const jobs: { name: string; uid: string }[] = [];
  let there = 0;
  const jobFor = async (i: number): Promise<{ name: string; uid: string }> => {
    const name = `job-${String(Math.floor(i / (2 * perJob))).padStart(3, '0')}`;
    const known = jobs.find((job) => job.name === name);
    if (known) return known;
    const path = `/apis/batch/v1/namespaces/${made.name}/jobs`;
    const job = await kube.json<{ metadata: { uid: string } }>({ method: 'POST', path, body: jobOf(name) });
    const found = { name, uid: job.metadata.uid };
    jobs.push(found);
    return found;
  };
  return {
    namespace: made.name,
    async grow(count) {
      for (let i = there; i < count; i += 2 * perJob) await jobFor(i);
      let next = there;
      const worker = async () => {
        for (let i = next++; i < count; i = next++) {
          await kube.json({ method: 'POST', path: pods, body: podOf(i, i % 2 ? await jobFor(i) : undefined) });
          if ((i + 1) % 1000 === 0) say(`${i + 1} pods made`);
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      there = Math.max(there, count);
    },
    async restore() {
      await kubectl(['-n', made.name, 'delete', 'jobs', '--all', '--wait=false', '--cascade=orphan']);
      const query = { gracePeriodSeconds: 0 };
      const gone = async () => {
        await kube.json({ method: 'DELETE', path: pods, query }).catch(() => undefined);
        return (await kube.json<{ items: [] }>({ path: pods, query: { limit: 1 } })).items.length === 0;
      };
      await until('the end of the pods', 300, gone, 500);
      kube.close();
      await made.delete();
    },
  };
}

const template = {
  containers: [
    {
      name: 'main',
      image: 'local.test/python:1',
      command: ['python3', 'train.py'],
      env: Array.from({ length: 8 }, (_, n) => ({ name: `SETTING_${n}`, value: `value ${n}, as long as they are` })),
      resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '2Gi' } },
    },
  ],
};

/** Managed by someone who is not there. */
const jobOf = (name: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    managedBy: 'kf.example/nobody',
    parallelism: perJob,
    completions: perJob,
    template: { spec: { restartPolicy: 'Never', ...template } },
  },
});

function podOf(i: number, job: { name: string; uid: string } | undefined): object {
  const owner = job && { apiVersion: 'batch/v1', kind: 'Job', ...job, controller: true, blockOwnerDeletion: false };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${String(i).padStart(5, '0')}`,
      labels: { team: `team-${i % 7}`, ...(job ? { 'batch.kubernetes.io/job-name': job.name } : {}) },
      ...(owner ? { ownerReferences: [owner] } : {}),
    },
    spec: { restartPolicy: 'Never', schedulingGates: [{ name: 'kf.example/never' }], ...template },
  };
}
