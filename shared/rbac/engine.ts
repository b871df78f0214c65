import { ruleAllows } from './match.ts';
import { groupKey, type Snapshot, userKey } from './snapshot.ts';
import type { Asker, Attributes, Binding, Role, SubjectRef } from './types.ts';

/** The API server asks no rule about them. */
export const masters = 'system:masters';

/** True where Kubernetes' RBAC authorizer would allow it: what SubjectAccessReview answers. */
export function evaluate(snapshot: Snapshot, asker: Asker, asked: Attributes): boolean {
  if (asker.groups?.includes(masters)) return true;
  return grantsTo(snapshot, asker, asked).next().done === false;
}

/** The bindings that allow it, the cluster's first; none for system:masters, who need none. */
export function* grantsTo(snapshot: Snapshot, { user, groups = [] }: Asker, asked: Attributes): Generator<Binding> {
  const keys = [userKey(user), ...new Set(groups.map(groupKey))];
  const seen = new Set<Binding>();
  for (const namespace of placesOf(asked)) {
    for (const key of keys) {
      for (const binding of snapshot.bindingsFor(namespace, key)) {
        if (seen.has(binding)) continue;
        seen.add(binding);
        if (roleAllows(snapshot.roleOf(binding), asked)) yield binding;
      }
    }
  }
}

/** Where bindings are that count: the cluster's always, a namespace's for what is in it. Paths are in none. */
const placesOf = (asked: Attributes): string[] => ('path' in asked || !asked.namespace ? [''] : ['', asked.namespace]);

export const roleAllows = (role: Role | undefined, asked: Attributes): boolean =>
  role?.rules.some((rule) => ruleAllows(rule, asked)) === true;

/** One who can do it, and by what. */
export interface Grant {
  subject: SubjectRef;
  binding: Binding;
}

/**
 * Everyone who can do it, each with the binding that allows it, the namespace's first; groups as such: who is in them the cluster
 * doesn't know. A role is looked at once, however many bindings give it.
 */
export function whoCan(snapshot: Snapshot, asked: Attributes): Grant[] {
  const allows = new Map<Role, boolean>();
  const found: Grant[] = [];
  for (const binding of placesOf(asked)
    .reverse()
    .flatMap((place) => snapshot.bindings(place))) {
    const role = snapshot.roleOf(binding);
    if (!role) continue;
    const known = allows.get(role) ?? roleAllows(role, asked);
    allows.set(role, known);
    if (known) for (const subject of binding.subjects) found.push({ subject, binding });
  }
  return found;
}
