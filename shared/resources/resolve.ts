import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { isUnserved, refreshOnce } from '../kube/discovery.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import type { Component, ComponentKind } from './component.ts';
import { componentKindsNamed, componentPath, isNamed, servedKinds } from './components.ts';
import type { Pod } from './pod.ts';

/** A list's objects without spec and status; the plain list from servers that don't know that form. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** `trainjob/digits`, as a person types it. */
export const componentLabel = (component: Pick<Component, 'kind' | 'name'>): string =>
  `${component.kind.kind.toLowerCase()}/${component.name}`;

/**
 * The component that a word means: a name, `kind/name`, `package/name`. A name means a component at the root: what another of
 * that name made is not meant, and a package only where nothing else has its name.
 * Throws KfError: exit 3 where there is none (with the closest name), 2 where two have that name or the kind is none,
 * 4 where nothing of it may be read.
 */
export async function resolveComponent(kube: Kube, context: Context, word: string): Promise<Component> {
  const { kindWord, name } = splitWord(word, 'component');
  if (kindWord !== undefined && /^(package|packages|pkg)$/i.test(kindWord)) return onlyPackage(kube, context, name);
  let kinds = await kindsFor(kube, context, kindWord);
  let found = await lookUp(kube, kinds, name);
  // Remembered or not, a kind that has come since is asked for before anything is said not to be there.
  if (found.roots.length === 0 && (await refreshOnce(kube, context))) {
    kinds = await kindsFor(kube, context, kindWord);
    found = await lookUp(kube, kinds, name);
  }
  if (found.roots.length === 1) return found.roots[0]!;
  if (found.roots.length > 1) throw ambiguous(name, 'component', found.roots);
  if (kindWord === undefined) {
    const { findPackage } = await import('./package.ts');
    const made = await findPackage(kube, kinds, name);
    if (made) return made;
  }
  throw await notThere(kube, kinds, name, kindWord, found.refused);
}

async function onlyPackage(kube: Kube, context: Context, name: string): Promise<Component> {
  const { findPackage, packageNames } = await import('./package.ts');
  const kinds = await servedKinds(kube, context);
  const found = await findPackage(kube, kinds, name);
  if (found) return found;
  const { closest } = await import('../cli/closest.ts');
  const near = closest(name, await packageNames(kube, kinds));
  throw new KfError(
    Exit.notFound,
    `no package "${name}" in ${kube.namespace}${near ? `; did you mean ${near}?` : ''}`,
    {
      hint: allThere,
    },
  );
}

const allThere = 'what there is: kubectl kf status';

/** `kind/name`, or a name alone. Throws where it can be neither. */
export function splitWord(word: string, what: string): { kindWord: string | undefined; name: string } {
  const slash = word.indexOf('/');
  const kindWord = slash < 0 ? undefined : word.slice(0, slash);
  const name = word.slice(slash + 1);
  // A path of dots would lead out of the list that it is asked of.
  if (name === '' || kindWord === '' || name.includes('/') || /^\.+$/.test(name)) {
    throw usageError(`"${word}" is not a ${what}'s name`, 'give a name, or kind/name');
  }
  return { kindWord, name };
}

export function ambiguous(
  name: string,
  what: string,
  roots: readonly { kind: Pick<ComponentKind, 'kind'>; name: string }[],
): KfError {
  const all = roots.map((each) => `${each.kind.kind.toLowerCase()}/${each.name}`).join(', ');
  return usageError(`"${name}" is more than one ${what}: ${all}`, 'say which: kind/name');
}

/** The kinds that the cluster serves, of that word where there is one. Throws where the word is none, or none is served. */
async function kindsFor(kube: Kube, context: Context, word: string | undefined): Promise<ComponentKind[]> {
  const served = await servedKinds(kube, context);
  if (word === undefined) return served;
  const named = served.filter((kind) => isNamed(kind, word));
  if (named.length > 0) return named;
  const known = await componentKindsNamed(word);
  if (known.length > 0 && (await refreshOnce(kube, context))) return kindsFor(kube, context, word);
  if (known.length > 0) throw await notServed(known[0]!);
  const { closest } = await import('../cli/closest.ts');
  const words = [...served.map((kind) => kind.kind.toLowerCase()), 'package'];
  const near = closest(word, words);
  throw usageError(
    `no kind of component "${word}"${near ? `; did you mean ${near}?` : ''}`,
    `there are: ${words.join(', ')}`,
  );
}

async function notServed(kind: ComponentKind): Promise<KfError> {
  if (kind.kind === 'TrainJob') return (await import('./trainer.ts')).missingTrainer();
  const what = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
  return new KfError(Exit.notFound, `this cluster has no ${kind.kind}s: it serves no ${what}`, {
    hint: `what there is: kubectl kf status   a cluster admin installs what serves ${what}`,
  });
}

/** As much of a kind as looking an object up needs: ComponentKind and JobKind both have it. */
export type Lookable = Pick<ComponentKind, 'group' | 'kind' | 'plural' | 'versions' | 'shortNames'>;

export interface Found<K extends Lookable> {
  kind: K;
  object: KubeObject;
  name: string;
  namespace: string;
  path: string;
}

/** Asks each kind for an object of that name. What one of those found made is left out. Errors: what is not 403 and 404. */
export async function lookUp<K extends Lookable>(
  kube: Kube,
  kinds: readonly K[],
  name: string,
): Promise<{ roots: Found<K>[]; refused: { kind: K; error: KfError }[] }> {
  const { namespace } = kube;
  const refused: { kind: K; error: KfError }[] = [];
  const ask = async (kind: K): Promise<Found<K>[]> => {
    const path = componentPath(kind, namespace, name);
    try {
      const object = await kube.json<KubeObject>({ path });
      return [{ kind, object, name, namespace, path }];
    } catch (error) {
      if (!(error instanceof KfError)) throw error;
      if (error.exit === Exit.notFound) return [];
      if (error.exit !== Exit.forbidden) throw error;
      refused.push({ kind, error });
      return [];
    }
  };
  const found = (await Promise.all(kinds.map(ask))).flat();
  const roots = found.filter((each) => !found.some((other) => other !== each && owns(other.object, each.object)));
  return { roots, refused };
}

const owns = (owner: KubeObject, owned: KubeObject): boolean =>
  (owned.metadata.ownerReferences ?? []).some((ref) => ref.uid === owner.metadata.uid);

/** Nothing of that name: the project may be missing, the person may not look, or it is a slip. */
async function notThere(
  kube: Kube,
  kinds: readonly ComponentKind[],
  name: string,
  kindWord: string | undefined,
  refused: readonly { kind: ComponentKind; error: KfError }[],
): Promise<KfError> {
  const { checkNamespace } = await import('./namespace.ts');
  await checkNamespace(kube, kube.namespace);
  if (refused.length > 0 && refused.length === kinds.length) return refused[0]!.error;
  const { closest } = await import('../cli/closest.ts');
  const { packageNames } = await import('./package.ts');
  const [names, packages] = await Promise.all([
    Promise.all(kinds.map((kind) => namesOf(kube, kind))),
    kindWord === undefined ? packageNames(kube, kinds) : [],
  ]);
  const near = closest(name, new Set([...names.flat(), ...packages]));
  const what = kindWord === undefined ? 'component' : kinds[0]!.kind.toLowerCase();
  const unseen = refused.map(({ kind }) => kind.plural).join(', ');
  return new KfError(
    Exit.notFound,
    `no ${what} "${name}" in ${kube.namespace}${near ? `; did you mean ${near}?` : ''}`,
    { hint: allThere, details: unseen ? [`you may not read ${unseen} there: it may be one of those`] : [] },
  );
}

/** Names to suggest from: a page of them, without the objects; none where they may not be listed. */
export async function namesOf(kube: Kube, kind: Lookable): Promise<string[]> {
  try {
    const path = componentPath(kind, kube.namespace);
    const list = await kube.json<KubeList<KubeObject>>({ path, query: { limit: 500 }, accept: metadataOnly });
    const roots = (list.items ?? []).filter((item) => !item.metadata.ownerReferences?.some((ref) => ref.controller));
    return roots.map((item) => item.metadata.name);
  } catch (error) {
    if (error instanceof KfError && error.exit !== Exit.interrupted) return [];
    throw error;
  }
}

/**
 * All of a component's pods, as they are now: by its selector where it has one, else by ownerReferences; undefined where
 * they may not be read.
 */
export async function componentPods(kube: Kube, component: Component): Promise<Pod[] | undefined> {
  const { kind, object, namespace } = component;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  try {
    if (kind.group === '' && kind.kind === 'Pod') return await thePod(kube, component.path);
    const labelSelector = kind.podSelector(object);
    if (labelSelector !== undefined) {
      const { items } = await listAll<Pod>(kube, path, { labelSelector });
      return items.filter((pod) => !isAnothers(pod, component));
    }
    const { ownedPods } = await import('./owned.ts');
    return await ownedPods(kube, component);
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.forbidden) return undefined;
    throw error;
  }
}

async function thePod(kube: Kube, path: string): Promise<Pod[]> {
  try {
    return [await kube.json<Pod>({ path })];
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.notFound && !isUnserved(error)) return [];
    throw error;
  }
}

/** Selectors may overlap: a pod whose controller is another of this kind is that one's. */
function isAnothers(pod: Pod, { kind, object, name }: Component): boolean {
  const controller = pod.metadata?.ownerReferences?.find((ref) => ref.controller);
  if (!controller) return false;
  if (kind.kind === 'Deployment' && controller.kind === 'ReplicaSet') {
    const hash = pod.metadata.labels?.['pod-template-hash'];
    return hash !== undefined && controller.name.endsWith(`-${hash}`) && controller.name !== `${name}-${hash}`;
  }
  return controller.kind === kind.kind && controller.uid !== object.metadata.uid;
}
