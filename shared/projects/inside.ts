import type { Context } from '../cli/context.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listComponents } from '../resources/project.ts';
import type { Served } from '../resources/resource.ts';
import { lookAll } from './look.ts';
import { ownerBinding, type RoleBinding, roleBindings } from './marks.ts';
import { roleWord } from './roles.ts';

/** What a project holds and who uses it: what goes with it. */
export interface Inside {
  /** `trainjob/digits`, in the order of their kinds. */
  components: string[];
  /** Pods that run; undefined where they may not be seen. */
  running: number | undefined;
  /** Claims, whose data may go with them; undefined where they may not be seen. */
  claims: { name: string; size: string }[] | undefined;
  /** People and groups with a role in it, the owner left out: `bob (edit)`; undefined where they may not be seen. */
  members: string[] | undefined;
  notSeen: string[];
}

const core = (kind: string, plural: string): Served => ({ group: '', version: 'v1', kind, plural, namespaced: true });

/** @param kube its namespace is the project */
export async function whatIsInside(kube: Kube, context: Context, owner: string): Promise<Inside> {
  const project = kube.namespace;
  const [pods, claims, bindings] = await Promise.all([
    lookAll(kube, core('Pod', 'pods'), project, { fieldSelector: 'status.phase=Running' }),
    lookAll(kube, core('PersistentVolumeClaim', 'persistentvolumeclaims'), project),
    lookAll<RoleBinding>(kube, roleBindings, project),
  ]);
  const components: string[] = [];
  const notSeen: string[] = [];
  for await (const { kind, items, refused } of listComponents(kube, context)) {
    components.push(...items.map(({ metadata }) => `${kind.kind.toLowerCase()}/${metadata.name}`));
    if (refused) notSeen.push(refused);
  }
  return {
    components,
    running: pods?.length,
    claims: claims?.map((claim) => ({ name: claim.metadata.name, size: sizeOf(claim) })),
    members: bindings && membersOf(bindings, owner),
    notSeen,
  };
}

const sizeOf = (claim: KubeObject): string =>
  (claim as { status?: { capacity?: { storage?: string } } }).status?.capacity?.storage ?? 'not bound';

function membersOf(bindings: readonly RoleBinding[], owner: string): string[] {
  const people = bindings
    .filter(({ metadata }) => metadata.name !== ownerBinding)
    .flatMap(({ subjects = [], roleRef }) =>
      subjects
        .filter(({ kind, name }) => (kind === 'User' || kind === 'Group') && name !== owner)
        .map(({ kind, name }) => `${kind === 'Group' ? 'group ' : ''}${name} (${roleWord(roleRef)})`),
    );
  return [...new Set(people)];
}

const few = 10;

/** A line for each that there is something to say about. */
export function insideLines({ components, running, claims, members, notSeen }: Inside): string[] {
  const some = (names: readonly string[]) =>
    names.slice(0, few).join(', ') + (names.length > few ? ` and ${names.length - few} more` : '');
  const data = claims?.map(({ name, size }) => `${name} (${size})`) ?? [];
  return [
    ...(components.length > 0 ? [`in it: ${some(components)}`] : []),
    ...(running ? [`running: ${running} ${running === 1 ? 'pod' : 'pods'}`] : []),
    ...(data.length > 0 ? [`data, which goes unless its volume is kept: ${some(data)}`] : []),
    ...(members === undefined ? ['members: you may not see them'] : []),
    ...(members && members.length > 0 ? [`used by: ${some(members)}`] : []),
    ...notSeen,
  ];
}
