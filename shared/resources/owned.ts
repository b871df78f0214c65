import { Exit, KfError } from '../cli/errors.ts';
import { knownServed } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import { idLabel, kindsIn, memberLabel } from './apply-set.ts';
import type { Component } from './component.ts';
import { componentPath, metadataOnly } from './look-up.ts';
import { membersOf, packageLabels, setOf } from './package.ts';
import type { Pod } from './pod.ts';

/** An object that a component made, or one of those made; of the object only its metadata. */
export interface OwnedNode {
  apiVersion: string;
  kind: string;
  name: string;
  /** From the server's root. */
  path: string;
  object: KubeObject;
  children: OwnedNode[];
}

export interface OwnedTree {
  root: OwnedNode;
  /** Kinds (`secrets`, `jobs.batch`) that may not be listed: what is theirs is lacking. */
  refused: string[];
  /** Kinds of which there were too many to look at all. */
  cut: string[];
}

/** Objects of one kind that are looked at: 20 pages of 500. */
const most = 10_000;

/**
 * The tree of what a component made, by ownerReferences among the kinds that its `owns` names: a list (metadata only) for
 * each. A package's members are its branches, and beside them what else bears its name.
 */
export async function ownedTree(kube: Kube, component: Component): Promise<OwnedTree> {
  const root = nodeOf(component);
  const tree: OwnedTree = { root, refused: [], cut: [] };
  const members = membersOf(component);
  const branches = (members ?? []).map(nodeOf);
  root.children.push(...branches);
  const makes = new Set((members ?? [component]).flatMap(({ kind }) => kind.owns));
  const lists = await Promise.all([...makes].map((resource) => candidates(kube, component, resource, tree)));
  link([root, ...branches], lists.flat());
  if (members) await addLabelled(kube, component, tree);
  return tree;
}

function nodeOf({ kind, object, name, path }: Component): OwnedNode {
  const apiVersion = object.apiVersion ?? (kind.group ? `${kind.group}/${kind.versions[0]}` : 'v1');
  return { apiVersion, kind: kind.kind, name, path, object, children: [] };
}

/** What bears a package's name and was made by none of its members: Services, ConfigMaps. */
async function addLabelled(kube: Kube, component: Component, tree: OwnedTree): Promise<void> {
  const set = setOf(component);
  const lists = set
    ? await setLists(kube, component, set, tree)
    : component.kind.owns.flatMap((resource) =>
        packageLabels.map((label) => candidates(kube, component, resource, tree, `${label}=${component.name}`)),
      );
  const seen = new Set(tree.root.children.map(({ path }) => path));
  for (const node of (await Promise.all(lists)).flat()) {
    const made = node.object.metadata.ownerReferences?.some((ref) => ref.controller);
    if (made || seen.has(node.path)) continue;
    seen.add(node.path);
    tree.root.children.push(node);
  }
  // The set's parent goes last: until then the rest can be found.
  if (set) tree.root.children.sort((a, b) => Number(a.path === set.path) - Number(b.path === set.path));
}

/** A list for each kind that the set says is in it. */
async function setLists(kube: Kube, component: Component, set: Component, tree: OwnedTree) {
  const groups = await knownServed(kube);
  return kindsIn(set.object).flatMap(({ group, kind }) => {
    const versions = groups.find(({ name }) => name === group)?.versions ?? [];
    const known = versions.flatMap(({ resources }) => resources).find((each) => each.kind === kind);
    const plural = known?.plural ?? always.find((each) => each.group === group && each.kind === kind)?.plural;
    if (plural === undefined) return [];
    const selector = `${memberLabel}=${set.object.metadata.labels?.[idLabel]}`;
    return [candidates(kube, component, group ? `${plural}.${group}` : plural, tree, selector)];
  });
}

/** Hangs each node under its controller, or under any other owner that is among them. */
function link(roots: readonly OwnedNode[], nodes: readonly OwnedNode[]): void {
  const byUid = new Map<string, OwnedNode>();
  for (const node of [...roots, ...nodes]) if (node.object.metadata?.uid) byUid.set(node.object.metadata.uid, node);
  for (const node of nodes) {
    const refs = node.object.metadata.ownerReferences ?? [];
    const owner = [...refs].sort((a, b) => Number(b.controller ?? false) - Number(a.controller ?? false));
    const parent = owner.map((ref) => byUid.get(ref.uid)).find((each) => each !== undefined && each !== node);
    parent?.children.push(node);
  }
}

/** Every object of one kind in the project that has an owner, or these labels; none where the cluster does not serve the kind. */
async function candidates(
  kube: Kube,
  component: Component,
  resource: string,
  tree: OwnedTree,
  labelSelector?: string,
): Promise<OwnedNode[]> {
  const served = await whereServed(kube, resource);
  if (!served) return [];
  const { group, version, plural, kind } = served;
  const place = { group, versions: [version], plural };
  const found: OwnedNode[] = [];
  try {
    let seen = 0;
    const list = pages(kube, componentPath(place, component.namespace), { labelSelector }, { accept: metadataOnly });
    for await (const { items } of list) {
      for (const object of items) {
        if (!labelSelector && !object.metadata?.ownerReferences?.length) continue;
        const { name } = object.metadata;
        const apiVersion = group ? `${group}/${version}` : version;
        const path = componentPath(place, component.namespace, name);
        found.push({ apiVersion, kind, name, path, object: { ...object, apiVersion, kind }, children: [] });
      }
      seen += items.length;
      if (seen >= most) {
        if (!tree.cut.includes(resource)) tree.cut.push(resource);
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof KfError)) throw error;
    if (error.exit === Exit.forbidden) !tree.refused.includes(resource) && tree.refused.push(resource);
    else if (error.exit !== Exit.notFound) throw error;
  }
  return found;
}

interface Place {
  group: string;
  version: string;
  plural: string;
  kind: string;
}

/** Kubernetes' own, for a cluster whose discovery nobody has asked. */
const always: Place[] = [
  { group: '', version: 'v1', plural: 'pods', kind: 'Pod' },
  { group: '', version: 'v1', plural: 'services', kind: 'Service' },
  { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet' },
  { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet' },
  { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job' },
];

async function whereServed(kube: Kube, resource: string): Promise<Place | undefined> {
  const dot = resource.indexOf('.');
  const plural = dot < 0 ? resource : resource.slice(0, dot);
  const group = dot < 0 ? '' : resource.slice(dot + 1);
  const groups = await knownServed(kube);
  if (groups.length === 0) return always.find((each) => each.group === group && each.plural === plural);
  for (const { version, resources } of groups.find(({ name }) => name === group)?.versions ?? []) {
    const at = resources.find((each) => each.plural === plural && each.namespaced);
    if (at) return { group, version, plural, kind: at.kind };
  }
  return undefined;
}

/** A few are asked for one by one; for more, a list of all pods costs less. */
const few = 20;

/** The pods under a component to which no selector leads. */
export async function ownedPods(kube: Kube, component: Component): Promise<Pod[]> {
  const tree = await ownedTree(kube, component);
  const found: OwnedNode[] = [];
  const walk = (node: OwnedNode): void => {
    if (node.kind === 'Pod' && node.apiVersion === 'v1') found.push(node);
    node.children.forEach(walk);
  };
  tree.root.children.forEach(walk);
  if (tree.refused.includes('pods'))
    throw new KfError(Exit.forbidden, `you may not list pods in ${component.namespace}`);
  if (found.length === 0) return [];
  if (found.length <= few) {
    const pods = await Promise.all(found.map(({ path }) => orGone(kube.json<Pod>({ path }))));
    return pods.filter((pod) => pod !== undefined);
  }
  const names = new Set(found.map(({ name }) => name));
  const pods: Pod[] = [];
  const path = `/api/v1/namespaces/${encodeURIComponent(component.namespace)}/pods`;
  for await (const { items } of pages<Pod>(kube, path)) pods.push(...items.filter((p) => names.has(p.metadata.name)));
  return pods;
}

async function orGone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.notFound) return undefined;
    throw error;
  }
}
