import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requested, whyPodsWait, whyPodWaits } from '../../../shared/resources/explain.ts';
import type { Pod } from '../../../shared/resources/pod.ts';
import { whyCreateFailed } from '../../../shared/resources/why.ts';

const pod = (status: object, spec: object = {}): Pod => ({
  metadata: { name: 'x-0' },
  spec: {
    containers: [{ name: 'node', image: 'reg.example/x:1', resources: { requests: { memory: '8Gi' } } }],
    ...spec,
  },
  status: { phase: 'Pending', ...status },
});
const unscheduled = (message: string, reason = 'Unschedulable') =>
  pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] });
const waiting = (reason: string, message = '') =>
  pod(
    {
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [{ name: 'node', state: { waiting: { reason, message } } }],
    },
    { nodeName: 'node1' },
  );

/** What the scheduler and the kubelet say (Kubernetes 1.36) → plain words. */
const table: [string, Pod, string][] = [
  [
    'memory',
    unscheduled('0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 x.'),
    'not enough memory (asks 8Gi)',
  ],
  [
    'GPUs and a taint',
    unscheduled(
      '0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 node(s) had untolerated taint {dedicated: inference}. preemption: x',
    ),
    'not enough nvidia.com/gpu; a node is kept for others (taint dedicated)',
  ],
  [
    'no such claim',
    unscheduled('0/1 nodes are available: persistentvolumeclaim "data" not found. not found'),
    'volume claim data does not exist',
  ],
  [
    'unbound claim',
    unscheduled('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'),
    'its volume claim is not bound to a volume',
  ],
  [
    'selector',
    unscheduled("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: x"),
    'no node fits its node selector',
  ],
  [
    'cordoned',
    unscheduled('0/1 nodes are available: 1 node(s) were unschedulable. preemption: x'),
    'a node takes no new pods (cordoned)',
  ],
  ['a message of another scheduler', unscheduled('pod group is not ready'), 'pod group is not ready'],
  [
    'a gate',
    pod({ conditions: [] }, { schedulingGates: [{ name: 'kueue.x-k8s.io/topology' }] }),
    'held back by kueue.x-k8s.io/topology',
  ],
  ['not seen yet', pod({}), 'no node chosen yet'],
  [
    'an image that is not there',
    waiting('ErrImagePull', 'rpc error: code = NotFound desc = failed to resolve: reg.example/x:1: not found'),
    "image reg.example/x:1 can't be pulled: not found",
  ],
  [
    'back-off without words',
    waiting('ImagePullBackOff', 'Back-off pulling image "reg.example/x:1"'),
    "image reg.example/x:1 can't be pulled",
  ],
  [
    'no rights',
    waiting('ErrImagePull', 'failed to authorize: 401 Unauthorized'),
    "image reg.example/x:1 can't be pulled: access denied",
  ],
  ['a bad name', waiting('InvalidImageName', 'x'), '"reg.example/x:1" is no image name'],
  ['a missing secret', waiting('CreateContainerConfigError', 'secret "s" not found'), 'secret "s" not found'],
  ['on its way', waiting('ContainerCreating'), 'starting'],
];

for (const [name, waits, words] of table) test(name, () => assert.is(whyPodWaits(waits), words));

test('events tell what the status does not', () => {
  const events = [
    { about: 'y-0', reason: 'FailedMount', message: 'not ours' },
    {
      about: 'x-0',
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed for volume "data" : secret "s" not found',
    },
  ];
  assert.is(whyPodWaits(waiting('ContainerCreating'), { events }), 'volume not ready: "data" : secret "s" not found');
  const pulling = [{ about: 'x-0', reason: 'Pulling', message: 'Pulling image "reg.example/x:1"' }];
  assert.is(whyPodWaits(waiting('ContainerCreating'), { events: pulling }), 'pulling image reg.example/x:1');
});

test('the room on the roomiest node is told where it is known', () => {
  const nodes = [
    { name: 'a', free: { memory: 2 ** 30 } },
    { name: 'b', free: { memory: 5.2 * 2 ** 30 } },
  ];
  const short = unscheduled('0/2 nodes are available: 2 Insufficient memory. x');
  assert.is(whyPodWaits(short, { nodes }), 'not enough memory (asks 8Gi, b has 5.2Gi free)');
});

test('a pod asks for its containers together, or its largest init container', () => {
  const of = (spec: object) => requested(pod({}, spec), 'cpu');
  const cpu = (value: string, more = {}) => ({ name: 'c', resources: { requests: { cpu: value } }, ...more });
  assert.is(of({ containers: [cpu('500m'), cpu('1')] }), 1.5);
  assert.is(of({ containers: [cpu('1')], initContainers: [cpu('3'), cpu('2')] }), 3);
  assert.is(of({ containers: [cpu('1')], initContainers: [cpu('1', { restartPolicy: 'Always' })] }), 2);
  assert.is(of({ containers: [{ name: 'c' }] }), undefined);
});

test('several pods are told by their most common reason, and how many they are', () => {
  const short = unscheduled('0/1 nodes are available: 1 Insufficient cpu. x');
  assert.is(whyPodsWait([short], 2), '1 of 2 pods pending: not enough cpu');
  assert.is(whyPodsWait([waiting('ContainerCreating'), waiting('ContainerCreating'), short], 3), 'not enough cpu');
});

test('what a controller could not make', () => {
  const quota =
    'Error creating: pods "x" is forbidden: exceeded quota: team, requested: requests.memory=8Gi, used: requests.memory=1Gi, limited: requests.memory=4Gi';
  assert.is(
    whyCreateFailed(quota),
    'over the quota team: asks requests.memory=8Gi, used requests.memory=1Gi of requests.memory=4Gi',
  );
  const runtime =
    'TrainJob resources reconciliation failed: clustertrainingruntimes.trainer.kubeflow.org "nope" not found';
  assert.is(whyCreateFailed(runtime), 'its runtime nope does not exist');
});

test.run();
