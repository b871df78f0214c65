/** Misconfigurations to be planted in projects, each with the code and the place that it has to be found by. */
import { account, group, member, type Raw, rbac, roleBinding, user } from './clean-project.ts';

export interface Plant {
  code: string;
  /** As validate names it. */
  where: string;
  /** To be applied; those without a namespace are the cluster's. */
  objects: Raw[];
  /** What kubectl does before. */
  run?: string[];
  /** The project in which it is found. */
  in: string;
}

const rule = (verbs: string, apiGroup: string, resources: string) => ({
  verbs: verbs.split(','),
  apiGroups: [apiGroup],
  resources: resources.split(','),
});
const clusterRole = (name: string, ...rules: object[]): Raw => ({
  ...{ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
});
const role = (namespace: string, name: string, ...rules: object[]): Raw => ({
  ...{ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name, namespace }, rules },
});
const clusterBinding = (name: string, of: string, ...subjects: object[]): Raw => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: of },
  subjects,
});

/** What nobody has, so that whoever is bound to it gets nothing: of a group that no server serves. */
const harmless = (verbs: string) => rule(verbs, 'kf.example', 'things');

export interface Projects {
  /** Where most is planted. */
  a: string;
  /** Where pods may be anything. */
  b: string;
  /** Where the owner's binding is gone. */
  c: string;
  d: string;
}

/** Who can act, and with which rights. */
export function accessPlants({ a, b, c }: Projects, mark: string): Plant[] {
  const bound = (code: string, name: string, subject: object, of = 'view'): Plant => ({
    ...{ code, where: `rolebinding/${name}`, objects: [roleBinding(a, name, of, [subject])], in: a },
  });
  const everywhere = (code: string, name: string, subject: object, ...rules: object[]): Plant => ({
    code,
    where: `clusterrolebinding/${mark}-${name}`,
    objects: [clusterRole(`${mark}-${name}`, ...rules), clusterBinding(`${mark}-${name}`, `${mark}-${name}`, subject)],
    in: a,
  });
  const right = (code: string, name: string, ...rules: object[]): Plant => ({
    code,
    where: `rolebinding/${name}`,
    objects: [role(a, name, ...rules), roleBinding(a, name, `Role/${name}`, [account(a, 'default-editor')])],
    in: a,
  });
  const outsider = (name: string) => user(`${mark}-${name}`);
  const viewer = `${mark}-viewer`;
  return [
    bound('KF101', 'anonymous', group('system:unauthenticated')),
    bound('KF102', 'everyone', group('system:authenticated')),
    everywhere('KF103', 'everyone', group('system:authenticated'), harmless('get')),
    bound('KF104', 'all-accounts', group('system:serviceaccounts')),
    bound('KF105', 'accounts-of', group('system:serviceaccounts:default')),
    bound('KF106', 'other-account', account(b, 'default-editor')),
    everywhere('KF107', 'other-account', account(b, 'default-editor'), harmless('create')),
    everywhere('KF108', 'default-account', account('default', 'default'), harmless('get')),
    everywhere('KF109', 'outsider', outsider('outsider'), harmless('create')),
    everywhere('KF110', 'outside-group', group(`${mark}-outsiders`), harmless('delete')),
    everywhere('KF111', 'reader', outsider('reader'), harmless('get,list')),
    {
      ...everywhere('KF112', 'viewer', user(viewer), harmless('create')),
      objects: [
        member(a, viewer, 'view'),
        clusterRole(`${mark}-viewer`, harmless('create')),
        clusterBinding(`${mark}-viewer`, `${mark}-viewer`, user(viewer)),
      ],
    },
    bound('KF113', 'some-group', group('ml-friends')),
    bound('KF114', 'some-person', user('bob')),
    bound('KF115', 'node', user('system:node:node9')),
    bound('KF201', 'everything', user('carol'), 'cluster-admin'),
    right('KF202', 'wide', rule('*', '', 'configmaps')),
    right('KF203', 'escalates', rule('escalate', rbac, 'roles')),
    right('KF204', 'binds', rule('bind', rbac, 'clusterroles')),
    right('KF205', 'impersonates', rule('impersonate', '', 'serviceaccounts')),
    everywhere('KF205', 'impersonates', outsider('actor'), rule('impersonate', '', 'users')),
    everywhere('KF206', 'node-proxy', outsider('kubelet'), rule('get', '', 'nodes/proxy')),
    right('KF207', 'runs', rule('create', '', 'pods/exec')),
    right('KF208', 'tokens', rule('create', '', 'serviceaccounts/token')),
    right('KF209', 'secrets', rule('list', '', 'secrets')),
    right('KF210', 'members', rule('create,patch', rbac, 'rolebindings')),
    everywhere(
      'KF211',
      'approves',
      outsider('signer'),
      rule('update', 'certificates.k8s.io', 'certificatesigningrequests/approval'),
    ),
    everywhere(
      'KF212',
      'webhooks',
      outsider('hook'),
      rule('patch', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations'),
    ),
    right('KF213', 'deletes', rule('delete', '', 'namespaces')),
    everywhere('KF214', 'profiles', outsider('profiler'), rule('administer', 'kubeflow.org', 'profiles')),
    everywhere('KF218', 'datasets', outsider('librarian'), rule('administer', 'kf.kubeflow.org', 'datasets')),
    everywhere('KF217', 'volumes', outsider('provider'), rule('create', '', 'persistentvolumes')),
    {
      ...bound('KF411', 'works-elsewhere', account(a, 'default-editor')),
      objects: [roleBinding(c, 'works-elsewhere', 'view', [account(a, 'default-editor')])],
    },
    everywhere('KF412', 'own-account', account(a, 'default-editor'), harmless('create')),
  ];
}

/** Bindings, owner and members. */
export function bindingPlants({ a, b, c, d }: Projects, owner: string): Plant[] {
  const bound = (code: string, name: string, of: string, subjects: object[], annotations = {}): Plant => ({
    ...{ code, where: `rolebinding/${name}`, objects: [roleBinding(a, name, of, subjects, annotations)], in: a },
  });
  const own = (code: string, project: string, of: string, ...subjects: object[]): Plant => ({
    code,
    where: 'rolebinding/namespaceAdmin',
    objects: [roleBinding(project, 'namespaceAdmin', of, subjects)],
    run: ['delete', 'rolebinding', 'namespaceAdmin', '-n', project],
    in: project,
  });
  const record = (name: string, of: string) => ({ user: name, role: of });
  return [
    bound('KF301', 'no-role', 'Role/none', [account(a, 'default-editor')]),
    bound('KF302', 'no-cluster-role', 'kf-none', [account(a, 'default-editor')]),
    bound('KF303', 'no-account', 'view', [account(a, 'gone')]),
    bound('KF304', 'no-other-account', 'view', [account('kf-no-such', 'gone'), account(b, 'default-editor')]),
    bound('KF305', 'nobody', 'view', []),
    {
      ...{ code: 'KF306', where: `namespace/${c}`, objects: [], in: c },
      run: ['delete', 'rolebinding', 'namespaceAdmin', '-n', c],
    },
    own('KF307', b, 'admin', user('mallory')),
    own('KF308', d, 'edit', user(owner), user('mallory')),
    { ...{ code: 'KF309', where: 'rolebinding/namespaceAdmin', objects: [], in: d } },
    bound('KF311', 'user-dora-clusterrole-view', 'view', [user('mallory')], record('dora', 'view')),
    bound('KF312', 'user-emil-clusterrole-view', 'edit', [user('emil')], record('emil', 'view')),
    bound('KF313', 'user-fritz-clusterrole-view', 'view', [user('fritz'), user('frida')], record('fritz', 'view')),
    bound('KF314', 'gerda', 'view', [user('gerda')], record('gerda', 'view')),
    bound('KF315', 'user-gerda-clusterrole-edit', 'edit', [user('gerda')], record('gerda', 'edit')),
    bound('KF319', 'hidden-account', 'view', [user(`system:serviceaccount:${a}:default-editor`)]),
    bound('KF320', 'look-alike', 'view', [user(owner.toUpperCase())]),
    { ...own('KF321', b, 'edit', account(b, 'default-viewer')), ...viewerBinding(b) },
    {
      ...{ code: 'KF322', where: 'serviceaccount/default-editor', objects: [], in: c },
      run: ['delete', 'serviceaccount', 'default-editor', '-n', c],
    },
    bound('KF408', 'default-account', 'view', [account(a, 'default')]),
  ];
}

const viewerBinding = (project: string) => ({
  where: 'rolebinding/default-viewer',
  objects: [roleBinding(project, 'default-viewer', 'edit', [account(project, 'default-viewer')])],
  run: ['delete', 'rolebinding', 'default-viewer', '-n', project],
});
