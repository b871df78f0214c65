/** rbac.authorization.k8s.io/v1, what of it decides about rights. */

/** PolicyRule. */
export interface Rule {
  verbs?: readonly string[] | null;
  apiGroups?: readonly string[] | null;
  resources?: readonly string[] | null;
  resourceNames?: readonly string[] | null;
  nonResourceURLs?: readonly string[] | null;
}

export interface SubjectRef {
  kind: string;
  name: string;
  namespace?: string;
}

/** A Role or a ClusterRole; an aggregated one with the rules that its controller stored. */
export interface Role {
  kind: 'Role' | 'ClusterRole';
  name: string;
  /** '' for a ClusterRole. */
  namespace: string;
  rules: readonly Rule[];
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Label selectors of the roles that it gathers. */
  aggregates?: readonly unknown[];
}

/** A RoleBinding or a ClusterRoleBinding. */
export interface Binding {
  kind: 'RoleBinding' | 'ClusterRoleBinding';
  name: string;
  /** '' for a ClusterRoleBinding. */
  namespace: string;
  role: { kind: string; name: string };
  subjects: readonly SubjectRef[];
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Who asks, as the API server's authentication has found: nothing is added to the groups. */
export interface Asker {
  user: string;
  groups?: readonly string[];
}

/** What is asked for, on resources (authorization.k8s.io/v1 ResourceAttributes). */
export interface OnResource {
  verb: string;
  group?: string;
  resource: string;
  subresource?: string;
  /** '' or left out: no certain one, or all. */
  name?: string;
  /** '' or left out: of the whole cluster, or of no namespace. */
  namespace?: string;
}

/** What is asked for, on a path of the server (NonResourceAttributes). */
export interface OnPath {
  verb: string;
  path: string;
}

export type Attributes = OnResource | OnPath;
