import type { CommandClass } from 'clipanion';
import type { Elsewhere } from '../completion/run.ts';
import type { KubeRequest } from '../kube/kube.ts';
import type { Context } from './context.ts';

/** The request that a command begins with; namespace undefined: all. */
export type FirstAsk = (namespace: string | undefined) => Promise<KubeRequest>;

/**
 * What a folder in plugins/ says of itself: the executable, its help and its krew manifest follow from it.
 * The keys of `commands` are the words typed, without kubectl kf; an alias of the last word after a bar: `train list|ls`.
 */
export interface Group {
  /** krew's name: `kf-train`. */
  name: string;
  /** One line, at most 60 characters: krew's shortDescription. */
  summary: string;
  /** krew's description: a paragraph or two. */
  description: string;
  /** First words that this group answers to, without `kubectl kf`. */
  verbs: string[];
  commands: Record<string, () => Promise<CommandClass<Context>>>;
  /** By words: what commands that are typed often ask the cluster first, which is done while their code is loaded. */
  asks?: Record<string, FirstAsk>;
  /**
   * Answers words that none of the commands is for, with an exit code; undefined leaves them to the commands. It is asked
   * first, before anything else is loaded, and may throw KfError.
   */
  elsewhere?: (argv: string[], context: Context) => Promise<number | undefined>;
  /** Completes words that none of the commands is for. */
  completion?: () => Promise<Elsewhere>;
}

export interface Entry {
  words: string[];
  aliases: string[];
  load: () => Promise<CommandClass<Context>>;
}

/** The group's commands, keys taken apart. */
export function entries(group: Group): Entry[] {
  return Object.entries(group.commands).map(([key, load]) => {
    const [name = '', ...aliases] = key.split('|');
    return { words: name.split(' '), aliases, load };
  });
}

/**
 * The commands that the words may mean: the longest key that the words begin with, so that only its file is loaded.
 * None where no key fits.
 */
export function matching(group: Group, argv: readonly string[]): Entry | undefined {
  const fits = ({ words, aliases }: Entry) =>
    words.every((word, i) => argv[i] === word || (i === words.length - 1 && i > 0 && aliases.includes(argv[i] ?? '')));
  return entries(group)
    .filter(fits)
    .sort((a, b) => b.words.length - a.words.length)[0];
}
