/** What validate looks at, made of objects as the API server has them. */
import type { KubeObject } from '../../shared/kube/kube.ts';
import { bindingFrom, roleFrom } from '../../shared/rbac/load.ts';
import { Snapshot } from '../../shared/rbac/snapshot.ts';
import type { Facts } from '../../shared/validate/facts.ts';
import { type Pod, PodGatherer } from '../../shared/validate/pods.ts';
import { volumeFrom } from '../../shared/validate/volumes.ts';
import { cleanProject, idlePolicies } from './clean-project.ts';

export const project = 'team-a';
export const owner = 'ann';

const reads = (...resources: string[]) => [{ verbs: ['get', 'list', 'watch'], apiGroups: [''], resources }];

/** Kubernetes' own roles, in short. */
export const roles: object[] = [
  { kind: 'ClusterRole', metadata: { name: 'view' }, rules: reads('pods', 'configmaps') },
  {
    kind: 'ClusterRole',
    metadata: { name: 'edit' },
    rules: [...reads('secrets'), { verbs: ['create', 'delete'], apiGroups: [''], resources: ['pods', 'pods/exec'] }],
  },
  {
    kind: 'ClusterRole',
    metadata: { name: 'admin' },
    rules: [{ verbs: ['*'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'] }],
  },
  {
    kind: 'ClusterRole',
    metadata: { name: 'cluster-admin' },
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  },
];

/**
 * A clean project, and more objects, which replace those of the same kind and name.
 * @param over facts that are to be otherwise
 */
export function facts(more: object[] = [], over: Partial<Facts> = {}): Facts {
  const given = [
    ...cleanProject(project, owner),
    ...idlePolicies(['kf-dataset-binding', 'kf-dataset-owner', 'kf-dataset-storage', 'kf-profile-owner'], {}),
  ];
  const all = new Map<string, KubeObject>();
  for (const each of [...roles, ...given, ...more] as KubeObject[])
    all.set(`${each.kind}/${each.metadata.namespace ?? ''}/${each.metadata.name}`, each);
  const of = (kind: string) => [...all.values()].filter((each) => each.kind === kind);
  const snapshot = new Snapshot();
  for (const role of [...of('Role'), ...of('ClusterRole')]) snapshot.addRole(roleFrom(role as never));
  const elsewhere = [];
  for (const raw of [...of('RoleBinding'), ...of('ClusterRoleBinding')]) {
    const binding = bindingFrom(raw as never);
    if (binding.kind === 'RoleBinding' && binding.namespace !== project) elsewhere.push(binding);
    else snapshot.addBinding(binding);
  }
  const pods = new PodGatherer();
  for (const pod of of('Pod')) pods.add(pod as Pod);
  return {
    project,
    namespace: of('Namespace').find(({ metadata }) => metadata.name === project),
    profile: undefined,
    snapshot,
    saw: { roles: true, bindings: true, clusterRoles: true, clusterBindings: true },
    elsewhere,
    namespaces: new Map(
      [...of('Namespace').map(({ metadata }) => metadata.name), 'kube-system', 'jobset-system'].map((name) => [
        name,
        name.endsWith('-system') ? 'other' : 'project',
      ]),
    ),
    accounts: new Set(of('ServiceAccount').map(({ metadata }) => metadata.name)),
    otherAccounts: new Map(),
    clusterScoped: new Set([
      '/nodes',
      '/namespaces',
      '/persistentvolumes',
      'kubeflow.org/profiles',
      'kf.kubeflow.org/datasets',
    ]),
    pods,
    tokens: of('Secret'),
    services: of('Service'),
    networkPolicies: of('NetworkPolicy'),
    authorizationPolicies: undefined,
    peerAuthentications: undefined,
    quotas: of('ResourceQuota'),
    claims: of('PersistentVolumeClaim'),
    volumes: of('PersistentVolume').map((each) => volumeFrom(each as never)),
    policies: of('ValidatingAdmissionPolicy'),
    policyBindings: of('ValidatingAdmissionPolicyBinding'),
    client: undefined,
    ...over,
  };
}
