import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import { type ComponentKind, componentPhases } from '../../../shared/resources/component.ts';
import { componentKinds, componentKindsNamed } from '../../../shared/resources/components.ts';
import { packageFrom, packageOf } from '../../../shared/resources/package.ts';
import type { Pod } from '../../../shared/resources/pod.ts';
import { kindNamed, kinds } from './components-support.ts';
import { allCaptured, captured } from './support.ts';

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
