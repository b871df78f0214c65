import { KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import { Snapshot } from './snapshot.ts';
import type { Binding, Role, Rule, SubjectRef } from './types.ts';

const root = '/apis/rbac.authorization.k8s.io/v1';

interface RawRole extends KubeObject {
  rules?: Rule[] | null;
  aggregationRule?: { clusterRoleSelectors?: unknown[] };
}
interface RawBinding extends KubeObject {
  roleRef: { kind: string; name: string };
  subjects?: SubjectRef[] | null;
}

export interface Loaded {
  snapshot: Snapshot;
  /** What may not be read, as `clusterrolebindings` or `roles in team-a`. */
  refused: string[];
}

/** What is asked for beyond the rights in one namespace. */
export interface LoadOptions {
  /** Sees each RoleBinding of every other namespace as it comes by; they are not kept. */
  elsewhere?: (binding: Binding) => void;
}

/**
 * All that decides about rights in these namespaces: their Roles and RoleBindings, and the cluster's. It comes in pages, of which
 * only what decides is kept.
 */
export async function loadRights(
  kube: Kube,
  namespaces: readonly string[],
  { elsewhere }: LoadOptions = {},
): Promise<Loaded> {
  const snapshot = new Snapshot();
  const refused: string[] = [];
  const addRole = (raw: RawRole) => snapshot.addRole(roleFrom(raw));
  const addBinding = (raw: RawBinding) => snapshot.addBinding(bindingFrom(raw));
  const within = namespaces.flatMap((namespace) => [
    each<RawRole>(`roles in ${namespace}`, `${root}/namespaces/${namespace}/roles`, addRole),
    each<RawBinding>(`rolebindings in ${namespace}`, `${root}/namespaces/${namespace}/rolebindings`, addBinding),
  ]);
  const others = (raw: RawBinding) => {
    if (!namespaces.includes(raw.metadata.namespace ?? '')) elsewhere!(bindingFrom(raw));
  };
  await Promise.all([
    ...within,
    each<RawRole>('clusterroles', `${root}/clusterroles`, addRole),
    each<RawBinding>('clusterrolebindings', `${root}/clusterrolebindings`, addBinding),
    ...(elsewhere ? [each<RawBinding>('rolebindings of other projects', `${root}/rolebindings`, others)] : []),
  ]);
  return { snapshot, refused };

  async function each<T extends KubeObject>(what: string, path: string, take: (item: T) => void): Promise<void> {
    try {
      for await (const page of pages<T>(kube, path)) for (const item of page.items) take(item);
    } catch (error) {
      if (!(error instanceof KfError) || error.status?.code !== 403) throw error;
      refused.push(what);
    }
  }
}

export function roleFrom({ kind, metadata, rules, aggregationRule }: RawRole): Role {
  return {
    kind: kind === 'Role' ? 'Role' : 'ClusterRole',
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    rules: rules ?? [],
    ...described(metadata),
    ...(aggregationRule ? { aggregates: aggregationRule.clusterRoleSelectors ?? [] } : {}),
  };
}

export function bindingFrom({ kind, metadata, roleRef, subjects }: RawBinding): Binding {
  return {
    kind: kind === 'RoleBinding' ? 'RoleBinding' : 'ClusterRoleBinding',
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    role: { kind: roleRef.kind, name: roleRef.name },
    subjects: (subjects ?? []).map(({ kind: subject, name, namespace }) => ({
      kind: subject,
      name,
      ...(namespace ? { namespace } : {}),
    })),
    ...(metadata.uid ? { uid: metadata.uid } : {}),
    ...described(metadata),
  };
}

const described = ({ labels, annotations }: KubeObject['metadata']) => ({
  ...(labels ? { labels } : {}),
  ...(annotations ? { annotations } : {}),
});
