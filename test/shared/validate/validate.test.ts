import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secondName } from '../../../shared/projects/member-name.ts';
import type { Facts } from '../../../shared/validate/facts.ts';
import { whereText } from '../../../shared/validate/finding.ts';
import { findingsOf } from '../../../shared/validate/validate.ts';
import { account, group, member, rbac, roleBinding, user } from '../../support/clean-project.ts';
import { facts, owner, project } from '../../support/facts.ts';

const found = (more: object[] = [], over: Partial<Facts> = {}) =>
  findingsOf(facts(more, over)).map((each) => `${each.code} ${whereText(each.where)}`);

const clusterRole = (name: string, ...rules: object[]) => ({ kind: 'ClusterRole', metadata: { name }, rules });
const clusterBinding = (name: string, role: string, ...subjects: object[]) => ({
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
  subjects,
});
const rule = (verbs: string, apiGroups: string, resources: string, resourceNames?: string[]) => ({
  verbs: verbs.split(','),
  apiGroups: apiGroups.split(','),
  resources: resources.split(','),
  ...(resourceNames ? { resourceNames } : {}),
});
const profile = (name: string) => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'Profile',
  metadata: { name: project },
  spec: { owner: { kind: 'User', name } },
});
const policy = (name: string, spec: object, annotations: Record<string, string> = {}) => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name, namespace: project, annotations },
  spec,
});
const ownersPolicy = policy('ns-owner-access-istio', {
  rules: [{ when: [{ key: 'request.headers[kubeflow-userid]', values: [owner] }] }],
});
const letsIn = (...values: string[]) => ({ rules: [{ when: [{ key: 'request.headers[kubeflow-userid]', values }] }] });

test('a clean project gives nothing', () => {
  assert.equal(found(), []);
  assert.equal(
    found([], { profile: profile(owner), authorizationPolicies: [ownersPolicy], peerAuthentications: [] }),
    [],
  );
});

test('what could not be read is not guessed about', () => {
  const nothing = Object.fromEntries(Object.keys(facts()).map((key) => [key, undefined]));
  const { snapshot } = facts([], {});
  const empty = { ...nothing, project, snapshot, elsewhere: [], otherAccounts: new Map(), clusterScoped: new Set() };
  const saw = { roles: false, bindings: false, clusterRoles: false, clusterBindings: false };
  assert.equal(found([], { ...empty, saw } as unknown as Facts), []);
  const unknownRoles = [
    roleBinding(project, 'x', 'Role/none', [account(project, 'default-editor')]),
    roleBinding(project, 'y', 'none', [account(project, 'default-editor')]),
  ];
  assert.equal(found(unknownRoles, { saw: { ...facts().saw, roles: false, clusterRoles: false } }), []);
});

test("Kubernetes' own grants, controllers and what everyone may ask are no noise", () => {
  const controller = [rule('*', '*', '*')];
  assert.equal(
    found([
      clusterBinding('cluster-admin', 'cluster-admin', group('system:masters'), group('kubeadm:cluster-admins')),
      clusterBinding('scheduler', 'cluster-admin', user('system:kube-scheduler')),
      clusterBinding('gc', 'cluster-admin', account('kube-system', 'generic-garbage-collector')),
      clusterRole('jobset-manager-role', rule('*', '', 'secrets'), ...controller),
      clusterBinding('jobset', 'jobset-manager-role', account('jobset-system', 'jobset-controller-manager')),
      clusterBinding('profiles', 'cluster-admin', account('kubeflow', 'profiles-controller-service-account')),
      clusterRole(
        'basic',
        rule('create', 'authorization.k8s.io,authentication.k8s.io', 'selfsubjectaccessreviews,selfsubjectreviews'),
      ),
      clusterBinding('basic', 'basic', group('system:authenticated')),
      clusterRole('info', { verbs: ['get'], nonResourceURLs: ['/version'] }),
      clusterBinding('info', 'info', group('system:unauthenticated')),
      clusterRole(
        'makes-projects',
        rule('create', '', 'namespaces,persistentvolumes'),
        rule('create', 'kubeflow.org', 'profiles'),
      ),
      clusterBinding('makes-projects', 'makes-projects', group('system:authenticated')),
    ]),
    [],
  );
});

test('what the suite gives everyone where its policies hold, and an owner', () => {
  const volumes = [
    clusterRole('kf-datasets', rule('get,list,create,patch,delete', '', 'persistentvolumes')),
    clusterBinding('kf-datasets', 'kf-datasets', group('system:authenticated')),
    clusterRole('kf-dataset-types', rule('provision', 'kf.kubeflow.org', 'datasets', ['nfs'])),
    clusterBinding('kf-dataset-types', 'kf-dataset-types', group('system:authenticated')),
    clusterRole('kf-projects', rule('get,create,patch,delete', 'kubeflow.org', 'profiles')),
    clusterBinding('kf-projects', 'kf-projects', group('system:authenticated')),
  ];
  assert.equal(found(volumes), []);
  const { policies = [] } = facts();
  const without = (name: string) => policies.filter(({ metadata }) => metadata.name !== name);
  const unguarded = without('kf-dataset-owner');
  assert.equal(found(volumes, { policies: without('kf-profile-owner') }), ['KF103 clusterrolebinding/kf-projects']);
  const [all] = findingsOf(facts(volumes, { policies: without('kf-profile-owner') }));
  assert.match(all!.reason, /may change Profiles, and so who owns projects \(/);
  assert.equal(found(volumes, { policies: unguarded }), [
    'KF217 clusterrolebinding/kf-datasets',
    'KF702 validatingadmissionpolicy/kf-dataset-owner',
  ]);
  const deletes = { kind: 'Role', metadata: { name: 'kf-project-delete', namespace: project } };
  const bound = (name: string) => [
    { ...deletes, rules: [rule('get,delete', '', 'namespaces', [project])] },
    roleBinding(project, 'kf-project-delete', 'Role/kf-project-delete', [user(name)]),
  ];
  assert.equal(found(bound(owner)), []);
  assert.equal(found(bound('eve')), ['KF114 rolebinding/kf-project-delete', 'KF213 rolebinding/kf-project-delete']);
});

test('rules that name certain objects, and readers of their own kind, are meant so', () => {
  const own = { kind: 'Role', metadata: { name: 'launcher', namespace: project } };
  assert.equal(
    found([
      { ...own, rules: [rule('create', '', 'pods/exec', ['worker-0']), rule('get', '', 'secrets', ['mine'])] },
      roleBinding(project, 'launcher', 'Role/launcher', [account(project, 'default-editor')]),
      clusterRole('kubeflow-view', rule('get,list,readArtifact', 'pipelines.kubeflow.org', 'runs')),
      member(project, 'vera', 'view'),
    ]),
    [],
  );
});

test('a template that was made of the role for editors, and one that goes further', () => {
  const made = (...rules: object[]) => [
    {
      kind: 'Role',
      metadata: { name: 'trainer', namespace: project, labels: { 'kf.kubeflow.org/template': 'true' } },
      rules,
    },
    roleBinding(project, 'user-tina-role-trainer', 'Role/trainer', [user('tina')], { user: 'tina', role: 'trainer' }),
  ];
  const usual = [
    rule('get,list,create', '', 'secrets,pods/exec,serviceaccounts/token'),
    rule('impersonate', '', 'serviceaccounts'),
    rule('*', 'kubeflow.org', 'notebooks'),
  ];
  assert.equal(found(made(...usual)), []);
  const place = 'rolebinding/user-tina-role-trainer';
  assert.equal(found(made(...usual, rule('create', rbac, 'rolebindings'))), [`KF210 ${place}`]);
  assert.equal(found(made(...usual, rule('*', 'kubeflow.org', '*'))), [`KF202 ${place}`]);
});

test("a project whose name is a platform's is not trusted for it, and a namespace of a project neither", () => {
  const bound = [clusterBinding('x', 'cluster-admin', account('evil-system', 'own'))];
  assert.equal(
    found(bound, {
      namespaces: new Map([
        ['evil-system', 'other'],
        [project, 'project'],
      ]),
    }),
    [],
  );
  assert.equal(
    found(bound, {
      namespaces: new Map([
        ['evil-system', 'project'],
        [project, 'project'],
      ]),
    }),
    ['KF107 clusterrolebinding/x'],
  );
  assert.equal(found([clusterBinding('x', 'cluster-admin', account('kube-system', 'default'))]), [
    'KF108 clusterrolebinding/x',
  ]);
});

test('everything, everywhere, is told of once', () => {
  assert.equal(found([clusterBinding('x', 'cluster-admin', user('eve'), group('eves'))]).sort(), [
    'KF109 clusterrolebinding/x',
    'KF110 clusterrolebinding/x',
  ]);
  assert.equal(found([clusterBinding('x', 'cluster-admin', user(owner))]), []);
});

test("Kubeflow's roles, changed by aggregation", () => {
  assert.equal(found([clusterRole('kubeflow-view', rule('create', '', 'pods'))]), ['KF215 clusterrole/kubeflow-view']);
  assert.equal(found([clusterRole('view', rule('get', '', 'secrets'))]), ['KF215 clusterrole/view']);
  assert.equal(found([clusterRole('kubeflow-edit', rule('create', rbac, 'rolebindings'))]), [
    'KF216 clusterrole/kubeflow-edit',
  ]);
  assert.equal(found([clusterRole('edit', rule('*', '*', '*'))]), ['KF216 clusterrole/edit']);
});

test('Profiles: another owner, none, and no policy that guards them', () => {
  const other = found([], { profile: profile('olga') });
  assert.ok(other.includes(`KF310 namespace/${project}`), other.join());
  assert.ok(other.includes('KF307 rolebinding/namespaceAdmin'));
  assert.equal(found([], { profile: null }), [`KF323 namespace/${project}`]);
  const { policies = [], policyBindings = [] } = facts();
  const without = (list: typeof policies) => list.filter(({ metadata }) => metadata.name !== 'kf-profile-owner');
  const unguarded = { policies: without(policies), policyBindings: without(policyBindings) };
  assert.equal(found([], unguarded), []);
  assert.equal(found([], { ...unguarded, profile: profile(owner) }), [
    'KF703 validatingadmissionpolicy/kf-profile-owner',
  ]);
});

test('policies that are not in force, or not there', () => {
  assert.equal(
    found([], { policies: [] }),
    ['kf-dataset-binding', 'kf-dataset-owner', 'kf-dataset-storage'].map(
      (name, i) => `KF70${[1, 2, 6][i]} validatingadmissionpolicy/${name}`,
    ),
  );
  const name = 'kf-dataset-owner';
  const binding = (spec: object) => ({
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, ...spec },
  });
  const place = `validatingadmissionpolicy/${name}`;
  assert.equal(found([binding({ validationActions: ['Warn'] })]), [`KF704 ${place}`]);
  assert.equal(
    found([
      binding({ validationActions: ['Deny'], matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } }),
    ]),
    [`KF704 ${place}`],
  );
  assert.equal(
    found([binding({ validationActions: ['Deny', 'Audit'], matchResources: { matchPolicy: 'Equivalent' } })]),
    [],
  );
});

test("members and Istio's gateway", () => {
  const istio = (...policies: object[]) => ({
    authorizationPolicies: [ownersPolicy, ...policies] as Facts['authorizationPolicies'],
    peerAuthentications: [],
  });
  const vera = member(project, 'vera', 'view');
  const name = 'user-vera-clusterrole-view';
  const said = { user: 'vera', role: 'view' };
  assert.equal(found([vera], istio()), [`KF316 rolebinding/${name}`]);
  assert.equal(found([vera], istio(policy(name, letsIn('vera'), said))), []);
  assert.equal(found([vera], istio(policy(name, letsIn('vera', 'eve'), said))), [`KF318 authorizationpolicy/${name}`]);
  assert.equal(found([], istio(policy(name, letsIn('vera'), said))), [`KF317 authorizationpolicy/${name}`]);
  const prefixed = policy('ns-owner-access-istio', letsIn(`login:${owner}`));
  const both = [prefixed, policy(name, letsIn('login:vera'), said)] as Facts['authorizationPolicies'];
  assert.equal(found([vera], { authorizationPolicies: both, peerAuthentications: [] }), []);
  assert.equal(found([], istio(policy('open', { rules: [{}] }))), ['KF502 authorizationpolicy/open']);
  assert.equal(found([], istio(policy('shut', {}), policy('no', { action: 'DENY', rules: [{}] }))), []);
  assert.equal(found([], { authorizationPolicies: [], peerAuthentications: [] }), [`KF511 namespace/${project}`]);
  const off = {
    kind: 'PeerAuthentication',
    apiVersion: 'security.istio.io/v1',
    metadata: { name: 'off', namespace: project },
    spec: { mtls: { mode: 'DISABLE' } },
  };
  assert.equal(found([], { ...istio(), peerAuthentications: [off] }), ['KF510 peerauthentication/off']);
  const bare = facts().namespace!;
  const { 'istio-injection': _, ...labels } = bare.metadata.labels!;
  assert.equal(found([], { ...istio(), namespace: { ...bare, metadata: { ...bare.metadata, labels } } }), [
    `KF506 namespace/${project}`,
  ]);
});

test("the owner's policy as Kubeflow makes it, and Istio's own container in each pod", () => {
  const rules = [
    ...letsIn(owner).rules,
    { when: [{ key: 'source.namespace', values: [project] }] },
    { to: [{ operation: { paths: ['/healthz', '/metrics', '/wait-for-drain'] } }] },
  ];
  const authorizationPolicies = [policy('ns-owner-access-istio', { rules }, { user: owner, role: 'admin' })];
  const init = { name: 'istio-init', securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } };
  const pod = {
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'main' }], initContainers: [init] },
  };
  assert.equal(found([pod], { authorizationPolicies, peerAuthentications: [] }), []);
});

test("a member's record is Kubeflow's whichever of its names the role has", () => {
  const kubeflow = ['admin', 'edit', 'view'].map((each) => clusterRole(`kubeflow-${each}`, rule('get', '', 'pods')));
  const record = (role: string, name = 'user-a-x-com-clusterrole-edit') =>
    roleBinding(project, name, role, [user('a@x.com')], { user: 'a@x.com', role: 'edit' });
  const owners = roleBinding(project, 'namespaceAdmin', 'kubeflow-admin', [user(owner)], {
    user: owner,
    role: 'admin',
  });
  assert.equal(found([...kubeflow, owners, record('kubeflow-edit')]), []);
  assert.equal(found([...kubeflow, owners, record('kubeflow-admin')]), [
    'KF312 rolebinding/user-a-x-com-clusterrole-edit',
  ]);
  assert.equal(found([record('edit', 'mine')]), ['KF314 rolebinding/mine']);
  assert.equal(
    found([record('edit', secondName({ kind: 'User', name: 'a@x.com' }, { kind: 'ClusterRole', word: 'edit' }))]),
    [],
  );
  const friends = { user: 'ml-friends', role: 'view' };
  assert.equal(
    found([roleBinding(project, 'group-ml-friends-clusterrole-view', 'view', [group('ml-friends')], friends)]),
    [],
  );
  const trainer = { user: 'a_', role: 'trainer' };
  assert.equal(
    found([
      { kind: 'Role', metadata: { name: 'trainer', namespace: project }, rules: [rule('create', '', 'pods')] },
      roleBinding(project, 'user-a-role-trainer', 'Role/trainer', [user('a_')], trainer),
    ]),
    [],
  );
});

test('findings come in one order, the worst first', () => {
  const more = [
    roleBinding(project, 'b', 'view', [user('bob')]),
    roleBinding(project, 'a', 'view', [group('system:authenticated'), user('bob')]),
  ];
  assert.equal(found(more), ['KF102 rolebinding/a', 'KF114 rolebinding/a', 'KF114 rolebinding/b']);
});

test.run();
