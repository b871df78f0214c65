import type { Context } from '../cli/context.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { loadMerged, stringField } from '../kube/merge.ts';
import { selfSubjectAccessReview, selfSubjectReview, type UserInfo } from '../kube/reviews.ts';
import { lookAll } from './look.ts';
import { isProject, namespaces, ownerOf, type RoleBinding, roleBindings } from './marks.ts';
import { boundOwner, boundRole, type Mine, mine, roleIn } from './my-role.ts';
import { recentProjects } from './recent.ts';

export interface MyProjects {
  /** By name. */
  projects: Mine[];
  /** What could not be looked at, in a line each: there may be more projects. */
  notSeen: string[];
}

type Around = Pick<Context, 'env' | 'home' | 'cwd'>;

/** Projects that are asked one by one, and how many of them at once. */
const most = 200;
const atOnce = 8;

/**
 * The projects in which the person has a role. Who may list the cluster's bindings has them in two requests; for others those are asked
 * one by one that the cluster's list of namespaces, the kubeconfig's contexts and what is remembered of earlier ones name.
 * @param kubeconfig as --kubeconfig has it
 */
export async function myProjects(kube: Kube, context: Around, kubeconfig?: string): Promise<MyProjects> {
  const [me, spaces, bindings] = await Promise.all([
    selfSubjectReview(kube),
    lookAll(kube, namespaces),
    lookAll<RoleBinding>(kube, roleBindings),
  ]);
  const projects = bindings
    ? await fromBindings(kube, me, spaces, bindings)
    : await oneByOne(kube, me, await names(kube, context, spaces, kubeconfig));
  const notSeen = [
    ...(spaces ? [] : ['you may not list namespaces: only projects that this machine knows were looked at']),
    ...(spaces && spaces.length > most && !bindings ? [`only ${most} of ${spaces.length} namespaces were asked`] : []),
  ];
  return { projects: projects.sort((a, b) => (a.name < b.name ? -1 : 1)), notSeen };
}

async function fromBindings(
  kube: Kube,
  me: UserInfo,
  spaces: KubeObject[] | undefined,
  bindings: RoleBinding[],
): Promise<Mine[]> {
  const bySpace = new Map<string, RoleBinding[]>();
  for (const each of bindings) {
    const { namespace = '' } = each.metadata;
    bySpace.set(namespace, [...(bySpace.get(namespace) ?? []), each]);
  }
  const spaceOf = new Map((spaces ?? []).map((each) => [each.metadata.name, each]));
  const found = new Map<string, Mine>();
  for (const [name, here] of bySpace) {
    if (isSystem(name)) continue;
    const space = spaceOf.get(name);
    const role = boundRole(me, here, ownerOf(space) || boundOwner(here));
    if (role !== undefined) found.set(name, mine(space, name, role, 'binding', here));
  }
  const all = { verb: '*', group: '*', resource: '*', namespace: '' };
  if (!spaces || !(await selfSubjectAccessReview(kube, all)).allowed) return [...found.values()];
  // Who may do everything has a role in each project.
  for (const space of spaces.filter(isProject)) {
    const { name } = space.metadata;
    if (!found.has(name)) found.set(name, mine(space, name, 'admin', 'cluster'));
  }
  return [...found.values()];
}

const isSystem = (name: string) => name.startsWith('kube-');

async function oneByOne(kube: Kube, me: UserInfo, names: string[]): Promise<Mine[]> {
  const { default: pMap } = await import('p-map');
  const found = await pMap(names.slice(0, most), (name) => roleIn(kube, me, name), { concurrency: atOnce });
  return found.filter((role) => role !== undefined);
}

/** Where the person may be: what they used first. */
async function names(
  kube: Kube,
  context: Around,
  spaces: KubeObject[] | undefined,
  kubeconfig: string | undefined,
): Promise<string[]> {
  const { contexts } = await loadMerged(kubeconfig, context);
  const here = [...contexts.values()].filter(({ fields }) => stringField(fields, 'cluster') === kube.clusterName);
  const known = [
    kube.namespace,
    ...recentProjects(context, kube),
    ...here.map(({ fields }) => stringField(fields, 'namespace') ?? ''),
    ...(spaces ?? []).map(({ metadata }) => metadata.name),
  ];
  return [...new Set(known)].filter((name) => name && !isSystem(name));
}
