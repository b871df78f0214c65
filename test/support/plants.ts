/** Misconfigurations to be planted in projects, each with the code and the place that it has to be found by. */
import { account, group, idlePolicies, member, rbac, roleBinding, user } from './clean-project.ts';

type Raw = { apiVersion: string; kind: string; metadata: Record<string, unknown> } & Record<string, unknown>;

export interface Plant {
  code: string;
  /** As validate names it. */
  where: string;
  /** To be applied; those without a namespace are the cluster's. */
  objects: Raw[];
  /** To be deleted in place of that, as kubectl's words. */
  gone?: string[];
  /** The project in which it is found. */
  in: string;
}

const v1 = 'v1';
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
    everywhere('KF214', 'profiles', outsider('profiler'), rule('patch', 'kubeflow.org', 'profiles')),
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
    gone: ['rolebinding', 'namespaceAdmin', '-n', project],
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
      gone: ['rolebinding', 'namespaceAdmin', '-n', c],
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
      gone: ['serviceaccount', 'default-editor', '-n', c],
    },
    bound('KF408', 'default-account', 'view', [account(a, 'default')]),
  ];
}

const viewerBinding = (project: string) => ({
  where: 'rolebinding/default-viewer',
  objects: [roleBinding(project, 'default-viewer', 'edit', [account(project, 'default-viewer')])],
  gone: ['rolebinding', 'default-viewer', '-n', project],
});

/** Pods that no node takes, tokens, network, the namespace. */
export function podPlants({ a, b, c, d }: Projects): Plant[] {
  const pod = (code: string, name: string, spec: object, container: object = {}): Plant => ({
    ...{ code, where: `pod/${name}`, in: b },
    objects: [
      {
        ...{ apiVersion: v1, kind: 'Pod', metadata: { name, namespace: b } },
        spec: {
          schedulingGates: [{ name: 'kf.example/never' }],
          containers: [{ name: 'main', image: 'nowhere.invalid/none:1', ...container }],
          ...spec,
        },
      },
    ],
  });
  const service = (code: string, name: string, spec: object): Plant => ({
    ...{ code, where: `service/${name}`, in: a },
    objects: [
      { apiVersion: v1, kind: 'Service', metadata: { name, namespace: a }, spec: { ports: [{ port: 80 }], ...spec } },
    ],
  });
  const admin = roleBinding(b, 'admin-account', 'admin', [account(b, 'mighty')]);
  return [
    pod('KF401', 'privileged', {}, { securityContext: { privileged: true } }),
    pod('KF402', 'host-files', { volumes: [{ name: 'etc', hostPath: { path: '/etc' } }] }),
    pod('KF403', 'host-network', { hostNetwork: true }),
    pod('KF404', 'host-pid', { hostPID: true }),
    pod('KF405', 'host-port', {}, { ports: [{ containerPort: 80, hostPort: 8099 }] }),
    pod('KF406', 'capable', {}, { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }),
    {
      ...pod('KF407', 'mighty', { serviceAccountName: 'mighty' }),
      objects: [
        { apiVersion: v1, kind: 'ServiceAccount', metadata: { name: 'mighty', namespace: b } },
        admin,
        ...pod('', 'mighty', { serviceAccountName: 'mighty' }).objects,
      ],
    },
    pod('KF410', 'unconfined', { securityContext: { seccompProfile: { type: 'Unconfined' } } }),
    {
      ...{ code: 'KF409', where: 'secret/old-token', in: a },
      objects: [
        {
          ...{ apiVersion: v1, kind: 'Secret', type: 'kubernetes.io/service-account-token' },
          metadata: {
            name: 'old-token',
            namespace: a,
            annotations: { 'kubernetes.io/service-account.name': 'default-editor' },
          },
        },
      ],
    },
    { ...{ code: 'KF501', where: `namespace/${c}`, objects: [], in: c }, gone: ['networkpolicy', 'own-pods', '-n', c] },
    {
      ...{ code: 'KF503', where: 'networkpolicy/open', in: a },
      objects: [
        {
          ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'open', namespace: a } },
          spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] },
        },
      ],
    },
    { ...{ code: 'KF504', where: `namespace/${c}`, in: c }, objects: [label(c, null)] },
    { ...{ code: 'KF505', where: `namespace/${b}`, in: b }, objects: [label(b, 'privileged')] },
    service('KF507', 'outside', { type: 'NodePort' }),
    service('KF508', 'takes', { externalIPs: ['192.0.2.7'] }),
    {
      ...{ code: 'KF509', where: `namespace/${c}`, objects: [], in: c },
      gone: ['resourcequota', 'kf-resource-quota', '-n', c],
    },
    {
      ...{ code: 'KF324', where: `namespace/${d}-bare`, in: `${d}-bare` },
      objects: [{ apiVersion: v1, kind: 'Namespace', metadata: { name: `${d}-bare` } }],
    },
  ];
}

const label = (name: string, level: string | null): Raw => ({
  ...{ apiVersion: v1, kind: 'Namespace' },
  metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': level } },
});

/** Datasets and admission. */
export function datasetPlants({ a, c, d }: Projects, mark: string, labels: Record<string, string>): Plant[] {
  const volume = (name: string, allowed: string | undefined, claim: string | undefined, rest: object = {}): Raw => ({
    apiVersion: v1,
    kind: 'PersistentVolume',
    metadata: {
      name: `${mark}-${name}`,
      annotations: allowed === undefined ? {} : { 'kf.kubeflow.org/allowed-namespaces': allowed },
    },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadOnlyMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: mark,
      nfs: { server: '192.0.2.9', path: `/${name}` },
      ...(claim ? { claimRef: { namespace: claim, name } } : {}),
      ...rest,
    },
  });
  const one = (code: string, name: string, ...rest: [string | undefined, string | undefined, object?]): Plant => ({
    ...{ code, where: `persistentvolume/${mark}-${name}`, objects: [volume(name, ...rest)], in: a },
  });
  const [binding, profile] = idlePolicies(['kf-dataset-binding'], labels) as [Raw, Raw];
  return [
    one('KF601', 'outside', `${a},${c}`, d),
    one('KF602', 'node-files', undefined, a, { nfs: null, hostPath: { path: '/srv' } }),
    one('KF603', 'vague', `${a},*`, undefined),
    one('KF604', 'not-there', `${a},kf-no-such-project`, undefined),
    one('KF605', 'goes', a, undefined, { persistentVolumeReclaimPolicy: 'Delete' }),
    {
      ...{ code: 'KF606', where: `persistentvolume/${mark}-copy`, in: a },
      objects: [
        volume('mine', a, undefined),
        volume('copy', undefined, undefined, { nfs: { server: '192.0.2.9', path: '/mine' } }),
      ],
    },
    {
      ...{ code: 'KF607', where: 'persistentvolumeclaim/waits', in: a },
      objects: [
        volume('theirs', c, undefined),
        {
          ...{ apiVersion: v1, kind: 'PersistentVolumeClaim', metadata: { name: 'waits', namespace: a } },
          spec: {
            ...{ accessModes: ['ReadOnlyMany'], storageClassName: `${mark}-other`, volumeName: `${mark}-theirs` },
            resources: { requests: { storage: '1Gi' } },
          },
        },
      ],
    },
    {
      ...{ code: 'KF704', where: 'validatingadmissionpolicy/kf-dataset-binding', in: a },
      objects: [{ ...profile, spec: { ...(profile.spec as object), validationActions: ['Audit'] } }],
    },
    {
      ...{ code: 'KF705', where: 'validatingadmissionpolicy/kf-dataset-binding', in: a },
      objects: [{ ...binding, spec: { ...(binding.spec as object), failurePolicy: 'Ignore' } }],
    },
    {
      ...{ code: 'KF702', where: 'validatingadmissionpolicy/kf-dataset-owner', objects: [], in: a },
      gone: ['validatingadmissionpolicy,validatingadmissionpolicybinding', 'kf-dataset-owner'],
    },
  ];
}
