import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { grants, manifest, policies, types } from '../../../shared/datasets/policies.ts';

interface Spec {
  failurePolicy?: string;
  policyName?: string;
  validationActions?: string[];
  validations: { expression: string; message?: string; messageExpression?: string }[];
}
const spec = (object: object) => (object as { spec: Spec }).spec;
const rules = (object: object) => (object as { rules?: { verbs: string[] }[] }).rules ?? [];

test('each policy has a binding that denies, and fails closed; rights come after all of them', () => {
  const names = policies
    .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    .map(({ metadata }) => metadata.name);
  assert.equal(names, ['kf-dataset-binding', 'kf-dataset-owner', 'kf-dataset-storage', 'kf-profile-owner']);
  for (const object of policies) {
    if (object.kind === 'ValidatingAdmissionPolicy') assert.is(spec(object).failurePolicy, 'Fail');
    else assert.equal([spec(object).policyName, spec(object).validationActions], [object.metadata.name, ['Deny']]);
  }
  assert.equal(manifest, [...policies, ...grants, ...types]);
});

test('an expression asks RBAC two things at most, all of a policy at most 28: the API server allows no more', () => {
  for (const object of policies.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')) {
    const asks = spec(object).validations.map(({ expression }) => expression.split('.check(').length - 1);
    assert.ok(Math.max(...asks) <= 2, object.metadata.name);
    assert.ok(asks.reduce((a, b) => a + b) <= 26, object.metadata.name);
    for (const each of spec(object).validations) assert.ok(each.message ?? each.messageExpression, each.expression);
  }
});

test('everyone is given no right to watch, by which controllers are told from people', () => {
  const verbs = [...grants, ...types].flatMap(rules).flatMap((rule) => rule.verbs);
  assert.equal(
    verbs.filter((verb) => ['watch', '*', 'administer'].includes(verb)),
    [],
  );
});

test.run();
