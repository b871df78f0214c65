import { parseArgs } from 'node:util';
import { type FirstAsk, type Group, matching } from './group.ts';

/** A first request that is known before the command's code is loaded. */
export interface Ahead {
  /** Of --namespace. */
  namespace: string | undefined;
  ask: FirstAsk;
}

/** The flags with which a first request can be told beforehand; all others may change it, or whom it goes to. */
const flags = {
  namespace: { type: 'string', short: 'n' },
  'all-namespaces': { type: 'boolean', short: 'A' },
  output: { type: 'string', short: 'o' },
  'no-color': { type: 'boolean' },
} as const;

/**
 * What the words will ask the cluster first ({@link Group.asks}). It is a guess from words that nobody has checked yet: the
 * command decides what it asks. undefined where there is none.
 */
export function firstAsk(group: Group, argv: readonly string[]): Ahead | undefined {
  const entry = group.asks && matching(group, argv);
  const ask = entry && group.asks![entry.words.join(' ')];
  if (!ask) return undefined;
  try {
    const { values } = parseArgs({ args: argv.slice(entry.words.length), options: flags });
    if (values.namespace?.startsWith('=')) return undefined;
    return { namespace: values.namespace, ask: (namespace) => ask(values['all-namespaces'] ? undefined : namespace) };
  } catch {
    return undefined;
  }
}
