import { Exit, KfError } from '../cli/errors.ts';
import { resourcePath } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import type { Served } from '../resources/resource.ts';

/** An object, that there is none, or that it may not be read: which is not the same. */
export type Look<T> = { found: T } | 'none' | 'hidden';

export const found = <T>(look: Look<T>): T | undefined => (typeof look === 'object' ? look.found : undefined);

/** Why a thing could not be read; throws what is about neither rights nor names. */
function why(error: unknown): 'none' | 'hidden' {
  if (error instanceof KfError && error.exit === Exit.notFound) return 'none';
  if (error instanceof KfError && error.status?.code === 403) return 'hidden';
  throw error;
}

export async function look<T extends KubeObject>(
  kube: Kube,
  served: Served,
  name: string,
  namespace?: string,
): Promise<Look<T>> {
  try {
    return { found: await kube.json<T>({ path: resourcePath(served, namespace, name) }) };
  } catch (error) {
    return why(error);
  }
}

/** All of a kind, in a project or in the cluster; undefined where they may not be listed, or are not served. */
export async function lookAll<T extends KubeObject>(
  kube: Kube,
  served: Served,
  namespace?: string,
  query: Record<string, string> = {},
): Promise<T[] | undefined> {
  try {
    return (await listAll<T>(kube, resourcePath(served, namespace), query)).items;
  } catch (error) {
    why(error);
    return undefined;
  }
}
