import { normalize } from './argv.ts';
import { type FirstAsk, type Group, matching } from './group.ts';

/** A first request that is known before the command's code is loaded. */
export interface Ahead {
  /** Of --namespace. */
  namespace: string | undefined;
  ask: FirstAsk;
}

/**
 * What flags say of the project; undefined where a flag is among them that may change the first request, or whom it goes to.
 * node:util's parseArgs takes 2 ms for it: it is compiled anew at each start.
 */
function projectIn(words: readonly string[]): { namespace: string | undefined; all: boolean } | undefined {
  let namespace: string | undefined;
  let all = false;
  for (let i = 0; i < words.length; i++) {
    const [, name = words[i]!, joined] = /^(--[^=]+)=(.*)$/s.exec(words[i]!) ?? [];
    if (joined === undefined && (name === '-A' || name === '--all-namespaces')) all = true;
    else if (/^(-n|--namespace|-o|--output)$/.test(name)) {
      const value = joined ?? words[++i];
      if (value === undefined || (joined === undefined && value.startsWith('-'))) return undefined;
      if (name === '-n' || name === '--namespace') namespace = value;
    } else if (name !== '--no-color' || joined !== undefined) return undefined;
  }
  return { namespace, all };
}

/**
 * What the words will ask the cluster first ({@link Group.asks}). It is a guess from words that nobody has checked yet: the
 * command decides what it asks. undefined where there is none.
 */
export function firstAsk(group: Group, argv: readonly string[]): Ahead | undefined {
  const entry = group.asks && matching(group, argv);
  const ask = entry && group.asks![entry.words.join(' ')];
  if (!ask) return undefined;
  const project = projectIn(normalize(argv.slice(entry.words.length)));
  return project && { namespace: project.namespace, ask: (own) => ask(project.all ? undefined : own) };
}
