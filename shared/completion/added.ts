import { setTimeout as pause } from 'node:timers/promises';
import { kubeFlagWords } from '../cli/argv.ts';
import type { Context } from '../cli/context.ts';
import { adder, findPlugin } from '../cli/find.ts';
import type { KubeFlags } from '../kube/kube.ts';
import {
  type Index,
  personal,
  placeId,
  type Remembered,
  readIndex,
  readTable,
  remembered,
} from '../registry/remembered.ts';
import { isDue, patience } from './names.ts';
import { fingerprint, isLocked, withLock } from './store.ts';
import type { Table } from './table.ts';

export interface Added {
  entries: Remembered[];
  /** Somebody has asked the registry already. */
  known: boolean;
}

const nothing: Added = { entries: [], known: true };
const lockOf = (verb: string, flags: KubeFlags, context: Context) => `added ${verb} ${fingerprint(flags, context)}`;

/**
 * The verbs that people have added, from what is remembered. Where that has aged, `behind` has it got anew, for which nobody
 * waits; only where there is nothing at all, a moment.
 */
export async function addedVerbs(flags: KubeFlags, context: Context, behind: () => void): Promise<Added> {
  if (!findPlugin(adder, context)) return nothing;
  const id = await placeId(flags, context);
  const look = (): Index | undefined => readIndex(id ?? personal, context);
  let index = look();
  if (isDue(index, context.now()) && !isLocked(lockOf('', flags, context), context)) behind();
  await soon(index === undefined, () => {
    index = look();
    return index !== undefined;
  });
  return { entries: remembered(id, context), known: index !== undefined && index.at > 0 };
}

/** What completes the words after an added verb; undefined where there is none of that name, or it is not known now. */
export async function addedTable(
  verb: string,
  flags: KubeFlags,
  context: Context,
  behind: () => void,
): Promise<Table | undefined> {
  if (!findPlugin(adder, context)) return undefined;
  const id = await placeId(flags, context);
  const entry = remembered(id, context).find(({ name }) => name === verb);
  const index = readIndex(id ?? personal, context);
  const look = () => {
    const from = entry?.level === 'personal' ? personal : id;
    return entry && from !== undefined ? readTable(from, verb, context) : undefined;
  };
  let table = look();
  const stale = table === undefined || table.digest !== entry?.digest;
  if ((isDue(index, context.now()) || (entry && stale)) && !isLocked(lockOf(verb, flags, context), context)) behind();
  await soon(entry !== undefined && stale, () => {
    table = look();
    return table?.digest === entry?.digest;
  });
  return table && [table.command];
}

/** Looks again and again for less than a second. */
async function soon(wanted: boolean, look: () => boolean): Promise<void> {
  for (const end = Date.now() + patience; wanted && Date.now() < end && !look(); ) await pause(15);
}

/** Has the group that knows how ask the registry, and learn the words of the verb. One at a time. */
export async function learnAdded(verb: string, flags: KubeFlags, context: Context): Promise<void> {
  const file = findPlugin(adder, context);
  if (!file) return;
  await withLock(lockOf(verb, flags, context), context, async () => {
    const exec = await context.exec();
    await exec(file, ['__remember', ...(verb ? [verb] : []), ...kubeFlagWords(flags)]);
  });
}
