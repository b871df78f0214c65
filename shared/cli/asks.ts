import { type Group, matching } from './group.ts';

/** Flags that choose another cluster or person than the kubeconfig's own, and those with which nothing is asked. */
const others = /^(-h|-v.*|--(help|v|context|kubeconfig|cluster|user|as|as-group|as-uid|request-timeout)(=.*)?)$/s;

/**
 * Whether the words are a command that asks the cluster first of all ({@link Group.asks}), and the one that the kubeconfig
 * names. It is a guess from words that nobody has parsed yet: the command decides.
 */
export function asksAtOnce(group: Group, argv: readonly string[]): boolean {
  const keys = group.asks?.length ? matching(group, argv) : undefined;
  if (!keys) return false;
  const key = `${keys.words.join(' ')}${keys.aliases.map((alias) => `|${alias}`).join('')}`;
  return group.asks!.includes(key) && !argv.some((word) => others.test(word));
}
