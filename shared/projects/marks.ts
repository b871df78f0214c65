import type { KubeObject } from '../kube/kube.ts';
import type { Served } from '../resources/resource.ts';

/** What marks a namespace as a project, as Kubeflow's profile controller does it. */
export const projectLabels = { 'app.kubernetes.io/part-of': 'kubeflow-profile' };
/** Annotation of the namespace: the user name of who owns the project. */
export const ownerAnnotation = 'owner';
export const descriptionAnnotation = 'kf.kubeflow.org/description';
/** The owner's RoleBinding, and the quota: Kubeflow's names. */
export const ownerBinding = 'namespaceAdmin';
export const quotaName = 'kf-resource-quota';
/** Label of a ClusterRole, or of a project's Role, that members may be given. */
export const templateLabel = 'kf.kubeflow.org/template';

export const managedBy = { 'app.kubernetes.io/managed-by': 'kubectl-kf' };
export const rbacGroup = 'rbac.authorization.k8s.io';

const core = (kind: string, plural: string, namespaced = true): Served => ({
  ...{ group: '', version: 'v1', kind, plural, namespaced },
});
const rbac = (kind: string, plural: string, namespaced: boolean): Served => ({
  ...{ group: rbacGroup, version: 'v1', kind, plural, namespaced },
});
export const namespaces = core('Namespace', 'namespaces', false);
export const accounts = core('ServiceAccount', 'serviceaccounts');
export const configMaps = core('ConfigMap', 'configmaps');
export const quotas = core('ResourceQuota', 'resourcequotas');
export const roles = rbac('Role', 'roles', true);
export const clusterRoles = rbac('ClusterRole', 'clusterroles', false);
export const roleBindings = rbac('RoleBinding', 'rolebindings', true);

export interface Subject {
  kind: string;
  name: string;
  namespace?: string;
  apiGroup?: string;
}

export interface RoleRef {
  apiGroup: string;
  kind: 'ClusterRole' | 'Role';
  name: string;
}

export interface RoleBinding extends KubeObject {
  subjects?: Subject[];
  roleRef: RoleRef;
}

export interface Profile extends KubeObject {
  spec?: { owner?: Subject; resourceQuotaSpec?: { hard?: Record<string, string> } };
}

/** True for a namespace that is a project: marked as Kubeflow does, or someone owns it. */
export const isProject = ({ metadata }: Pick<KubeObject, 'metadata'>): boolean =>
  Object.entries(projectLabels).every(([key, value]) => metadata.labels?.[key] === value) ||
  Boolean(metadata.annotations?.[ownerAnnotation]);

/** Who owns it, as its namespace says; '' where nobody is said. */
export const ownerOf = (object: Pick<KubeObject, 'metadata'> | undefined): string =>
  object?.metadata.annotations?.[ownerAnnotation] ?? '';

export const descriptionOf = (object: Pick<KubeObject, 'metadata'> | undefined): string =>
  object?.metadata.annotations?.[descriptionAnnotation] ?? '';
