import { basename } from 'node:path';
import { fingerprint } from '../completion/store.ts';
import { isOld, isReplaced, markAsked } from '../registry/remembered.ts';
import { kubeFlagsIn, kubeFlagWords } from './argv.ts';
import type { Context } from './context.ts';
import { adder, findPlugin } from './find.ts';

/**
 * Has what was put in a built-in verb's place run, by all that is remembered of the registry: no request is sent before a
 * built-in runs.
 * @returns its exit code; undefined where the verb is the built-in's
 */
export async function runReplaced(
  [verb = '', ...words]: readonly string[],
  context: Context,
): Promise<number | undefined> {
  const flags = () => kubeFlagsIn(words);
  if (await isReplaced(verb, flags, context)) {
    const { reserved } = await import('../registry/names.ts');
    const file = reserved.has(verb) ? undefined : findPlugin(adder, context);
    if (file) return context.handOver(file, ['__added', verb, ...words], basename(file));
  } else if (context.behind && talks(verb, words)) renewBehind(flags(), context);
  return undefined;
}

/** Whoever asks for these expects nothing to be sent. */
const silent = new Set(['version', 'completion', 'use', 'login', 'logout', 'command', 'configure']);

const talks = (verb: string, words: readonly string[]): boolean =>
  !silent.has(verb) && !words.some((word) => word === '--help' || word === '-h');

/** Has what is remembered got anew, where that is old; nobody waits for it. */
function renewBehind(flags: ReturnType<typeof kubeFlagsIn>, context: Context): void {
  const print = fingerprint(flags, context);
  const file = isOld(print, context) ? findPlugin(adder, context) : undefined;
  if (!file) return;
  markAsked(print, context);
  context.behind?.(file, ['__remember', ...kubeFlagWords(flags)]);
}
