import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import { type ComponentKind, componentPhases } from '../../../shared/resources/component.ts';
import { allComponentKinds, componentKinds, componentKindsNamed } from '../../../shared/resources/components.ts';
import { packageFrom, packageOf } from '../../../shared/resources/package.ts';
import type { Pod } from '../../../shared/resources/pod.ts';
import { rootTest } from '../../../shared/resources/root.ts';
import { labelIs, selectorText } from '../../../shared/resources/workload.ts';
import { allCaptured, captured } from './support.ts';

const kinds = await allComponentKinds();
const kindNamed = (kind: string): ComponentKind => kinds.find((each) => each.kind === kind)!;

test('every kind of the design is there, under its own name, and no two share a word', () => {
  const wanted =
    'TrainJob PyTorchJob TFJob MPIJob XGBoostJob PaddleJob JAXJob JobSet Job Notebook Workspace InferenceService CronJob ' +
    'Deployment StatefulSet DaemonSet Pod';
  for (const kind of wanted.split(' ')) assert.ok(Object.hasOwn(componentKinds, kind), kind);
  for (const [name, kind] of Object.keys(componentKinds).map((name, i) => [name, kinds[i]!] as const)) {
    assert.is(kind.kind, name);
    assert.ok(kind.versions.length > 0 && kind.plural === kind.plural.toLowerCase(), name);
  }
  const words = kinds.flatMap(({ kind, plural, shortNames }) => [
    ...new Set([kind.toLowerCase(), plural, ...shortNames]),
  ]);
  assert.equal(
    words.filter((word, i) => words.indexOf(word) !== i),
    [],
  );
});

test('a kind is meant by its name, plural, short name, and with its group', async () => {
  const named = async (word: string) => (await componentKindsNamed(word)).map(({ kind }) => kind).join();
  for (const word of ['deploy', 'Deployment', 'deployments', 'deployments.apps', 'deploy.apps', 'deployment.v1.apps']) {
    assert.is(await named(word), 'Deployment', word);
  }
  const short = {
    sts: 'StatefulSet',
    ds: 'DaemonSet',
    po: 'Pod',
    cj: 'CronJob',
    isvc: 'InferenceService',
    nb: 'Notebook',
    js: 'JobSet',
    ws: 'Workspace',
  };
  for (const [word, kind] of Object.entries(short)) assert.is(await named(word), kind);
  for (const word of ['', '.', 'deploy.batch', 'deployment.v2.apps', 'toString', '__proto__', 'kind'])
    assert.is(await named(word), '', word);
});

const object = (spec: object, status: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'x/v1',
  kind: 'X',
  metadata: {
    name: 'x',
    namespace: 'team-a',
    uid: 'u1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 1,
    ...metadata,
  },
  spec,
  status,
});
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

const pod = (name: string, status: object, labels: Record<string, string> = {}): Pod =>
  ({
    metadata: { name, labels },
    spec: { nodeName: 'n', containers: [{ name: 'sidecar' }, { name: 'main' }] },
    status,
  }) as Pod;
const ended = { terminated: { exitCode: 3, reason: 'Error' } };
const crash = pod('x-1', {
  phase: 'Running',
  containerStatuses: [
    { name: 'sidecar', restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended },
  ],
});

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

test('what a known kind made is no root; what an unknown one made is', async () => {
  const isRoot = await rootTest();
  const owned = (apiVersion: string, kind: string, controller = true) =>
    isRoot(object({}, {}, { ownerReferences: [{ apiVersion, kind, name: 'o', uid: 'o', controller }] }));
  for (const [apiVersion, kind] of [
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'Deployment'],
    ['kubeflow.org/v1', 'Notebook'],
    ['kubeflow.org/v1', 'PyTorchJob'],
    ['jobset.x-k8s.io/v1alpha2', 'JobSet'],
    ['serving.knative.dev/v1', 'Revision'],
  ] as const) {
    assert.is(owned(apiVersion, kind), false, kind);
  }
  assert.is(owned('ray.io/v1', 'RayCluster'), true);
  assert.is(owned('example.com/v1', 'Deployment'), true);
  assert.is(owned('apps/v1', 'ReplicaSet', false), true);
  assert.is(isRoot(object({})), true);
});

test('a package is what is worst in it', () => {
  const member = (kind: string, of: KubeObject, name: string) => ({
    kind: kindNamed(kind),
    object: { ...of, metadata: { ...of.metadata, name } },
    name,
    namespace: 'team-a',
    path: `/${name}`,
  });
  const up = object(
    { replicas: 1, selector: { matchLabels: { run: 'up' } } },
    { replicas: 1, updatedReplicas: 1, readyReplicas: 1, observedGeneration: 1 },
  );
  const down = object({ replicas: 2, selector: { matchLabels: { run: 'down' } } }, { replicas: 2, updatedReplicas: 2 });
  const made = packageFrom('shop', 'team-a', [member('Deployment', up, 'up'), member('Deployment', down, 'down')]);
  assert.equal([made.path, made.kind.kind, made.members.length], ['', 'Package', 2]);
  const crashed = { ...crash, metadata: { ...crash.metadata, labels: { run: 'down' } } };
  const state = made.kind.state(made.object, [crashed]);
  assert.equal([state.phase, state.nodes, state.restarts], ['Restarting', { ready: 1, total: 3 }, 2]);
  assert.is(state.why, 'deployment/down: x-1 exited 3, restarted 2 times');

  const labelled = (labels: object) => packageOf({ metadata: { name: 'x', labels: labels as Record<string, string> } });
  assert.is(labelled({ 'app.kubernetes.io/instance': 'one', 'app.kubernetes.io/part-of': 'all' }), 'all');
  assert.is(labelled({ 'app.kubernetes.io/instance': 'one', 'app.kubernetes.io/part-of': 'kubeflow-profile' }), 'one');
  assert.is(labelled({}), '');
});

/** Any JSON, with the fields' names that are read now and then. */
const fields =
  'status spec metadata conditions replicas readyReplicas containers containerStatuses state waiting terminated active selector matchLabels matchExpressions modelStatus ownerReferences labels annotations name finalizers deletionTimestamp'.split(
    ' ',
  );
const odd: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      undefined,
      0,
      -1,
      1.5,
      Number.MAX_SAFE_INTEGER,
      '',
      'True',
      'x',
      '\u001b[2J',
      '2026-01-01T00:00:00Z',
      true,
      [],
      {},
    ),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...fields), tie('any'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).any;
const texts = fc.dictionary(fc.constantFrom('a', 'notebook-name', 'training.kubeflow.org/replica-type'), fc.string());
/** The server vouches for metadata: its fields may be missing, but are of their types. */
const metadata = fc.record(
  {
    name: fc.constantFrom('x', 'y-0', 'z'.repeat(253)),
    labels: texts,
    annotations: texts,
    finalizers: fc.array(fc.string(), { maxLength: 2 }),
    deletionTimestamp: fc.constant('2026-01-01T00:00:00Z'),
    creationTimestamp: fc.constant('2026-01-01T00:00:00Z'),
  },
  { requiredKeys: ['name'] },
);
const oddObject = fc.record({ apiVersion: fc.string(), kind: fc.string(), metadata, spec: odd, status: odd });
const phases = new Set<string>(componentPhases);

function holds(kind: ComponentKind, of: KubeObject, pods: Pod[] | undefined): void {
  const state = kind.state(of, pods);
  assert.ok(phases.has(state.phase), state.phase);
  assert.type(state.why, 'string');
  for (const n of [state.nodes.ready, state.nodes.total, state.restarts])
    assert.ok(Number.isInteger(n) && n >= 0, String(n));
  assert.ok(state.nodes.ready <= state.nodes.total);
  const selector = kind.podSelector(of);
  assert.ok(selector === undefined || selector.length > 0);
  const url = kind.url?.(of);
  assert.ok(url === undefined || typeof url === 'string');
  for (const each of pods ?? []) {
    assert.type(kind.mainContainer(each), 'string');
    assert.type(kind.rank(each), 'string');
  }
}

test('no object, however odd, makes a kind throw or say nonsense', () => {
  const pods = fc.option(fc.array(oddObject, { maxLength: 3 }), { nil: undefined });
  fc.assert(
    fc.property(oddObject, pods, (of, some) => {
      for (const kind of kinds) holds(kind, of as KubeObject, some as Pod[] | undefined);
      const member = { kind: kinds[0]!, object: of as KubeObject, name: 'x', namespace: 'n', path: '/x' };
      packageOf(of as KubeObject);
      holds(packageFrom('p', 'n', [member]).kind, of as KubeObject, some as Pod[] | undefined);
    }),
    { numRuns: 400 },
  );
});

test('real objects with any one field gone or of another type are still told', () => {
  const names = allCaptured();
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat(),
      odd,
      fc.constantFrom(...Object.keys(componentKinds)),
      (name, where, value, kind) => {
        const { job, pods } = structuredClone(captured(name));
        for (const root of [job, ...pods]) replaceAt(root, where, value);
        holds(kindNamed(kind), job, pods);
      },
    ),
    { numRuns: 600 },
  );
});

/** Puts the value in the place of one of the object's fields, whichever. */
function replaceAt(root: unknown, where: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    for (const [key, child] of Object.entries(node)) {
      if (key === 'metadata') continue;
      places.push([node as Record<string, unknown>, key]);
      walk(child);
    }
  };
  walk(root);
  const [node, key] = places[where % places.length]!;
  node[key] = value;
}

test.run();
