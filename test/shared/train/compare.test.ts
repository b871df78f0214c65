import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import { differenceLines, differences, unmet } from '../../../shared/train/compare.ts';
import { stamp } from '../../../shared/train/item.ts';
import { mergePatch } from '../../../shared/train/undo.ts';

const object = (spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'X',
  metadata: { name: 'x', ...metadata },
  spec,
});

test('what the server keeps is no difference', () => {
  const before = object({ a: 1 }, { uid: '1', resourceVersion: '2', managedFields: [{}], generation: 1 });
  const after = { ...object({ a: 1 }, { resourceVersion: '3' }), status: { phase: 'x' } };
  assert.equal(differences(before, after), []);
});

test('differences by path, both ways', () => {
  const list = differences(object({ a: 1, b: [1, { c: 2 }], gone: 1 }), object({ a: 2, b: [1, { c: 3 }], come: [] }));
  assert.equal(differenceLines(list), [
    'spec.a: 1 → 2',
    'spec.b[1].c: 2 → 3',
    'spec.gone: 1 → nothing',
    'spec.come: nothing → []',
  ]);
});

test('what is wanted is looked at, what is left open is not', () => {
  const live = object({ trainer: { numNodes: 2, image: 'x' }, managedBy: 'y' });
  assert.equal(differenceLines(unmet(live, object({ trainer: { numNodes: 4 } }))), ['spec.trainer.numNodes: 2 → 4']);
  assert.equal(unmet(live, object({ trainer: { numNodes: 2 } })), []);
  assert.equal(unmet(object({ n: 2 ** 60 }), object({ n: 2n ** 60n })), []);
});

test('secrets are not told', () => {
  const of = (data: object | undefined): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    ...(data ? { data } : {}),
  });
  assert.equal(differenceLines(differences(of({ a: 'Yg==' }), of({ a: 'Yw==' }))), ['data.a: one → another']);
  for (const lines of [differences(of(undefined), of({ a: 'Yg==' })), unmet(of({ a: 'Yg==' }), of({ a: 'Yw==' }))]) {
    assert.not.match(differenceLines(lines).join(), /Y[gw]==/);
  }
});

test("the code's wiring is told in a word", () => {
  const of = (sha: string) =>
    object({ runtimePatches: [{ v: sha }] }, { annotations: { 'kf.kubeflow.org/code-sha256': sha } });
  assert.equal(differenceLines(differences(of('a'), of('b'))), ['code: changed']);
});

test('no more than eight, and none that rewrites a terminal', () => {
  const spec = (n: number) => Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, n]));
  assert.equal(differenceLines(differences(object(spec(1)), object(spec(2)))).at(-1), 'and 4 more');
  assert.not.match(differenceLines(differences(object({ a: 'x' }), object({ a: '\u001b[2J' })))[0]!, /\u001b/);
});

test('a stamp marks what is made and leaves alone what is there', () => {
  const made = stamp(object({}), undefined, 'id').metadata;
  assert.is(made.labels?.['app.kubernetes.io/managed-by'], 'kubectl-kf');
  assert.is(made.annotations?.['kf.kubeflow.org/submission'], 'id');
  const theirs = stamp(object({}), object({}), 'id').metadata;
  assert.equal([theirs.labels, theirs.annotations], [{}, {}]);
  assert.is(stamp(object({}), object({}, made), 'other').metadata.annotations?.['kf.kubeflow.org/submission'], 'id');
});

/** RFC 7396, as the server does it. */
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const out: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete out[name];
    else out[name] = apply(out[name], value);
  }
  return out;
}

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.integer(), fc.string(), fc.boolean()),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('tree'), { noNullPrototype: true }),
  ),
}));
const record = fc.dictionary(fc.constantFrom('a', 'b', 'c'), tree, { noNullPrototype: true });

test('a merge patch puts back what was', () => {
  fc.assert(
    fc.property(record, record, (now, before) => {
      assert.equal(apply(now, mergePatch(now, before)), before);
    }),
  );
});

test.run();
