import { basename } from 'node:path';
import type { Context } from '../../shared/cli/context.ts';
import { findPlugin } from '../../shared/cli/find.ts';
import { groupOf, ownVerbs } from '../../shared/cli/suite.ts';

/**
 * Hands words on to the plugin that has their verb. Only what a hand-over needs is loaded: `kubectl kf train` pays for it
 * each time.
 * @returns the plugin's exit code where the process could not be replaced; undefined for the words of this plugin
 */
export async function dispatch(argv: string[], context: Context): Promise<number | undefined> {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    const { overview } = await import('./overview.ts');
    return overview(argv, context);
  }
  const [verb, words] = first === 'help' ? [rest[0]!, [...rest.slice(1), '--help']] : [first, rest];
  if (ownVerbs.includes(verb) || verb.startsWith('-')) return undefined;
  const group = groupOf(verb);
  const plugin = group?.plugin ?? `kf-${verb}`;
  const file = /^[\w-]+$/.test(verb) ? findPlugin(plugin, context) : undefined;
  if (!file) {
    const { added } = await import('./added.ts');
    return added(verb, words, context);
  }
  // A group with one verb takes the words after it, one with several the verb too.
  const args = group && group.verbs.length > 1 ? [verb, ...words] : words;
  return context.handOver(file, args, basename(file));
}
