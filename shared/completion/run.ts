import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { withoutBuiltin, wordsFirst } from '../cli/argv.ts';
import type { Context } from '../cli/context.ts';
import type { Group } from '../cli/group.ts';
import { isReplaced } from '../registry/remembered.ts';
import { addedTable, addedVerbs, learnAdded } from './added.ts';
import { answerLines, type Candidate, narrowed } from './answer.ts';
import { fresh, isFromKubeconfig, listOf, lockName, type Names, rememberedNames } from './names.ts';
import { fingerprint, readList, root, withLock, writeList, writePlace, writeWhole } from './store.ts';
import { type ListName, tableOf } from './table.ts';
import { type Want, want } from './want.ts';

/** A word to be completed, as kubectl asks: by a shim, or by a link to the executable. */
export interface Asked {
  /** After `kubectl kf`; the last is the one to be completed. */
  words: string[];
  /** Where the shim looks for the answer next time, and what it knows the kubeconfig by; '' where no shim asks. */
  answer: string;
  stamp: string;
}

/** What a group knows of verbs that are not its own. */
export interface Elsewhere {
  /** Those that kubectl does not offer by itself; `taken` are all, which what people add does not come before. */
  verbs(context: Context): { offered: Candidate[]; taken: ReadonlySet<string> };
  /** Has the program that knows the words answer them, or learn what they want; undefined where there is none. */
  handOver(asked: Asked, context: Context, learn?: boolean): Promise<void> | undefined;
}

/** What the words want of a group's own table, and who may know them better. */
interface Reading {
  wanted: Want;
  others: Elsewhere | undefined;
  /** Of this group, but something else was put in its place. */
  replaced: string | undefined;
  /** Without --builtin. */
  words: string[];
}

async function read(group: Group, asked: Asked, context: Context): Promise<Reading> {
  const before = withoutBuiltin(asked.words.slice(0, -1));
  const words = [...before, asked.words.at(-1) ?? ''];
  const wanted = want(await tableOf(group), words);
  const others =
    group.completion && (wanted.first || wanted.strange !== undefined) ? await group.completion() : undefined;
  const verb = wordsFirst(before).find((word) => word !== 'help') ?? '';
  const own = words.length === asked.words.length && group.verbs.includes(verb);
  const replaced = own && (await isReplaced(verb, () => wanted.kube, context)) ? verb : undefined;
  return { wanted, others, replaced, words };
}

/**
 * The answer's lines, from what is remembered; undefined where another program gave it. Sends nothing, asks nothing, and waits
 * no more than a moment.
 * @param behind starts `refresh` for the same words in a process of its own
 */
export async function complete(
  group: Group,
  asked: Asked,
  context: Context,
  behind: () => void,
): Promise<string[] | undefined> {
  const { wanted: own, others, replaced, words } = await read(group, asked, context);
  const there = own.strange === undefined ? undefined : others?.handOver(asked, context);
  if (there) {
    await there;
    return undefined;
  }
  const once = onlyOnce(behind);
  const verb = replaced ?? own.strange;
  const table = verb === undefined ? undefined : await addedTable(verb, own.kube, context, once);
  if (verb !== undefined && !table) return answerLines(own, []);
  const wanted = table ? want(table, words) : own;
  const { lines, known } = await answerTo(wanted, others, context, once);
  if (known) keep(asked, wanted, lines, context);
  return narrowed(lines, wanted.prefix + wanted.typed);
}

function onlyOnce(body: () => void): () => void {
  let done = false;
  return () => {
    if (!done) body();
    done = true;
  };
}

async function addedNames({ kube }: Want, context: Context, behind: () => void): Promise<Names> {
  const { entries, known } = await addedVerbs(kube, context, behind);
  return { candidates: entries.map(({ name, summary }) => ({ value: name, what: summary })), known };
}

/** Where a verb may stand: also those of other groups, and those that people have added; what replaces one says what it is. */
async function withVerbs(
  wanted: Want,
  others: Elsewhere | undefined,
  context: Context,
  behind: () => void,
): Promise<{ fixed: Candidate[]; sure: boolean }> {
  if (!wanted.first || !others) return { fixed: wanted.fixed, sure: true };
  const { offered, taken } = others.verbs(context);
  const { entries, known } = await addedVerbs(wanted.kube, context, behind);
  const replacing = new Map(entries.flatMap(({ name, replaces, summary }) => (replaces ? [[name, summary]] : [])));
  const builtin = [...wanted.fixed, ...offered].map((each) => ({
    ...each,
    what: replacing.get(each.value) ?? each.what,
  }));
  const added = entries
    .filter(({ name }) => !taken.has(name))
    .map(({ name, summary }) => ({ value: name, what: summary }));
  return { fixed: [...builtin, ...added], sure: known };
}

function linesOf(wanted: Want, names: readonly Candidate[]): string[] {
  const given = Array.isArray(wanted.by) ? (wanted.by as string[]).map((value) => ({ value, what: '' })) : names;
  return answerLines(wanted, [...wanted.fixed, ...given]);
}

/** The whole answer to what is wanted, and whether it is worth to be kept. */
async function answerTo(
  wanted: Want,
  others: Elsewhere | undefined,
  context: Context,
  behind: () => void,
): Promise<{ lines: string[]; known: boolean }> {
  const { candidates, known } =
    wanted.by === 'subcommand'
      ? await addedNames(wanted, context, behind)
      : await rememberedNames(wanted, context, behind);
  const { fixed, sure } = await withVerbs(wanted, others, context, behind);
  return { lines: linesOf({ ...wanted, fixed }, candidates ?? []), known: known && sure };
}

/** Where the answer may be read by the shim: never outside of what completion keeps. */
function keep({ answer, stamp, words }: Asked, wanted: Want, lines: readonly string[], context: Context): void {
  const folder = join(root(context), 'answers');
  const typed = words.at(-1) ?? '';
  const whole = typed === wanted.typed && wanted.prefix === '' && !typed.includes('/');
  if (!whole || stamp === '' || /[\n]/.test(stamp) || join(answer) !== answer || !answer.startsWith(`${folder}/`))
    return;
  writeWhole(answer, `${stamp}\n${lines.join('\n')}\n`);
  postpone(answer, context);
}

/** Until then, the shim starts no process behind. */
export function postpone(answer: string, context: Pick<Context, 'now' | 'env' | 'home'>): void {
  const marker = `${answer}.n`;
  if (!answer.startsWith(`${join(root(context), 'answers')}/`)) return;
  try {
    writeWhole(marker, '');
    const until = (context.now() + fresh) / 1000;
    utimesSync(marker, until, until);
  } catch {
    // The next answer is asked for sooner than it need be.
  }
}

/** Gets the names anew that the words want, and makes their answer ready. One at a time for each list. */
export async function refresh(group: Group, asked: Asked, context: Context): Promise<void> {
  const { wanted: own, others, replaced, words } = await read(group, asked, context);
  const there = own.strange === undefined ? undefined : others?.handOver(asked, context, true);
  if (there) return there;
  const verb = replaced ?? own.strange;
  if (verb !== undefined || (own.first && others) || own.by === 'subcommand')
    await learnAdded(verb ?? '', own.kube, context);
  const table = verb === undefined ? undefined : await addedTable(verb, own.kube, context, () => {});
  if (verb !== undefined && !table) return;
  const wanted = table ? want(table, words) : own;
  const print = fingerprint(wanted.kube, context);
  await withLock(lockName(print, wanted), context, async () => {
    const { prune } = await import('./prune.ts');
    prune(context);
    if (isFromKubeconfig(wanted.by) || listOf(wanted)) await learn(wanted, print, context);
    const { lines, known } = await answerTo(wanted, others, context, () => {});
    if (known) keep(asked, wanted, lines, context);
  });
}

async function learn(wanted: Want, print: string, context: Context): Promise<void> {
  const { placeOf } = await import('./place.ts');
  const place = await placeOf(wanted.kube, context);
  writePlace(print, place, context);
  const of = listOf(wanted);
  if (!of || place.own === '') return;
  const id = of.wide ? place.wide : place.own;
  const before = readList(id, of.list, context);
  try {
    const { clusterNames } = await import('./cluster.ts');
    const kube = await context.kube({ requestTimeout: '5s', ...wanted.kube });
    const found = await clusterNames(kube, context, wanted.by as ListName, wanted.of, place);
    const at = context.now();
    writeList(id, of.list, { at, tried: at, ...found }, context);
  } catch {
    // Nobody is there to be told. What was known stays, and it is tried again after a while.
    writeList(
      id,
      of.list,
      { at: 0, items: [], ...before, tried: Math.max(context.now(), (before?.at ?? 0) + 1) },
      context,
    );
  }
}
