import { kubeFlagsIn } from '../../shared/cli/argv.ts';
import type { Context } from '../../shared/cli/context.ts';

/**
 * What other groups have this one do: `__added VERB words…` runs a verb that someone added. Nobody types these.
 * @returns undefined for the words of this plugin's own commands
 */
export async function dispatch([, order, ...words]: string[], context: Context): Promise<number | undefined> {
  if (order !== '__added') return undefined;
  const { missing } = await import('../../shared/cli/missing.ts');
  const { placeId, remembered } = await import('../../shared/registry/remembered.ts');
  const id = await placeId(kubeFlagsIn(words), context);
  throw missing(
    words[0] ?? '',
    context,
    remembered(id, context).map(({ name }) => name),
  );
}
