import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KfError } from '../../../shared/cli/errors.ts';
import { checkName, nameFrom, quotaFrom } from '../../../shared/projects/wish.ts';

const test = suite('what create and delete are told');

const refusal = (body: () => unknown): KfError => {
  try {
    body();
  } catch (error) {
    assert.is((error as KfError).exit, 2);
    return error as KfError;
  }
  throw new Error('it was taken');
};

test('a name, after the word project or alone; a project may be called project', () => {
  assert.is(nameFrom('create', ['team-a']), 'team-a');
  assert.is(nameFrom('create', ['project', 'team-a']), 'team-a');
  assert.is(nameFrom('delete', ['project']), 'project');
  assert.is(refusal(() => nameFrom('create', [])).message, 'which project? create takes its name');
  assert.is(refusal(() => nameFrom('create', ['a', 'b'])).message, 'create takes one project, not 2');
  assert.is(refusal(() => nameFrom('delete', ['project', 'a', 'b'])).message, 'delete takes one project, not 3');
});

test("names that a namespace can have and that are none of the cluster's own", () => {
  const letter = fc.constantFrom(...'abcxyz0189');
  const inner = fc.string({ unit: fc.constantFrom(...'abc09-'), maxLength: 40 });
  fc.assert(
    fc.property(letter, inner, letter, (a, b, c) => {
      checkName(a + b + c);
      for (const wrong of [`-${a}`, `${a}-`, `${a}_${c}`, `${a}.${c}`, `A${c}`, a.repeat(64), ''])
        refusal(() => checkName(wrong));
    }),
  );
  for (const own of ['default', 'kube-system', 'kube-x', 'kubeflow', 'kf-system', 'istio-system']) {
    assert.match(refusal(() => checkName(own)).message, "one of the cluster's own namespaces");
  }
});

test('amounts of resources, in one word or several', () => {
  assert.is(quotaFrom(undefined), undefined);
  assert.equal(quotaFrom(['requests.cpu=10,requests.nvidia.com/gpu=2', 'pods=5']), {
    ...{ 'requests.cpu': '10', 'requests.nvidia.com/gpu': '2', pods: '5' },
  });
  for (const wrong of ['', 'pods', '=1', 'pods=', 'pods=many', 'pods=-1', 'pods=1,', 'pods=1,pods=2']) {
    assert.match(refusal(() => quotaFrom([wrong])).message, /^--quota/);
  }
  const key = fc.stringMatching(/^[a-z][a-z./]{0,20}$/);
  const amount = fc.tuple(fc.nat(), fc.constantFrom('', 'm', 'k', 'Gi', 'Mi')).map(([n, unit]) => `${n}${unit}`);
  fc.assert(
    fc.property(fc.dictionary(key, amount, { minKeys: 1, maxKeys: 5 }), (quota) => {
      const words = Object.entries(quota).map(([name, value]) => `${name}=${value}`);
      assert.equal(quotaFrom([words.join(',')]), { ...quota });
      assert.equal(quotaFrom(words), { ...quota });
    }),
  );
});

test.run();
