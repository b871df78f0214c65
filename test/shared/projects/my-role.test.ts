import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RoleBinding, Subject } from '../../../shared/projects/marks.ts';
import { boundRole, roleByRules } from '../../../shared/projects/my-role.ts';

const test = suite('my role in a project');

const apiGroup = 'rbac.authorization.k8s.io';
const binding = (name: string, role: string, ...subjects: Subject[]): RoleBinding => ({
  ...{ apiVersion: `${apiGroup}/v1`, kind: 'RoleBinding', metadata: { name, namespace: 'team-a' } },
  roleRef: { apiGroup, kind: 'ClusterRole', name: role },
  subjects,
});
const user = (name: string): Subject => ({ kind: 'User', name });
const group = (name: string): Subject => ({ kind: 'Group', name });
const me = { username: 'alice', groups: ['vision', 'system:authenticated'] };

test('the strongest of what bindings give the person or their groups', () => {
  assert.is(boundRole(me, [], ''), undefined);
  assert.is(boundRole(me, [binding('x', 'view', user('bob'))], ''), undefined);
  assert.is(
    boundRole(me, [binding('x', 'kubeflow-view', user('alice')), binding('y', 'edit', group('vision'))], ''),
    'edit',
  );
  assert.is(boundRole(me, [binding('x', 'labeller', user('alice')), binding('y', 'view', user('alice'))], ''), 'view');
  assert.is(boundRole(me, [binding('x', 'labeller', user('alice'))], ''), 'labeller');
  const account = { username: 'system:serviceaccount:team-a:bot' };
  assert.is(
    boundRole(account, [binding('x', 'edit', { kind: 'ServiceAccount', name: 'bot', namespace: 'team-a' })], ''),
    'edit',
  );
});

test("an owner is who is said to be, and has the owner's binding", () => {
  const bound = binding('namespaceAdmin', 'kubeflow-admin', user('alice'));
  assert.is(boundRole(me, [bound], 'alice'), 'owner');
  assert.is(boundRole(me, [bound], 'bob'), 'admin');
  assert.is(boundRole(me, [binding('namespaceAdmin', 'admin', user('bob'))], 'alice'), undefined);
});

test('what everyone is given is no role', () => {
  assert.is(boundRole(me, [binding('x', 'view', group('system:authenticated'))], ''), undefined);
});

test('by what the rules allow, for objects of every name', () => {
  const rule = (verbs: string[], resources: string[], apiGroups = [''], resourceNames?: string[]) => ({
    ...{ verbs, resources, apiGroups },
    ...(resourceNames ? { resourceNames } : {}),
  });
  assert.is(roleByRules([]), undefined);
  assert.is(roleByRules([rule(['*'], ['*'], ['*'])]), 'admin');
  assert.is(roleByRules([rule(['create'], ['rolebindings'], [apiGroup])]), 'admin');
  assert.is(roleByRules([rule(['get', 'list', 'create'], ['pods'])]), 'edit');
  assert.is(roleByRules([rule(['get'], ['pods'])]), 'view');
  assert.is(roleByRules([rule(['get'], ['pods'], [''], ['one'])]), undefined);
  assert.is(roleByRules([rule(['create'], ['selfsubjectreviews'], ['authentication.k8s.io'])]), undefined);
});

test.run();
