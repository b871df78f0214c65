import type { KubeObject } from '../kube/kube.ts';
import { ownerAnnotation, projectLabels } from '../projects/marks.ts';
import type { Snapshot } from '../rbac/snapshot.ts';
import type { Binding } from '../rbac/types.ts';
import type { Client } from './client.ts';
import type { PodFacts } from './pods.ts';
import type { Volume } from './volumes.ts';

/** All that the checks look at. What is undefined could not be read, or is not served: nothing is said about it. */
export interface Facts {
  /** The project's name. */
  project: string;
  namespace: KubeObject | undefined;
  /** Null where the cluster serves Profiles and has none of the name. */
  profile: KubeObject | null | undefined;
  snapshot: Snapshot;
  /** What of roles and bindings could be read. */
  saw: { roles: boolean; bindings: boolean; clusterRoles: boolean; clusterBindings: boolean };
  /** RoleBindings of other namespaces that name the project's service accounts. */
  elsewhere: readonly Binding[];
  /** Of all namespaces, by name: what they are, in a word. */
  namespaces: ReadonlyMap<string, 'project' | 'other'> | undefined;
  /** Names of the project's ServiceAccounts. */
  accounts: ReadonlySet<string> | undefined;
  /** ServiceAccounts of other namespaces that bindings name, as `namespace/name`, and whether they are there. */
  otherAccounts: ReadonlyMap<string, boolean>;
  /** `group/plural` of what is in no namespace. */
  clusterScoped: ReadonlySet<string>;
  pods: PodFacts | undefined;
  /** Secrets that hold a token of a ServiceAccount; without their data. */
  tokens: readonly KubeObject[] | undefined;
  services: readonly KubeObject[] | undefined;
  networkPolicies: readonly KubeObject[] | undefined;
  /** Istio's; undefined where it is not served. */
  authorizationPolicies: readonly KubeObject[] | undefined;
  peerAuthentications: readonly KubeObject[] | undefined;
  quotas: readonly KubeObject[] | undefined;
  claims: readonly KubeObject[] | undefined;
  /** PersistentVolumes. */
  volumes: readonly Volume[] | undefined;
  policies: readonly KubeObject[] | undefined;
  policyBindings: readonly KubeObject[] | undefined;
  client: Client | undefined;
}

/** Labels and annotations of a project, from Kubeflow's profile controller. */
export const profileLabel = (object: KubeObject | undefined): boolean =>
  object !== undefined &&
  Object.entries(projectLabels).every(([key, value]) => object.metadata.labels?.[key] === value);

/** Who owns the project, by its Profile, else by its namespace; '' where nobody is said. */
export function ownerOf({ profile, namespace }: Pick<Facts, 'profile' | 'namespace'>): string {
  const owner = (profile as { spec?: { owner?: { name?: string } } } | null | undefined)?.spec?.owner?.name;
  return owner ?? namespace?.metadata.annotations?.[ownerAnnotation] ?? '';
}

/** Kubeflow's role and Kubernetes' own of the name: which of them a cluster uses says nothing about rights. */
export const roleNames = (role: string): string[] => [role, `kubeflow-${role}`];
