import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import { resourcePath } from '../kube/apply.ts';
import { isUnserved } from '../kube/discovery.ts';
import type { Kube } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import type { Served } from '../resources/resource.ts';
import { type MemberPolicy, ownerPolicy, policiesServed } from './gateway.ts';
import { ownerBinding, type RoleBinding, type RoleRef, roleBindings, type Subject } from './marks.ts';
import { type Person, samePerson } from './member-name.ts';
import { builtIn } from './roles.ts';

/** One role of one member, by the binding that gives it. */
export interface Member extends Person {
  /** `admin`, `edit`, `view`, or a template's name. */
  role: string;
  /** By the owner's own binding, which belongs to the project. */
  owner: boolean;
  binding: RoleBinding;
}

/** A person with rights in the project by a binding that is no member's record. */
export interface Strange extends Person {
  role: string;
  binding: string;
  why: string;
}

export interface Members {
  namespace: string;
  members: Member[];
  strange: Strange[];
  /** Where Istio's policies are served, which let members through the gateway. */
  istio: Served | undefined;
  policies: MemberPolicy[];
  /** True where the project's bindings are to Kubeflow's roles; undefined where none says so. */
  kubeflowRoles: boolean | undefined;
  /** What may not be read. */
  notReadable: string[];
}

/** Who has which role in a project, by its RoleBindings. KfError (exit 4) where they may not be read. */
export async function listMembers(
  kube: Kube,
  context: Pick<Context, 'env' | 'home' | 'now'>,
  namespace: string = kube.namespace,
): Promise<Members> {
  const notReadable: string[] = [];
  const known = await policiesServed(kube, context);
  const [{ items }, policies] = await Promise.all([
    listAll<RoleBinding>(kube, resourcePath(roleBindings, namespace)),
    known && listAll<MemberPolicy>(kube, resourcePath(known, namespace)).catch(unread),
  ]);
  const istio = policies ? known : undefined;
  return { namespace, ...membersOf(items), istio, policies: policies?.items ?? [], notReadable };

  /** Undefined where they are not served any more. */
  function unread(error: unknown): { items: [] } | undefined {
    if (isUnserved(error)) return undefined;
    if (!(error instanceof KfError) || error.status?.code !== 403) throw error;
    notReadable.push(`authorizationpolicies in ${namespace}`);
    return { items: [] };
  }
}

/** Members among bindings; a binding of several, or one whose record says otherwise, is nobody's record. */
export function membersOf(bindings: readonly RoleBinding[]): Pick<Members, 'members' | 'strange' | 'kubeflowRoles'> {
  const members: Member[] = [];
  const strange: Strange[] = [];
  for (const binding of bindings) {
    const people = (binding.subjects ?? []).filter(isPerson);
    const role = wordFor(binding.roleRef);
    const why = whyStrange(binding, people);
    if (why === undefined) {
      const { kind, name } = people[0]!;
      members.push({ kind, name, role, owner: binding.metadata.name === ownerBinding, binding });
    } else {
      const by = binding.metadata.name;
      for (const { kind, name } of people) strange.push({ kind, name, role, binding: by, why });
    }
  }
  return { members: members.sort(inOrder), strange: strange.sort(inOrder), kubeflowRoles: family(bindings) };
}

/** Why a binding is no record of one member; undefined where it is one. */
function whyStrange({ metadata, subjects = [] }: RoleBinding, people: readonly Person[]): string | undefined {
  const { user, role } = metadata.annotations ?? {};
  const owners = metadata.name === ownerBinding;
  if (!owners && (user === undefined || role === undefined)) return "no member's record";
  if (subjects.length !== 1 || people.length !== 1)
    return `its record says ${user}, and it binds ${subjects.length} subjects`;
  if (!owners && user !== people[0]!.name) return `its record says ${user}`;
  return undefined;
}

const isPerson = (subject: Subject): subject is Subject & Person =>
  subject.kind === 'Group' || (subject.kind === 'User' && !subject.name.startsWith('system:serviceaccount:'));

/** How a bound role is called: a Role of a built-in template's name is not that template. */
export const wordFor = ({ kind, name }: RoleRef): string =>
  kind === 'Role' ? (builtIn(name) ? `role/${name}` : name) : (builtIn(name) ?? name);

function family(bindings: readonly RoleBinding[]): boolean | undefined {
  const named = bindings.filter(({ roleRef }) => roleRef.kind === 'ClusterRole' && builtIn(roleRef.name));
  if (named.length === 0) return undefined;
  const owner = named.find(({ metadata }) => metadata.name === ownerBinding);
  return (owner ? [owner] : named).some(({ roleRef }) => roleRef.name.startsWith('kubeflow-'));
}

const rank = ({ role, owner }: { role: string; owner?: boolean }) =>
  owner ? -1 : ['admin', 'edit', 'view'].indexOf(role) >>> 0;
function inOrder(a: Member | Strange, b: Member | Strange): number {
  return rank(a) - rank(b) || (a.name < b.name ? -1 : Number(a.name > b.name)) || (a.role < b.role ? -1 : 1);
}

/** Users whom Istio's gateway lets in as members by a role that they have no more: what was ended in between leaves. */
export function leftOvers({ members, policies }: Members): Person[] {
  const users = new Map(members.map(({ binding, name }) => [binding.metadata.name, name]));
  const left = policies.flatMap(({ metadata: { name, annotations } }): Person[] => {
    const { user, role } = annotations ?? {};
    return user === undefined || role === undefined || name === ownerPolicy || users.get(name) === user
      ? []
      : [{ kind: 'User', name: user }];
  });
  return left.filter((each, i) => left.findIndex((other) => samePerson(other, each)) === i);
}

/** The roles that someone has as a member. */
export const rolesOf = (members: readonly Member[], person: Person): Member[] =>
  members.filter((each) => samePerson(each, person));
