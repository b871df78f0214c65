import { basename } from 'node:path';
import { builtinFlag } from '../../shared/cli/argv.ts';
import type { Context } from '../../shared/cli/context.ts';
import { adder, findPlugin } from '../../shared/cli/find.ts';
import { missing } from '../../shared/cli/missing.ts';
import { runReplaced } from '../../shared/cli/replaced.ts';
import { groupOf } from '../../shared/cli/suite.ts';

/**
 * A verb that no program has: someone may have added it, or put theirs in the place of a group that is not installed.
 * Throws KfError where there is none.
 */
export async function added(verb: string, words: string[], context: Context): Promise<number> {
  if (groupOf(verb)) {
    const code = words.includes(builtinFlag) ? undefined : await runReplaced([verb, ...words], context);
    if (code !== undefined) return code;
    throw missing(verb, context);
  }
  const file = /^[a-z][a-z0-9-]*$/.test(verb) ? findPlugin(adder, context) : undefined;
  if (!file) throw missing(verb, context);
  return context.handOver(file, ['__added', verb, ...words], basename(file));
}
