import { existsSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import {
  type Around,
  root as completionRoot,
  discard,
  fingerprint,
  readPlace,
  shortName,
  writePlace,
  writeWhole,
} from '../completion/store.ts';
import type { TableCommand } from '../completion/table.ts';
import type { KubeFlags } from '../kube/kube.ts';
import { levels, type Summary } from './entry.ts';

/**
 * What is remembered of the registry, so that words find an added verb, and Tab its options, without asking the cluster: never
 * trusted for rights, which the API server has alone. Each person has their own of each server and project (completion's
 * places); what is personal is the same in all of them. Safe to delete.
 */
export type Remembered = Pick<Summary, 'name' | 'level' | 'summary' | 'digest' | 'replaces'>;

/** As it was at a time, in milliseconds since the epoch; `tried` is later where it could not be had anew. */
export interface Index {
  at: number;
  tried: number;
  entries: Remembered[];
}

/** Stands for what is on this machine alone, in place of a project's id. */
export const personal = 'personal';

/** Beside what completion keeps; the number is the format's. */
export const root = (around: Pick<Around, 'env' | 'home'>): string =>
  join(dirname(dirname(completionRoot(around))), 'registry', '1');

const indexFile = (id: string, around: Around) => join(root(around), 'names', `${id}.json`);
const tableFile = (id: string, name: string, around: Around) => join(root(around), 'tables', id, `${name}.json`);
const replacedFile = (verb: string, id: string, around: Around) => join(root(around), 'replaced', verb, id);
const askedFile = (print: string, around: Around) => join(root(around), 'asked', shortName(print));

/** The id of the project, of the person on their server: by the kubeconfig alone. Undefined where it chooses none. */
export async function placeId(flags: KubeFlags, context: Context): Promise<string | undefined> {
  const print = fingerprint(flags, context);
  const known = readPlace(print, context);
  if (known) return known.own || undefined;
  try {
    const { placeOf } = await import('../completion/place.ts');
    const place = await placeOf(flags, context);
    writePlace(print, place, context);
    return place.own || undefined;
  } catch {
    return undefined;
  }
}

export const readIndex = (id: string, around: Around): Index | undefined => readJson<Index>(indexFile(id, around));

/** Those that a person has where they are, the nearest of each name. */
export function remembered(id: string | undefined, around: Around): Remembered[] {
  const found = new Map<string, Remembered>();
  for (const each of [personal, ...(id ? [id] : [])]) {
    for (const entry of readIndex(each, around)?.entries ?? []) {
      if (!found.has(entry.name)) found.set(entry.name, entry);
    }
  }
  return [...found.values()];
}

/** What completes the words after an added verb, as it was made of that digest. */
export interface AddedTable {
  digest: string;
  command: TableCommand;
}

export const readTable = (id: string, name: string, around: Around): AddedTable | undefined =>
  readJson<AddedTable>(tableFile(id, name, around));

export const writeTable = (id: string, name: string, table: AddedTable, around: Around): void =>
  writeWhole(tableFile(id, name, around), JSON.stringify(table));

/** Whether the verb gives way to what was put in its place. Where nothing has, anywhere, that is all that it costs: one look. */
export async function isReplaced(verb: string, flags: () => KubeFlags, context: Context): Promise<boolean> {
  if (!/^[a-z]+$/.test(verb) || !existsSync(dirname(replacedFile(verb, personal, context)))) return false;
  if (existsSync(replacedFile(verb, personal, context))) return true;
  const id = await placeId(flags(), context);
  return id !== undefined && existsSync(replacedFile(verb, id, context));
}

/** Keeps what was found; tells whether it is other than what was known. */
export function writeIndex(id: string, entries: readonly Remembered[], around: Around): boolean {
  const at = around.now();
  return write(id, { at, tried: at, entries: [...entries] }, around);
}

/** Puts one there, in the place of what its level had of that name, or takes that away: what was just done need not be asked for. */
export function changeIndex(id: string, { name, level }: Named, entry: Remembered | undefined, around: Around): void {
  const before = readIndex(id, around) ?? { at: 0, tried: 0, entries: [] };
  const others = before.entries.filter((each) => each.name !== name || each.level !== level);
  write(id, { ...before, entries: [...others, ...(entry ? [entry] : [])] }, around);
}

export type Named = Pick<Remembered, 'name' | 'level'>;

function write(id: string, index: Index, around: Around): boolean {
  const before = readIndex(id, around)?.entries;
  const entries = index.entries
    .map(({ name, level, summary, digest, replaces }) => ({
      ...{ name, level, digest, summary: summary.slice(0, 200) },
      ...(replaces === undefined ? {} : { replaces }),
    }))
    .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  writeWhole(indexFile(id, around), JSON.stringify({ ...index, entries }));
  markReplaced(id, new Set(entries.filter((each) => each.replaces === each.name).map(({ name }) => name)), around);
  const names = new Set(entries.map(({ name }) => name));
  for (const file of list(dirname(tableFile(id, 'x', around)))) {
    const name = file.replace(/\.json$/, '');
    if (!names.has(name)) discard(tableFile(id, name, around));
  }
  return JSON.stringify(before) !== JSON.stringify(entries);
}

/** What was known stays, and is not asked for again for a while. */
export function keepIndex(id: string, around: Around): void {
  const before = readIndex(id, around) ?? { at: 0, entries: [] };
  writeWhole(indexFile(id, around), JSON.stringify({ ...before, tried: Math.max(around.now(), before.at + 1) }));
}

function markReplaced(id: string, verbs: ReadonlySet<string>, around: Around): void {
  const folder = join(root(around), 'replaced');
  for (const verb of verbs) writeWhole(replacedFile(verb, id, around), '');
  for (const verb of list(folder)) {
    if (verbs.has(verb)) continue;
    discard(replacedFile(verb, id, around));
    try {
      rmdirSync(join(folder, verb));
    } catch {
      // Others have it replaced.
    }
  }
}

/** Milliseconds after which words that are typed have the registry asked again, behind. */
const old = 10 * 60_000;

/** Whether nobody has asked for so long, from this kubeconfig and with these flags. */
export function isOld(print: string, around: Around): boolean {
  const asked = statSync(askedFile(print, around), { throwIfNoEntry: false })?.mtimeMs;
  return asked === undefined || Math.abs(around.now() - asked) > old;
}

/** From all of them, at the next words. */
export const forgetAsked = (around: Around): void => discard(join(root(around), 'asked'));

export const markAsked = (print: string, around: Around): void => writeWhole(askedFile(print, around), '');

/** Answers of completion that are kept were made of what is no longer so. */
export const dropAnswers = (around: Around): void => discard(join(completionRoot(around), 'answers'));

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
