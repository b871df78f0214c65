import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import type { Group } from '../cli/group.ts';
import { answerLines, type Candidate, narrowed } from './answer.ts';
import { fresh, isFromKubeconfig, listOf, lockName, rememberedNames } from './names.ts';
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
  /** Those that kubectl does not offer by itself. */
  verbs(context: Context): Candidate[];
  /** Has the program that knows the words answer them, or learn what they want; undefined where there is none. */
  handOver(asked: Asked, context: Context, learn?: boolean): Promise<void> | undefined;
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
  const wanted = want(await tableOf(group), asked.words);
  const others =
    group.completion && (wanted.first || wanted.strange !== undefined) ? await group.completion() : undefined;
  if (wanted.strange !== undefined) {
    const there = others?.handOver(asked, context);
    if (!there) return answerLines(wanted, []);
    await there;
    return undefined;
  }
  const { candidates, known } = await rememberedNames(wanted, context, behind);
  const lines = linesOf(wanted, candidates ?? [], wanted.first ? (others?.verbs(context) ?? []) : []);
  if (known) keep(asked, wanted, lines, context);
  return narrowed(lines, wanted.prefix + wanted.typed);
}

function linesOf(wanted: Want, names: readonly Candidate[], verbs: readonly Candidate[]): string[] {
  const given = Array.isArray(wanted.by) ? (wanted.by as string[]).map((value) => ({ value, what: '' })) : names;
  return answerLines(wanted, [...wanted.fixed, ...verbs, ...given]);
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
  const wanted = want(await tableOf(group), asked.words);
  const others =
    group.completion && (wanted.first || wanted.strange !== undefined) ? await group.completion() : undefined;
  if (wanted.strange !== undefined) return others?.handOver(asked, context, true);
  const print = fingerprint(wanted.kube, context);
  await withLock(lockName(print, wanted), context, async () => {
    const { prune } = await import('./prune.ts');
    prune(context);
    if (isFromKubeconfig(wanted.by) || listOf(wanted)) await learn(wanted, print, context);
    const { candidates, known } = await rememberedNames(wanted, context, () => {});
    const lines = linesOf(wanted, candidates ?? [], wanted.first ? (others?.verbs(context) ?? []) : []);
    if (known) keep(asked, wanted, lines, context);
  });
}

async function learn(wanted: Want, print: string, context: Context): Promise<void> {
  const { clusterNames, placeOf } = await import('./cluster.ts');
  const place = await placeOf(wanted.kube, context);
  writePlace(print, place, context);
  const of = listOf(wanted);
  if (!of || place.own === '') return;
  const id = of.wide ? place.wide : place.own;
  const before = readList(id, of.list, context);
  try {
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
