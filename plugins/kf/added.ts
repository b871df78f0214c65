import { basename } from 'node:path';
import { builtinFlag, withoutBuiltin } from '../../shared/cli/argv.ts';
import type { Context } from '../../shared/cli/context.ts';
import { usageError } from '../../shared/cli/errors.ts';
import { adder, findPlugin } from '../../shared/cli/find.ts';
import { missing } from '../../shared/cli/missing.ts';
import { runReplaced } from '../../shared/cli/replaced.ts';
import { groupOf } from '../../shared/cli/suite.ts';

/**
 * A verb that no program has: someone may have added it, or put theirs in the place of a group that is not installed.
 * Throws KfError where there is none.
 */
export async function added(verb: string, words: string[], context: Context): Promise<number> {
  const asksForBuiltin = withoutBuiltin(words) !== words;
  if (groupOf(verb)) {
    const code = asksForBuiltin ? undefined : await runReplaced([verb, ...words], context);
    if (code !== undefined) return code;
    throw missing(verb, context);
  }
  const file = /^[a-z][a-z0-9-]*$/.test(verb) ? findPlugin(adder, context) : undefined;
  if (!file) throw missing(verb, context);
  if (asksForBuiltin)
    throw usageError(
      `${verb} is no built-in verb: ${builtinFlag} has nothing to run`,
      'leave it out for what was added',
    );
  return context.handOver(file, ['__added', verb, ...words], basename(file));
}
