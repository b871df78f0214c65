import { KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from './kube.ts';
import { listAll } from './pages.ts';
import { Outage, type WatchOptions, watch } from './watch.ts';

export type ListWatchEvent<T> =
  | { type: 'ADDED' | 'MODIFIED'; object: T }
  /** `object` is its last state that was seen. */
  | { type: 'DELETED'; object: T }
  /** Once, when everything that was there at the start has been given as ADDED. */
  | { type: 'SYNCED' };

/**
 * A collection and all its changes in one stream. Lists again where the watch has to (410) and gives what differs, so that the
 * caller never sees the break. Ends (returns) by the signal alone; throws KfError where the server refuses, or where it can't be
 * reached at the very first.
 */
export async function* listWatch<T extends KubeObject = KubeObject>(
  kube: Kube,
  path: string,
  query: Record<string, string | number | boolean | undefined>,
  options: WatchOptions,
): AsyncGenerator<ListWatchEvent<T>, void> {
  const known = new Map<string, T>();
  const outage = new Outage(options);
  let synced = false;
  while (!options.signal.aborted) {
    let listed: { items: T[]; resourceVersion: string };
    try {
      listed = await listAll<T>(kube, path, query, { consistent: true, signal: options.signal });
    } catch (error) {
      if (options.signal.aborted) return;
      if (error instanceof KfError && error.status?.code === 410) continue;
      if (!synced) throw error;
      await outage.failed(error, true);
      continue;
    }
    outage.over();
    outage.calm();
    yield* differences(known, listed.items);
    if (!synced) yield { type: 'SYNCED' };
    synced = true;
    for await (const event of watch<T>(kube, path, { ...query, resourceVersion: listed.resourceVersion }, options)) {
      if (event.type === 'RESYNC') break;
      const fresh = change(known, event.type, event.object);
      if (fresh) yield fresh;
    }
  }
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** One event of the watch set against what is known; undefined where it tells nothing new. */
function change<T extends KubeObject>(
  known: Map<string, T>,
  type: 'ADDED' | 'MODIFIED' | 'DELETED',
  object: T,
): ListWatchEvent<T> | undefined {
  const key = keyOf(object);
  const before = known.get(key);
  if (type === 'DELETED') {
    known.delete(key);
    return { type, object };
  }
  known.set(key, object);
  if (before && before.metadata.resourceVersion === object.metadata.resourceVersion) return undefined;
  return { type: before ? 'MODIFIED' : 'ADDED', object };
}

/** A new list set against what is known: what went, what came, what changed. */
function* differences<T extends KubeObject>(known: Map<string, T>, items: T[]): Generator<ListWatchEvent<T>> {
  const there = new Map(items.map((item) => [keyOf(item), item]));
  for (const [key, before] of known) {
    if (there.get(key)?.metadata.uid === before.metadata.uid) continue;
    known.delete(key);
    yield { type: 'DELETED', object: before };
  }
  for (const item of items) {
    const fresh = change(known, 'ADDED', item);
    if (fresh) yield fresh;
  }
}
