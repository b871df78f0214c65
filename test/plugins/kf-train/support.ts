import { group } from '../../../plugins/kf-train/index.ts';
import { type Answer, type ApiServer, apiServer, type Handler, status } from '../../support/api-server.ts';
import { type Result, runCommand, type World } from '../../support/command.ts';

export const now = Date.parse('2026-01-01T01:00:00Z');
const trainer = '/apis/trainer.kubeflow.org/v1alpha1';
export const jobs = `${trainer}/namespaces/team-a/trainjobs`;
export const pods = '/api/v1/namespaces/team-a/pods';

export const list = (kind: string, items: unknown[] | null, metadata: object = {}): Answer => ({
  body: { apiVersion: 'v1', kind: `${kind}List`, metadata: { resourceVersion: '1', ...metadata }, items },
});

/** No Training Operator; discovery as small as the aggregated form allows. */
export const base: Record<string, Handler | Answer> = {
  '/api': { body: { kind: 'APIGroupDiscoveryList', items: [] } },
  '/apis': { body: { kind: 'APIGroupDiscoveryList', items: [] } },
  '/api/v1/namespaces/team-a': { body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } } },
  [jobs]: list('TrainJob', []),
  [pods]: list('Pod', []),
  '/api/v1/namespaces/team-a/events': list('Event', []),
  '/api/v1/namespaces/team-a/configmaps': list('ConfigMap', null),
};

/** Discovery of a cluster that serves PyTorchJob too. */
export const withPyTorch: Record<string, Answer> = {
  '/apis': {
    body: {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'kubeflow.org' },
          versions: [
            {
              version: 'v1',
              resources: [{ resource: 'pytorchjobs', responseKind: { kind: 'PyTorchJob' }, scope: 'Namespaced' }],
            },
          ],
        },
      ],
    },
  },
};

export const trainJob = (name: string, spec: object = {}, jobStatus: object = {}, metadata: object = {}) => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name, namespace: 'team-a', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:50:00Z', ...metadata },
  spec: { runtimeRef: { name: 'torch-distributed' }, trainer: { numNodes: 2 }, ...spec },
  status: jobStatus,
});

export const condition = (type: string, lastTransitionTime = '2026-01-01T00:50:42Z', more: object = {}) => ({
  conditions: [{ type, status: 'True', reason: type, message: '', lastTransitionTime, ...more }],
});

export const running = { jobsStatus: [{ name: 'node', ready: 1, active: 1 }] };

export const pod = (job: string, rank: number, podStatus: object, spec: object = {}) => ({
  metadata: {
    name: `${job}-node-0-${rank}-abcde`,
    namespace: 'team-a',
    uid: `uid-${job}-${rank}`,
    creationTimestamp: '2026-01-01T00:50:00Z',
    labels: {
      'jobset.sigs.k8s.io/jobset-name': job,
      'jobset.sigs.k8s.io/replicatedjob-name': 'node',
      'batch.kubernetes.io/job-completion-index': String(rank),
    },
  },
  spec: { containers: [{ name: 'node', image: 'python:3', command: ['python', 'train.py'] }], ...spec },
  status: podStatus,
});

export const failedPod = (job: string, rank: number) =>
  pod(job, rank, {
    phase: 'Failed',
    containerStatuses: [
      {
        name: 'node',
        state: {
          terminated: {
            exitCode: 1,
            reason: 'Error',
            startedAt: '2026-01-01T00:50:02Z',
            finishedAt: '2026-01-01T00:50:40Z',
          },
        },
      },
    ],
  });

export const forbidden = (what: string): Answer =>
  status(403, 'Forbidden', `${what} is forbidden: User "tester" cannot list resource "${what}" in API group ""`);

/** A wait of a millisecond in place of each pause, so that loops turn without burning. */
const sleep: NonNullable<World['sleep']> = (_ms, signal) =>
  new Promise((resolve, reject) => {
    setTimeout(() => (signal?.aborted ? reject(signal.reason) : resolve()), 1);
  });

/** Runs `kubectl kf train …` against a server with these routes. */
export async function train(
  words: string[],
  routes: Record<string, Handler | Answer> = {},
  world: World = {},
): Promise<Result & { asked: ApiServer['asked'] }> {
  const server = await apiServer({ ...base, ...routes });
  try {
    const env = { KUBECONFIG: server.kubeconfig, ...world.env };
    const result = await runCommand(group, ['train', ...words], { now: () => now, sleep, ...world, env });
    return { ...result, asked: server.asked };
  } finally {
    await server.close();
  }
}
