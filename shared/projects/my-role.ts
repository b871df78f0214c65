import type { Kube, KubeObject } from '../kube/kube.ts';
import { type ResourceRule, selfSubjectRulesReview, type UserInfo } from '../kube/reviews.ts';
import { allows } from '../resources/abilities.ts';
import { hasRights } from '../resources/namespace.ts';
import { found, look, lookAll } from './look.ts';
import {
  descriptionOf,
  namespaces,
  ownerBinding,
  ownerOf,
  type RoleBinding,
  rbacGroup,
  roleBindings,
  type Subject,
} from './marks.ts';
import { builtInTemplates, roleWord } from './roles.ts';

/** A project in which a person has a role. */
export interface Mine {
  name: string;
  /** `owner`, or a template: `admin`, `edit`, `view`, one of the project's own. The strongest of several. */
  role: string;
  /** How the role is known: a RoleBinding names the person (or a group of theirs), rights in the whole cluster, or what they may do there. */
  by: 'binding' | 'cluster' | 'rights';
  /** User name; '' where nobody is said, or it may not be read. */
  owner: string;
  description: string;
  /** True while it goes away. */
  deleting: boolean;
}

type Me = Pick<UserInfo, 'username' | 'groups'>;

/** Everyone is in these: a role of theirs is nobody's project. */
const everyone = /^system:(authenticated|unauthenticated|serviceaccounts(:.*)?)$/;

const isMe = (me: Me, { kind, name, namespace }: Subject): boolean => {
  if (kind === 'User') return name === me.username;
  if (kind === 'Group') return !everyone.test(name) && (me.groups ?? []).includes(name);
  return me.username === `system:serviceaccount:${namespace}:${name}`;
};

const strength = (role: string): number => {
  const at = ['owner', ...builtInTemplates].indexOf(role);
  return at < 0 ? builtInTemplates.length + 1 : at;
};

/** The strongest role that bindings of one project give; undefined where none is for this person. */
export function boundRole(me: Me, bindings: readonly RoleBinding[], owner: string): string | undefined {
  const mine = bindings.filter(({ subjects = [] }) => subjects.some((subject) => isMe(me, subject)));
  // Who is said to own it does so where the owner's binding is there to say the same.
  if (owner === me.username && mine.some(({ metadata }) => metadata.name === ownerBinding)) return 'owner';
  return mine.map(({ roleRef }) => roleWord(roleRef)).sort((a, b) => strength(a) - strength(b))[0];
}

export const mine = (
  namespace: KubeObject | undefined,
  name: string,
  role: string,
  by: Mine['by'],
  bindings: readonly RoleBinding[] = [],
): Mine => ({
  ...{ name, role, by },
  owner: ownerOf(namespace) || boundOwner(bindings),
  description: descriptionOf(namespace),
  deleting: namespace?.metadata.deletionTimestamp !== undefined,
});

/** For who may read bindings, but not the namespace. */
export const boundOwner = (bindings: readonly RoleBinding[]): string =>
  bindings.find(({ metadata }) => metadata.name === ownerBinding)?.subjects?.[0]?.name ?? '';

/** One project, looked at by itself: for who may not look at all of them. Undefined where the person has no role in it. */
export async function roleIn(kube: Kube, me: Me, name: string): Promise<Mine | undefined> {
  const [namespace, bindings] = await Promise.all([
    look(kube, namespaces, name),
    lookAll<RoleBinding>(kube, roleBindings, name),
  ]);
  if (namespace === 'none') return undefined;
  const bound = boundRole(me, bindings ?? [], ownerOf(found(namespace)) || boundOwner(bindings ?? []));
  if (bound !== undefined) return mine(found(namespace), name, bound, 'binding', bindings);
  const { resourceRules } = await selfSubjectRulesReview(kube, name);
  const role = roleByRules(resourceRules);
  // Some roles of owners don't let them read bindings.
  const owns = !bindings && ownerOf(found(namespace)) === me.username && hasRights(resourceRules);
  if (owns) return mine(found(namespace), name, 'owner', 'rights');
  return role === undefined ? undefined : mine(found(namespace), name, role, bindings ? 'cluster' : 'rights', bindings);
}

/** The template whose rights a person has at least; undefined where they have none that a project is about. */
export function roleByRules(rules: readonly ResourceRule[]): string | undefined {
  if (allows(rules, { verb: 'create', group: rbacGroup, resource: 'rolebindings' })) return 'admin';
  if (allows(rules, { verb: 'create', resource: 'pods' })) return 'edit';
  return allows(rules, { verb: 'get', resource: 'pods' }) ? 'view' : undefined;
}
