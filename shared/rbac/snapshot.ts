import type { Binding, Role, SubjectRef } from './types.ts';

/** The user name of a ServiceAccount. */
export const accountUser = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

/** Whom a subject of a binding in this namespace ('': the cluster's) stands for; undefined where it is nobody. */
export function subjectKey({ kind, name, namespace }: SubjectRef, within: string): string | undefined {
  if (kind === 'User') return userKey(name);
  if (kind === 'Group') return groupKey(name);
  const home = namespace || within;
  return kind === 'ServiceAccount' && home !== '' ? userKey(accountUser(home, name)) : undefined;
}

export const userKey = (name: string): string => `u:${name}`;
export const groupKey = (name: string): string => `g:${name}`;

/** Roles and bindings at one time, with ways to those that a question is about. */
export class Snapshot {
  readonly #roles = new Map<string, Role>();
  readonly #bindings = new Map<string, Binding[]>();
  readonly #bySubject = new Map<string, Map<string, Binding[]>>();

  addRole(role: Role): void {
    this.#roles.set(roleKey(role.kind, role.namespace, role.name), role);
  }

  addBinding(binding: Binding): void {
    push(this.#bindings, binding.namespace, binding);
    const subjects = this.#bySubject.get(binding.namespace) ?? new Map<string, Binding[]>();
    this.#bySubject.set(binding.namespace, subjects);
    const keys = binding.subjects.map((subject) => subjectKey(subject, binding.namespace));
    for (const key of new Set(keys)) if (key !== undefined) push(subjects, key, binding);
  }

  /** The role that a binding gives; undefined where there is none. */
  roleOf({ role, namespace }: Pick<Binding, 'role' | 'namespace'>): Role | undefined {
    if (role.kind === 'Role' && namespace === '') return undefined;
    return this.#roles.get(roleKey(role.kind, namespace, role.name));
  }

  clusterRole(name: string): Role | undefined {
    return this.#roles.get(roleKey('ClusterRole', '', name));
  }

  roles(): Iterable<Role> {
    return this.#roles.values();
  }

  /** RoleBindings of a namespace; '': ClusterRoleBindings. */
  bindings(namespace: string): readonly Binding[] {
    return this.#bindings.get(namespace) ?? [];
  }

  /** Those of them that name a subject (userKey, groupKey). */
  bindingsFor(namespace: string, key: string): readonly Binding[] {
    return this.#bySubject.get(namespace)?.get(key) ?? [];
  }
}

const roleKey = (kind: string, namespace: string, name: string) =>
  kind === 'Role' ? `${namespace}/${name}` : kind === 'ClusterRole' ? `/${name}` : '';

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
