import type { Context } from '../../shared/cli/context.ts';

/**
 * What other groups have this one do: `__added VERB words…` runs a verb that someone added, `__remember [VERB] flags…` asks the
 * registry what there is. Nobody types these.
 * @returns undefined for the words of this plugin's own commands
 */
export async function dispatch([, order, ...words]: string[], context: Context): Promise<number | undefined> {
  if (order === '__remember') {
    const { remember } = await import('./remember.ts');
    return remember(words, context);
  }
  if (order !== '__added') return undefined;
  const { runAdded } = await import('./run-added.ts');
  return runAdded(words[0] ?? '', words.slice(1), context);
}
