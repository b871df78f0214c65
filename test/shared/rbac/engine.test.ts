import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate, whoCan } from '../../../shared/rbac/engine.ts';
import { bindingFrom, roleFrom } from '../../../shared/rbac/load.ts';
import { Snapshot } from '../../../shared/rbac/snapshot.ts';
import type { Attributes, Binding, Role, Rule } from '../../../shared/rbac/types.ts';
import { random, randomSet } from '../../support/random-rights.ts';

const role = (kind: Role['kind'], name: string, namespace: string, ...rules: Rule[]): Role => ({
  ...{ kind, name, namespace, rules },
});
const bind = (namespace: string, kind: Role['kind'], name: string, ...subjects: Binding['subjects'][number][]) => ({
  kind: namespace ? ('RoleBinding' as const) : ('ClusterRoleBinding' as const),
  ...{ name: `${namespace}-${name}`, namespace, role: { kind, name }, subjects },
});
function snapshot(roles: Role[], bindings: Binding[]): Snapshot {
  const made = new Snapshot();
  for (const each of roles) made.addRole(each);
  for (const each of bindings) made.addBinding(each);
  return made;
}
const alice = { kind: 'User', name: 'alice' };

const one = (rule: Rule, asked: Attributes) =>
  evaluate(
    snapshot([role('ClusterRole', 'r', '', rule)], [bind('', 'ClusterRole', 'r', alice)]),
    { user: 'alice' },
    asked,
  );

for (const [resources, resource, subresource, allowed] of [
  [['pods'], 'pods', '', true],
  [['pods'], 'pods', 'exec', false],
  [['pods/exec'], 'pods', 'exec', true],
  [['pods/exec'], 'pods', '', false],
  [['*'], 'pods', 'exec', true],
  [['*/exec'], 'pods', 'exec', true],
  [['*/exec'], 'pods', '', false],
  [['*/*'], 'pods', 'exec', false],
  [['pods/*'], 'pods', 'exec', false],
  [['*/scale'], 'deployments', 'scales', false],
  [[], 'pods', '', false],
] as const) {
  test(`${resources.join() || 'no resources'}: ${resource}${subresource && `/${subresource}`} ${allowed ? 'yes' : 'no'}`, () => {
    const asked = { verb: 'get', resource, subresource, namespace: 'team-a' };
    assert.is(one({ verbs: ['get'], apiGroups: [''], resources: [...resources] }, asked), allowed);
  });
}

for (const [url, path, allowed] of [
  ['*', '/x', true],
  ['/healthz', '/healthz', true],
  ['/healthz', '/healthz/etcd', false],
  ['/healthz/*', '/healthz/etcd', true],
  ['/healthz/*', '/healthz', false],
  ['/api**', '/apis', true],
  ['/*/v1', '/api/v1', false],
] as const) {
  test(`path ${url}: ${path} ${allowed ? 'yes' : 'no'}`, () => {
    assert.is(one({ verbs: ['get'], nonResourceURLs: [url] }, { verb: 'get', path }), allowed);
  });
}

test('names, groups and verbs: each has to fit; a role without rules gives nothing', () => {
  const rule = { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['a'] };
  const asked = { verb: 'get', group: 'apps', resource: 'deployments', name: 'a' };
  assert.ok(one(rule, asked));
  for (const other of [{ verb: 'list' }, { group: '' }, { name: 'b' }, { name: '' }])
    assert.not.ok(one(rule, { ...asked, ...other }));
  assert.not.ok(one({ verbs: null, apiGroups: null, resources: null }, asked));
});

test('a ClusterRole bound in a namespace counts there and gives no path; bound in the cluster, everywhere', () => {
  const rules = [
    { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
    { verbs: ['get'], nonResourceURLs: ['/metrics'] },
  ];
  const roles = [role('ClusterRole', 'r', '', ...rules)];
  const [pods, metrics] = [
    (namespace: string) => ({ verb: 'get', resource: 'pods', namespace }),
    { verb: 'get', path: '/metrics' },
  ];
  const inside = snapshot(roles, [bind('team-a', 'ClusterRole', 'r', alice)]);
  assert.equal(
    [pods('team-a'), pods('team-b'), pods(''), metrics].map((asked) => evaluate(inside, { user: 'alice' }, asked)),
    [true, false, false, false],
  );
  const everywhere = snapshot(roles, [bind('', 'ClusterRole', 'r', alice)]);
  assert.ok([pods('team-a'), pods(''), metrics].every((asked) => evaluate(everywhere, { user: 'alice' }, asked)));
});

test('service accounts by name, in their own namespace unless another is said; groups; system:masters', () => {
  const roles = [role('Role', 'r', 'team-a', { verbs: ['get'], apiGroups: [''], resources: ['pods'] })];
  const subjects = [
    { kind: 'ServiceAccount', name: 'here' },
    { kind: 'ServiceAccount', name: 'there', namespace: 'team-b' },
    { kind: 'Group', name: 'system:serviceaccounts:team-c' },
  ];
  const made = snapshot(roles, [bind('team-a', 'Role', 'r', ...subjects)]);
  const may = (user: string, ...groups: string[]) =>
    evaluate(made, { user, groups }, { verb: 'get', resource: 'pods', namespace: 'team-a' });
  assert.ok(may('system:serviceaccount:team-a:here'));
  assert.ok(may('system:serviceaccount:team-b:there'));
  assert.ok(may('system:serviceaccount:team-c:any', 'system:serviceaccounts:team-c'));
  assert.ok(may('root', 'system:masters'));
  for (const name of ['here', 'system:serviceaccount:team-b:here', 'system:serviceaccount:team-c:any'])
    assert.not.ok(may(name), name);
});

test('a binding to a role that is not there gives nothing', () => {
  const made = snapshot([], [bind('team-a', 'Role', 'none', alice), bind('', 'ClusterRole', 'none', alice)]);
  assert.not.ok(evaluate(made, { user: 'alice' }, { verb: 'get', resource: 'pods', namespace: 'team-a' }));
});

test('whoCan names exactly those whom evaluate allows', () => {
  const next = random(6);
  const places = ['team-a', 'team-b'];
  let allowed = 0;
  for (let i = 0; i < 150; i++) {
    const { objects, ask } = randomSet(next, `m${i}`, places);
    const made = new Snapshot();
    for (const each of objects)
      if (each.kind.endsWith('Binding')) made.addBinding(bindingFrom(each as never));
      else made.addRole(roleFrom(each as never));
    const all = [...places, ''].flatMap((place) => made.bindings(place));
    for (let n = 0; n < 20; n++) {
      const { resourceAttributes, nonResourceAttributes } = ask();
      const asked = (nonResourceAttributes ?? resourceAttributes) as Attributes;
      const can = new Set(whoCan(made, asked).map(({ subject, binding }) => keyOf(subject, binding.namespace)));
      allowed += can.size;
      for (const binding of all)
        for (const subject of binding.subjects) {
          const key = keyOf(subject, binding.namespace);
          const asker = key.startsWith('Group ') ? { user: '', groups: [subject.name] } : { user: key };
          assert.is(evaluate(made, asker, asked), can.has(key), `${key} ${JSON.stringify(asked)}`);
        }
    }
  }
  assert.ok(allowed > 1000, `${allowed}`);
});

function keyOf({ kind, name, namespace }: { kind: string; name: string; namespace?: string }, within: string): string {
  if (kind === 'Group') return `Group ${name}`;
  return kind === 'User' ? name : `system:serviceaccount:${namespace || within}:${name}`;
}

test.run();
