/** Misconfigurations of pods, network, datasets and admission. */
import { account, idlePolicies, type Raw, roleBinding } from './clean-project.ts';
import type { Plant, Projects } from './plants.ts';

const v1 = 'v1';

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
    {
      ...{ code: 'KF501', where: `namespace/${c}`, objects: [], in: c },
      run: ['delete', 'networkpolicy', 'own-pods', '-n', c],
    },
    {
      ...{ code: 'KF503', where: 'networkpolicy/open', in: a },
      objects: [
        {
          ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'open', namespace: a } },
          spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] },
        },
      ],
    },
    { ...{ code: 'KF504', where: `namespace/${c}`, in: c }, ...label(c, '-') },
    { ...{ code: 'KF505', where: `namespace/${b}`, in: b }, ...label(b, '=privileged') },
    service('KF507', 'outside', { type: 'NodePort' }),
    service('KF508', 'takes', { externalIPs: ['192.0.2.7'] }),
    {
      ...{ code: 'KF509', where: `namespace/${c}`, objects: [], in: c },
      run: ['delete', 'resourcequota', 'kf-resource-quota', '-n', c],
    },
    {
      ...{ code: 'KF324', where: `namespace/${d}-bare`, in: `${d}-bare` },
      objects: [{ apiVersion: v1, kind: 'Namespace', metadata: { name: `${d}-bare` } }],
    },
  ];
}

const label = (name: string, level: string) => ({
  ...{ objects: [], run: ['label', 'namespace', name, '--overwrite', `pod-security.kubernetes.io/enforce${level}`] },
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
      ...('hostPath' in rest ? {} : { nfs: { server: '192.0.2.9', path: `/${name}` } }),
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
    one('KF602', 'node-files', undefined, a, { hostPath: { path: '/srv' } }),
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
      ...{ code: 'KF706', where: 'validatingadmissionpolicy/kf-dataset-storage', objects: [], in: a },
      run: ['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', 'kf-dataset-storage'],
    },
    {
      ...{ code: 'KF702', where: 'validatingadmissionpolicy/kf-dataset-owner', objects: [], in: a },
      run: ['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', 'kf-dataset-owner'],
    },
  ];
}
