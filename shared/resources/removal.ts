import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { comesBack } from './comes-back.ts';
import type { Component } from './component.ts';
import { deleteObject } from './delete.ts';
import { at, objects, text } from './fields.ts';
import { type OwnedNode, type OwnedTree, ownedTree } from './owned.ts';

/** What removing a component does. */
export interface Removal {
  component: Component;
  tree: OwnedTree;
  /** The objects to delete; what they own goes after them. A package's are many. */
  targets: OwnedNode[];
  /** What else a person should know before: that it comes back, that data goes or stays. */
  notes: string[];
}

/** Looks up what goes with a component. */
export async function planRemoval(kube: Kube, context: Context, component: Component): Promise<Removal> {
  const [tree, back] = await Promise.all([ownedTree(kube, component), comesBack(kube, context, component)]);
  // A package is no object itself.
  const targets = tree.root.path === '' ? tree.root.children : [tree.root];
  return { component, tree, targets, notes: [...back, ...aboutVolumes(component, tree)] };
}

/** All nodes of a tree that are objects, the root first; as deep as it is, without recursion. */
export function nodesOf(root: OwnedNode): OwnedNode[] {
  const all: OwnedNode[] = [root];
  for (const node of all) all.push(...node.children);
  return all.filter(({ path }) => path !== '');
}

/** A person's data is what matters: what is lost, and what stays and is to be deleted by itself. */
function aboutVolumes({ object }: Component, { root }: OwnedTree): string[] {
  const going = nodesOf(root).filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const lost = going.map(({ name }) => `persistentvolumeclaim/${name}`);
  const members = Array.isArray(object.items) ? (object.items as KubeObject[]) : [object];
  const used = new Set(members.flatMap(claimsOf));
  const stay = [...used].filter((name) => !going.some((each) => each.name === name));
  return [
    ...(lost.length > 0 ? [`the data of ${lost.join(', ')} goes too, unless its volume is kept`] : []),
    ...(stay.length > 0
      ? [`what it stored stays: ${stay.map((name) => `persistentvolumeclaim/${name}`).join(', ')}`]
      : []),
  ];
}

/** Claims that an object's pods mount by name, and those that a StatefulSet makes for its pods. */
function claimsOf(object: KubeObject): string[] {
  const { spec } = object;
  const places = [spec, at(spec, 'template', 'spec'), at(spec, 'jobTemplate', 'spec', 'template', 'spec')];
  const mounted = places
    .flatMap((place) => objects(at(place, 'volumes')))
    .map((volume) => text(at(volume, 'persistentVolumeClaim', 'claimName')));
  const kept = text(at(spec, 'persistentVolumeClaimRetentionPolicy', 'whenDeleted')) !== 'Delete';
  const made = kept ? objects(at(spec, 'volumeClaimTemplates')).map((each) => text(at(each, 'metadata', 'name'))) : [];
  const each = made.filter(Boolean).map((name) => `${name}-${object.metadata.name}-*`);
  return [...mounted.filter(Boolean), ...each];
}

/**
 * Deletes what was found, each object only while it is the same one. What is gone already is no error.
 * Throws KfError as the server refuses; `removed` tells what was deleted before.
 */
export async function remove(
  kube: Kube,
  { component, targets }: Removal,
  { dryRun, before }: { dryRun: boolean; before(): void },
): Promise<void> {
  const done: string[] = [];
  for (const target of targets) {
    before();
    const label = `${target.kind.toLowerCase()}/${target.name}`;
    try {
      await deleteObject(
        kube,
        { path: target.path, object: target.object, label, hint: `look at it: kubectl kf status ${label}` },
        dryRun,
      );
    } catch (error) {
      if (!(error instanceof KfError) || done.length === 0 || dryRun) throw error;
      throw new KfError(error.exit, error.message, {
        hint: `of package/${component.name} was deleted before that: ${done.join(', ')}`,
        cause: error,
      });
    }
    done.push(label);
  }
}
