/** A project as it should be, and the admission policies, as Kubeflow and kf make them. */

export type Raw = { apiVersion: string; kind: string; metadata: Record<string, unknown> } & Record<string, unknown>;

export const rbac = 'rbac.authorization.k8s.io';

export const user = (name: string) => ({ kind: 'User', apiGroup: rbac, name });
export const group = (name: string) => ({ kind: 'Group', apiGroup: rbac, name });
export const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name });

export function roleBinding(
  namespace: string,
  name: string,
  role: string,
  subjects: object[],
  annotations: Record<string, string> = {},
): Raw {
  const [kind, of] = role.includes('/') ? (role.split('/') as [string, string]) : ['ClusterRole', role];
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace, annotations },
    roleRef: { apiGroup: rbac, kind, name: of },
    subjects,
  };
}

/** A member as Kubeflow's access management records them. */
export const member = (namespace: string, name: string, role: 'admin' | 'edit' | 'view'): Raw =>
  roleBinding(namespace, `user-${name.replace(/[^a-z0-9]+/g, '-')}-clusterrole-${role}`, role, [user(name)], {
    ...{ user: name, role },
  });

export interface ProjectOptions {
  /** Pod security level. */
  level?: string;
}

/** The namespace itself, and what is in it. */
export function cleanProject(name: string, owner: string, { level = 'baseline' }: ProjectOptions = {}): Raw[] {
  const meta = (of: string) => ({ name: of, namespace: name });
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        annotations: { owner },
        labels: {
          'app.kubernetes.io/part-of': 'kubeflow-profile',
          'istio-injection': 'enabled',
          'pod-security.kubernetes.io/enforce': level,
        },
      },
    },
    ...['default-editor', 'default-viewer'].map((each) => ({
      ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(each) },
    })),
    roleBinding(name, 'namespaceAdmin', 'admin', [user(owner)], { user: owner, role: 'admin' }),
    roleBinding(name, 'default-editor', 'edit', [account(name, 'default-editor')]),
    roleBinding(name, 'default-viewer', 'view', [account(name, 'default-viewer')]),
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: meta('kf-resource-quota'),
      spec: { hard: { 'count/configmaps': '100' } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: meta('own-pods'),
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
    },
  ];
}

/** Policies of the names that are looked for, that check nothing. */
export const idlePolicies = (names: readonly string[], label: Record<string, string>): Raw[] =>
  names.flatMap((name) => [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name, labels: label },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: ['kf.example'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] },
          ],
        },
        validations: [{ expression: 'true' }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, labels: label },
      spec: { policyName: name, validationActions: ['Deny'] },
    },
  ]);
