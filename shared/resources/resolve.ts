import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { isUnserved, refreshOnce } from '../kube/discovery.ts';
import type { Kube } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { oneLine } from '../view/text.ts';
import type { Component, ComponentKind } from './component.ts';
import { componentKindsNamed, isNamed, servedKinds } from './components.ts';
import { ambiguous, lookUp, rootsOf, splitWord } from './look-up.ts';
import type { Pod } from './pod.ts';

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
  const { findPackage } = await import('./package.ts');
  // What a package holds may be of kinds that came with it.
  await refreshOnce(kube, context).catch(() => false);
  const kinds = await servedKinds(kube, context);
  return (await findPackage(kube, kinds, name)) ?? throwing(await notThere(kube, kinds, name, 'package', []));
}

const throwing = (error: KfError): never => {
  throw error;
};

const allThere = 'what there is: kubectl kf status';

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
  const { packageOf } = await import('./package.ts');
  const there = (await Promise.all(kinds.map((kind) => rootsOf(kube, kind)))).flat();
  const names = kindWord === 'package' ? [] : there.map(({ metadata }) => metadata.name);
  const packages = kindWord === 'package' || kindWord === undefined ? there.map(packageOf).filter(Boolean) : [];
  const near = closest(name, new Set([...names, ...packages]));
  const what = kindWord === 'package' ? kindWord : kindWord ? kinds[0]!.kind.toLowerCase() : 'component';
  const unseen = refused.map(({ kind }) => kind.plural).join(', ');
  return new KfError(
    Exit.notFound,
    `no ${what} "${name}" in ${kube.namespace}${near ? `; did you mean ${oneLine(near)}?` : ''}`,
    { hint: allThere, details: unseen ? [`you may not read ${unseen} there: it may be one of those`] : [] },
  );
}

/**
 * All of a component's pods, as they are now: by its selector where it has one, else by ownerReferences; undefined where
 * they may not be read.
 */
export async function componentPods(kube: Kube, component: Component): Promise<Pod[] | undefined> {
  const { kind, object, namespace } = component;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const members = (await import('./package.ts')).membersOf(component);
  if (members) return together(await Promise.all(members.map((each) => componentPods(kube, each))));
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

const together = (lists: (Pod[] | undefined)[]): Pod[] | undefined => {
  if (lists.every((list) => list === undefined)) return undefined;
  return [...new Map(lists.flatMap((list) => list ?? []).map((pod) => [pod.metadata.name, pod])).values()];
};

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
