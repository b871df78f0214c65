import { closest } from '../cli/closest.ts';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { ListLook } from '../view/list-printer.ts';
import { oneLine } from '../view/text.ts';
import { lookAll } from './look.ts';
import { clusterRoles, descriptionOf, type RoleRef, rbacGroup, roles, templateLabel } from './marks.ts';
import type { MemberRole } from './member-write.ts';
import { type Members, wordFor } from './members.ts';
import { builtIn, builtInTemplates, roleFor } from './roles.ts';

/** A role that members may be given. */
export interface Template {
  name: string;
  ref: RoleRef;
  description: string;
  /** Undefined where members may not be seen. */
  members: number | undefined;
}

const built: Record<(typeof builtInTemplates)[number], string> = {
  admin: 'owns the project: all of edit, and its members and roles',
  edit: 'trains, serves, makes notebooks; sees secrets',
  view: 'sees what there is, but for secrets',
};

/** The role that a word means in a project. KfError (exit 3) where there is none. */
export async function memberRole(
  kube: Kube,
  context: Context,
  word: string,
  { namespace, kubeflowRoles }: Pick<Members, 'namespace' | 'kubeflowRoles'>,
): Promise<MemberRole> {
  const short = builtIn(word);
  // What the project has already goes before what the person may see of the cluster.
  if (short && kubeflowRoles !== undefined) {
    const ref = {
      apiGroup: rbacGroup,
      kind: 'ClusterRole',
      name: kubeflowRoles ? `kubeflow-${short}` : short,
    } as const;
    return { word: short, ref };
  }
  try {
    const ref = await roleFor(kube, context, word, namespace);
    return { word: wordFor(ref), ref };
  } catch (error) {
    if (!(error instanceof KfError) || error.exit !== Exit.notFound || error.status) throw error;
    const there = await markedRoles(kube, namespace);
    const near = closest(word, [...builtInTemplates, ...there.found.map(({ metadata }) => metadata.name)]);
    if (!near) throw error;
    throw new KfError(Exit.notFound, `${error.message}; did you mean ${oneLine(near)}?`, { cause: error });
  }
}

/** Roles that are marked as templates: the project's, and the cluster's. */
async function markedRoles(kube: Kube, namespace: string): Promise<{ found: KubeObject[]; notReadable: string[] }> {
  const query = { labelSelector: `${templateLabel}=true` };
  const [own, wide] = await Promise.all([
    lookAll<KubeObject>(kube, roles, namespace, query),
    lookAll<KubeObject>(kube, clusterRoles, undefined, query),
  ]);
  const found = [
    ...(own ?? []).map((each) => ({ ...each, kind: 'Role' })),
    ...(wide ?? []).map((each) => ({ ...each, kind: 'ClusterRole' })),
  ].filter(({ kind, metadata }) => kind === 'Role' || !builtIn(metadata.name));
  return { found, notReadable: [...(own ? [] : [`roles in ${namespace}`]), ...(wide ? [] : ['clusterroles'])] };
}

/** All templates of a project, with how many of its members have each; members undefined: they may not be seen. */
export async function listTemplates(
  kube: Kube,
  context: Context,
  namespace: string,
  members: Members | undefined,
): Promise<{ templates: Template[]; notReadable: string[] }> {
  const { found, notReadable } = await markedRoles(kube, namespace);
  const count = (word: string) => members?.members.filter(({ role }) => role === word).length;
  const always = builtInTemplates.map(async (name) => {
    const { ref } = await memberRole(kube, context, name, { namespace, kubeflowRoles: members?.kubeflowRoles });
    return { name, ref, description: built[name], members: count(name) };
  });
  const marked = found.map((each): Template => {
    const ref = { apiGroup: rbacGroup, kind: each.kind as RoleRef['kind'], name: each.metadata.name };
    const name = wordFor(ref);
    return { name, ref, description: descriptionOf(each), members: count(name) };
  });
  return { templates: [...(await Promise.all(always)), ...marked], notReadable };
}

/** How `group ls` prints. */
export const templateLook: ListLook<Template> = {
  columns: [
    { title: 'TEMPLATE', value: ({ name }) => name },
    { title: 'MEMBERS', value: ({ members }) => (members === undefined ? '?' : String(members)) },
    { title: 'ROLE', value: ({ ref }) => `${ref.kind} ${ref.name}` },
    { title: 'WHAT FOR', value: ({ description }) => description },
  ],
  head: { apiVersion: 'kf.kubeflow.org/v1alpha1', kind: 'TemplateList' },
  data: ({ name, ref, description, members }) => ({
    name,
    role: { kind: ref.kind, name: ref.name },
    description,
    members: members ?? null,
  }),
  object: ({ ref }) => ({ apiVersion: `${ref.apiGroup}/v1`, kind: ref.kind, metadata: { name: ref.name } }),
};
