import { KfError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from './kube.ts';

export interface PageOptions {
  /** Objects in the first page: a few, so that the first rows show soon. Else as `size`. */
  first?: number;
  /** Objects in each page; kubectl's 500 unless given. */
  size?: number;
  /** For tables: `application/json;as=Table;v=v1;g=meta.k8s.io`. */
  accept?: string;
  /** Throw where the list outlived its snapshot (410), in place of going on with a newer one. */
  consistent?: boolean;
  signal?: AbortSignal;
}

export interface Page<T> {
  /** The list's items; a table's rows. */
  items: T[];
  resourceVersion: string;
  /** As the server estimates it; undefined where it does not say. */
  remaining: number | undefined;
  /** The answer whole: a table's columnDefinitions. */
  list: Record<string, unknown>;
}

type RawList<T> = KubeList<T> & { rows?: T[] };

/**
 * A list in pages (limit, continue). The next page is on its way while the caller works on this one. A page never repeats
 * what an earlier one had. Items get the apiVersion and kind that the server leaves out in lists.
 * Kubernetes API concepts, "Retrieving large results sets in chunks".
 */
export async function* pages<T = KubeObject>(
  kube: Kube,
  path: string,
  query: Record<string, string | number | boolean | undefined> = {},
  options: PageOptions = {},
): AsyncGenerator<Page<T>> {
  const size = options.size ?? 500;
  const get = (limit: number, token?: string): Promise<RawList<T>> => {
    const asked = kube.json<RawList<T>>({
      path,
      query: { ...query, limit, continue: token },
      ...(options.accept ? { accept: options.accept } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    // It may fail while nobody waits for it yet; who waits gets to know.
    asked.catch(() => {});
    return asked;
  };
  let seen: Set<string> | undefined;
  const yielded: string[] = [];
  let next: Promise<RawList<T>> | undefined = get(options.first ?? size);
  while (next) {
    let list: RawList<T>;
    try {
      list = await next;
    } catch (error) {
      const token = expired(error);
      if (token === undefined || options.consistent || yielded.length === 0) throw error;
      // Without a token the list starts over, and what was shown already is left out.
      if (token === '') seen = new Set(yielded);
      next = get(size, token === '' ? undefined : token);
      continue;
    }
    const token = list.metadata?.continue;
    next = token ? get(size, token) : undefined;
    let items = named(list);
    if (seen) items = items.filter((item) => uidOf(item) === '' || !seen!.has(uidOf(item)));
    for (const item of items) yielded.push(uidOf(item));
    yield {
      items,
      resourceVersion: list.metadata?.resourceVersion ?? '',
      remaining: list.metadata?.remainingItemCount,
      list: list as unknown as Record<string, unknown>,
    };
  }
}

/** The whole list, page by page. */
export async function listAll<T = KubeObject>(
  kube: Kube,
  path: string,
  query: Record<string, string | number | boolean | undefined> = {},
  options: PageOptions = {},
): Promise<{ items: T[]; resourceVersion: string }> {
  const items: T[] = [];
  let resourceVersion = '';
  for await (const page of pages<T>(kube, path, query, options)) {
    for (const item of page.items) items.push(item);
    resourceVersion = page.resourceVersion;
  }
  return { items, resourceVersion };
}

/** What to go on with after 410: a token for the rest as it is now, '' where there is none; undefined for other errors. */
function expired(error: unknown): string | undefined {
  if (!(error instanceof KfError) || error.status?.code !== 410) return undefined;
  return (error.status as { metadata?: { continue?: string } }).metadata?.continue ?? '';
}

function uidOf(item: unknown): string {
  const { metadata, object } = item as { metadata?: { uid?: string }; object?: { metadata?: { uid?: string } } };
  return (metadata ?? object?.metadata)?.uid ?? '';
}

function named<T>(list: RawList<T>): T[] {
  if (list.rows) return list.rows;
  const items = list.items ?? [];
  const kind = list.kind?.replace(/List$/, '');
  for (const item of items as Partial<KubeObject>[]) {
    if (kind && item.kind === undefined) item.kind = kind;
    if (list.apiVersion && item.apiVersion === undefined) item.apiVersion = list.apiVersion;
  }
  return items;
}
