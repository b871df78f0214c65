import { setTimeout as pause } from 'node:timers/promises';
import type { Candidate } from './answer.ts';
import { type Around, fingerprint, type Item, isLocked, readList, readPlace, type Stored } from './store.ts';
import type { ListName } from './table.ts';
import type { Want } from './want.ts';

/** Milliseconds: how long names are taken as they are; how long after a failure nothing is asked; when they are too old to show. */
export const fresh = 5000;
const retry = 30_000;
const old = 10 * 60_000;
/** How long a shell waits for names that were never asked for, or are too old. */
export const patience = 800;

/** Where names come from, for a completer; undefined where they are not to be had now. */
export interface Names {
  candidates: Candidate[] | undefined;
  /** Worth to be kept as an answer. */
  known: boolean;
}

/** A list's file, and what of it is meant. */
export function listOf(want: Pick<Want, 'by' | 'of'>): { list: string; wide: boolean } | undefined {
  const by = want.by as ListName;
  if (by === 'pod' || by === 'container' || by === 'rank' || by === 'step') {
    if (want.of === undefined || !/^[a-z0-9.-]+(\/[a-z0-9.-]+){0,2}$/i.test(want.of) || want.of.length > 200)
      return undefined;
    return { list: `pods-${want.of.replaceAll('/', '_')}`, wide: false };
  }
  if (by === 'namespace') return { list: by, wide: true };
  return by === 'component' || by === 'job' || by === 'service' || by === 'runtime'
    ? { list: by, wide: false }
    : undefined;
}

export const isFromKubeconfig = (by: Want['by']): by is 'context' | 'cluster' | 'user' =>
  by === 'context' || by === 'cluster' || by === 'user';

/**
 * Names from what is remembered. Where that has aged, `behind` starts a process that gets them anew, for which nobody waits;
 * only where there is nothing at all, its first answer is waited for, less than a second.
 */
export async function rememberedNames(want: Want, around: Around, behind: () => void): Promise<Names> {
  const needsPlace = isFromKubeconfig(want.by);
  const of = listOf(want);
  if (!needsPlace && !of) return { candidates: [], known: true };
  const print = fingerprint(want.kube, around);
  const look = () => {
    const place = readPlace(print, around);
    const stored = place && of ? readList(of.wide ? place.wide : place.own, of.list, around) : undefined;
    return { place, stored };
  };
  let { place, stored } = look();
  const began = around.now();
  const due = () => (needsPlace ? !place : isDue(stored, began));
  const usable = () => (needsPlace ? place !== undefined : stored !== undefined && began - stored.at < old);
  const wait = !usable() && (!stored || due());
  if (due() && !isLocked(lockName(print, want), around)) behind();
  for (const end = Date.now() + patience; wait && !arrived(stored, place) && Date.now() < end; ) {
    await pause(15);
    ({ place, stored } = look());
  }
  if (needsPlace) return { candidates: place?.[`${want.by as 'context'}s`], known: place !== undefined };
  return { candidates: stored && chosen(stored, want), known: stored !== undefined && stored.at > 0 };

  function arrived(list: Stored | undefined, at: object | undefined): boolean {
    return needsPlace ? at !== undefined : list !== undefined && list.tried >= began;
  }
}

export const lockName = (print: string, want: Want): string => `${print} ${listOf(want)?.list ?? want.by}`;

/** Whether names are to be asked for again. */
export function isDue(stored: Pick<Stored, 'at' | 'tried'> | undefined, now: number): boolean {
  if (!stored) return true;
  const failed = stored.tried > stored.at;
  return now - stored.tried > (failed ? retry : fresh) || now < stored.tried;
}

/** What of a list is wanted: of pods' names one kind; of components those of the kind typed, else by their name alone. */
export function chosen({ items, kinds = {} }: Stored, want: Want): Candidate[] {
  const { by, typed } = want;
  if (by === 'pod' || by === 'container' || by === 'rank' || by === 'step')
    return items.filter((each) => each.kind === by);
  if (by !== 'component' && by !== 'job' && by !== 'service') return items;
  const slash = typed.indexOf('/');
  if (slash >= 0) {
    const word = typed.slice(0, slash);
    const kind = Object.hasOwn(kinds, word.toLowerCase()) ? kinds[word.toLowerCase()] : undefined;
    return items.filter((each) => each.kind === kind).map((each) => ({ ...each, value: `${word}/${each.value}` }));
  }
  const count = new Map<string, number>();
  for (const { value } of items) count.set(value, (count.get(value) ?? 0) + 1);
  const plain = (item: Item) => count.get(item.value) === 1 || item.kind === undefined;
  return items.map((item) => (plain(item) ? item : { ...item, value: `${item.kind}/${item.value}` }));
}
