import { Exit, KfError, usageError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import type { ComponentKind } from './component.ts';

/** As much of a kind as looking an object up needs: ComponentKind and JobKind both have it. */
export type Lookable = Pick<ComponentKind, 'group' | 'kind' | 'plural' | 'versions' | 'shortNames'>;

/** Where objects of a kind are, from the server's root; without a name: their list. */
export function componentPath(
  kind: Pick<ComponentKind, 'group' | 'versions' | 'plural'>,
  namespace: string,
  name?: string,
): string {
  const root = kind.group === '' ? '/api' : `/apis/${kind.group}`;
  const list = `${root}/${kind.versions[0]}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`;
  return name === undefined ? list : `${list}/${encodeURIComponent(name)}`;
}

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

export interface Found<K extends Lookable> {
  kind: K;
  object: KubeObject;
  name: string;
  namespace: string;
  path: string;
}

/** DNS-1123 subdomain, as the kinds' names are. */
const isName = (name: string): boolean => name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name);

/** Asks each kind for an object of that name. What one of those found made is left out. Errors: what is not 403 and 404. */
export async function lookUp<K extends Lookable>(
  kube: Kube,
  kinds: readonly K[],
  name: string,
): Promise<{ roots: Found<K>[]; refused: { kind: K; error: KfError }[] }> {
  const { namespace } = kube;
  // No object can have such a name: the server would call the request bad.
  if (!isName(name)) return { roots: [], refused: [] };
  const ask = async (kind: K): Promise<Found<K> | { kind: K; error: KfError }> => {
    const path = componentPath(kind, namespace, name);
    try {
      const object = await kube.json<KubeObject>({ path });
      return { kind, object, name, namespace, path };
    } catch (error) {
      if (error instanceof KfError && (error.exit === Exit.notFound || error.exit === Exit.forbidden))
        return { kind, error };
      throw error;
    }
  };
  const answers = await Promise.all(kinds.map(ask));
  const found = answers.filter((each): each is Found<K> => 'object' in each);
  const roots = found.filter((each) => !found.some((other) => other !== each && owns(other.object, each.object)));
  const refused = answers.filter((each) => 'error' in each).filter(({ error }) => error.exit === Exit.forbidden);
  return { roots, refused };
}

const owns = (owner: KubeObject, owned: KubeObject): boolean =>
  (owned.metadata.ownerReferences ?? []).some((ref) => ref.uid === owner.metadata.uid);

/** A list's objects without spec and status; the plain list from servers that don't know that form. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** What there is of a kind, without the objects: a page of it; none where it may not be listed. */
export async function rootsOf(kube: Kube, kind: Lookable): Promise<Pick<KubeObject, 'metadata'>[]> {
  try {
    const path = componentPath(kind, kube.namespace);
    const list = await kube.json<KubeList<KubeObject>>({ path, query: { limit: 500 }, accept: metadataOnly });
    return (list.items ?? []).filter((item) => !item.metadata.ownerReferences?.some((ref) => ref.controller));
  } catch (error) {
    if (error instanceof KfError && error.exit !== Exit.interrupted) return [];
    throw error;
  }
}
