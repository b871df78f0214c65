import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import type { Pod } from '../../../shared/resources/pod.ts';
import { labelIs, selectorText } from '../../../shared/resources/workload.ts';
import { crash, ended, kindNamed, object, pod } from './components-support.ts';

const says = (kind: string, of: KubeObject, pods?: Pod[]) => {
  const { phase, why, nodes } = kindNamed(kind).state(of, pods);
  return `${phase} ${nodes.ready}/${nodes.total}${why ? ` ${why}` : ''}`;
};
const held = { deletionTimestamp: '2026-01-01T01:00:00Z', finalizers: ['foregroundDeletion', 'example.com/hold'] };

/** Kind, object → what it says without its pods. */
const table: [string, KubeObject, string][] = [
  ['Deployment', object({}, {}), 'Pending 0/1 the Deployment controller has not started it yet'],
  [
    'Deployment',
    object({ replicas: 2 }, { replicas: 2, updatedReplicas: 2, readyReplicas: 1, observedGeneration: 1 }),
    'Pending 1/2 its pods are starting',
  ],
  [
    'Deployment',
    object({ replicas: 2 }, { replicas: 3, updatedReplicas: 1, readyReplicas: 2, observedGeneration: 1 }),
    'Updating 2/2',
  ],
  [
    'Deployment',
    object({ replicas: 2 }, { replicas: 2, updatedReplicas: 2, readyReplicas: 2, observedGeneration: 1 }),
    'Running 2/2',
  ],
  [
    'Deployment',
    object(
      { replicas: 2 },
      { replicas: 2, updatedReplicas: 2, readyReplicas: 2, observedGeneration: 1 },
      { generation: 2 },
    ),
    'Updating 2/2',
  ],
  ['Deployment', object({ replicas: 0 }), 'Stopped 0/0 scaled to 0'],
  ['Deployment', object({}, {}, held), 'Deleting 0/1 held by the finalizer example.com/hold'],
  [
    'Deployment',
    object(
      {},
      {
        replicas: 1,
        updatedReplicas: 1,
        conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
      },
    ),
    'Failed 0/1 its pods were not ready within its deadline',
  ],
  [
    'Deployment',
    object(
      {},
      {
        conditions: [
          {
            type: 'ReplicaFailure',
            status: 'True',
            message: 'pods "x-1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
          },
        ],
      },
    ),
    'Failed 0/1 over the quota q: asks pods=1, used pods=2 of pods=2',
  ],
  [
    'StatefulSet',
    object(
      { replicas: 3 },
      { replicas: 3, readyReplicas: 3, currentReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    ),
    'Updating 3/3',
  ],
  [
    'StatefulSet',
    object({}, { replicas: 1, readyReplicas: 1, currentRevision: 'a', updateRevision: 'a' }),
    'Running 1/1',
  ],
  ['DaemonSet', object({}), 'Pending 0/1 the DaemonSet controller has not started it yet'],
  ['DaemonSet', object({}, { observedGeneration: 1, desiredNumberScheduled: 0 }), 'Stopped 0/0 no node takes it'],
  [
    'DaemonSet',
    object(
      {},
      {
        observedGeneration: 1,
        desiredNumberScheduled: 2,
        numberReady: 2,
        currentNumberScheduled: 2,
        updatedNumberScheduled: 2,
      },
    ),
    'Running 2/2',
  ],
  ['CronJob', object({ schedule: '0 3 * * *', timeZone: 'Etc/UTC' }), 'Scheduled 0/0 at 0 3 * * * (Etc/UTC)'],
  ['CronJob', object({ schedule: '@daily', suspend: true }), 'Suspended 0/0'],
  [
    'CronJob',
    object({ schedule: '@daily' }, { active: [{ name: 'x-1' }, { name: 'x-2' }] }),
    'Running 0/0 2 runs go on',
  ],
  ['Notebook', object({}, {}, { annotations: { 'kubeflow-resource-stopped': '' } }), 'Stopped 0/1'],
  [
    'Notebook',
    object({}, { containerState: { waiting: { reason: 'ImagePullBackOff' } } }),
    'Pending 0/1 ImagePullBackOff',
  ],
  [
    'Workspace',
    object({}, { state: 'Pending', stateMessage: 'waits for its volume' }),
    'Pending 0/1 waits for its volume',
  ],
  ['Workspace', object({ paused: true }, { state: 'Terminating' }), 'Stopped 0/1'],
  ['InferenceService', object({}), 'Pending 0/1 its pods are starting'],
  ['InferenceService', object({}, { conditions: [{ type: 'Ready', status: 'True' }] }), 'Ready 1/1'],
  [
    'InferenceService',
    object({}, { conditions: [{ type: 'Ready', status: 'True' }], modelStatus: { transitionStatus: 'InProgress' } }),
    'Updating 1/1',
  ],
];

for (const [kind, of, expected] of table) {
  test(`${kind}: ${expected}`, () => assert.is(says(kind, of), expected));
}

test('pods sharpen what an object says', () => {
  const wanting = object({ replicas: 1 }, { replicas: 1, updatedReplicas: 1, observedGeneration: 1 });
  assert.is(says('Deployment', wanting, [crash]), 'Restarting 0/1 x-1 exited 3, restarted 2 times');
  const full = object({ replicas: 1 }, { replicas: 1, updatedReplicas: 1, readyReplicas: 1, observedGeneration: 1 });
  // A pod that failed for good before another took its place is history.
  assert.is(says('Deployment', full, [pod('x-0', { phase: 'Failed', reason: 'Evicted' })]), 'Running 1/1');
  const slow = pod('x-2', {
    phase: 'Running',
    containerStatuses: [{ name: 'sidecar', ready: false, state: { running: {} } }],
  });
  assert.is(says('Deployment', wanting, [slow]), 'Pending 0/1 1 pod not ready');
  assert.is(says('Pod', object({}), [crash]), 'Restarting 0/1 exited 3, restarted 2 times');
  const failed = pod('x-3', { phase: 'Failed', containerStatuses: [{ name: 'sidecar', state: ended }] });
  assert.is(says('CronJob', object({ schedule: '@daily' }), [failed]), 'Scheduled 0/0 its last run failed: exited 3');
});

test('the main container is the one that the controller names, else the annotated, else the first', () => {
  const main = (kind: string, names: string[], labels = {}, annotations = {}) =>
    kindNamed(kind).mainContainer({
      metadata: { name: 'x', labels, annotations },
      spec: { containers: names.map((name) => ({ name })) },
    });
  assert.is(main('Notebook', ['istio-proxy', 'lab'], { 'notebook-name': 'lab' }), 'lab');
  assert.is(main('Workspace', ['istio-proxy', 'main']), 'main');
  assert.is(main('InferenceService', ['queue-proxy', 'kserve-container']), 'kserve-container');
  assert.is(main('InferenceService', ['queue-proxy', 'transformer-container']), 'transformer-container');
  assert.is(main('Deployment', ['a', 'b'], {}, { 'kubectl.kubernetes.io/default-container': 'b' }), 'b');
  assert.is(main('Deployment', ['a', 'b'], {}, { 'kubectl.kubernetes.io/default-container': 'gone' }), 'a');
});

test('selectors are the server’s, whole or not at all', () => {
  assert.is(selectorText({ matchLabels: { a: 'b', c: '' } }), 'a=b,c=');
  const operators = [
    { key: 'a', operator: 'In', values: ['x', 'y'] },
    { key: 'b', operator: 'NotIn', values: ['z'] },
    { key: 'c', operator: 'Exists' },
    { key: 'd', operator: 'DoesNotExist' },
  ];
  assert.is(selectorText({ matchExpressions: operators }), 'a in (x,y),b notin (z),c,!d');
  // Less than the whole would select pods of others.
  assert.is(selectorText({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'Near' }] }), undefined);
  assert.is(selectorText({ matchLabels: { a: 'b', c: 5 } }), undefined);
  for (const none of [undefined, null, {}, [], 'x', { matchLabels: {} }]) assert.is(selectorText(none), undefined);
  assert.is(labelIs('k', 'x'.repeat(64)), undefined);
  assert.is(labelIs('k', 'a,b=c'), undefined);
});

test.run();
