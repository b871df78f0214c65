import type { Group } from '../cli/group.ts';

/** Names that are remembered of a cluster, or stand in the kubeconfig. Those of pods are of the component typed before. */
export type ListName =
  | 'component'
  | 'job'
  | 'service'
  | 'pod'
  | 'container'
  | 'rank'
  | 'step'
  | 'namespace'
  | 'runtime'
  | 'subcommand'
  | 'context'
  | 'cluster'
  | 'user';

/** What completes a word: a list of names, fixed words, a file of this machine, or nothing. */
export type Completer = ListName | 'file' | 'none' | readonly string[];

/** By a command's property: `static completes = { name: 'job', output: formats }`. */
export type Completes = Readonly<Record<string, Completer>>;

export interface TableFlag {
  /** The command's property. */
  key: string;
  names: string[];
  takesValue: boolean;
  repeats: boolean;
  hidden: boolean;
  what: string;
  by: Completer;
}

export interface TableCommand {
  words: string[];
  aliases: string[];
  what: string;
  flags: TableFlag[];
  /** In order; the last may be for all words that follow. */
  args: { by: Completer; rest: boolean }[];
}

/** A group's commands, as completion needs them: plain data, so that no command is loaded for it. */
export type Table = TableCommand[];

/** Put in by the build (scripts/build): the group's table as JSON. */
declare const KF_COMPLETION: string | undefined;

/** The table that the build made; from the sources it is made of the commands. */
export async function tableOf(group: Group): Promise<Table> {
  if (typeof KF_COMPLETION === 'string') return JSON.parse(KF_COMPLETION) as Table;
  const { describe } = await import('./describe.ts');
  return describe(group);
}
