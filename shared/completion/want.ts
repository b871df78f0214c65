import { wordsFirst } from '../cli/argv.ts';
import type { KubeFlags } from '../kube/kube.ts';
import type { Candidate } from './answer.ts';
import type { Completer, Table, TableCommand, TableFlag } from './table.ts';

/** What may stand where the cursor is. */
export interface Want {
  /** The first word, where it is none of the group's: another group may know it. */
  strange: string | undefined;
  /** Nothing but kubectl's own flags was typed yet: verbs of other groups may stand here too. */
  first: boolean;
  fixed: Candidate[];
  by: Completer;
  /** The component or job that pods, containers, ranks and steps are of. */
  of: string | undefined;
  /** Words that stand there already. */
  not: readonly string[];
  /** What of the word is typed; `prefix` stands before it in the same word. */
  typed: string;
  prefix: string;
  /** kubectl's flags among the words. */
  kube: KubeFlags;
}

/** kubectl's flags for choosing cluster and person, by their property in KubeCommand. */
const kubeKeys = ['namespace', 'contextName', 'kubeconfig', 'cluster', 'user', 'as', 'asGroup', 'asUid', 'noColor'];

/**
 * Reads the words before the cursor as the command would.
 * @param words the last is the one to be completed, '' where it has not begun
 */
export function want(table: Table, words: readonly string[]): Want {
  const typed = words.at(-1) ?? '';
  const before = wordsFirst(words.slice(0, -1));
  if (before[0] === 'help') before.shift();
  const command = commandFor(table, before);
  const start = command ? command.words.length : leading(before);
  const flags = command?.flags ?? (table[0]?.flags ?? []).filter(({ key }) => kubeKeys.includes(key));
  const line = read(before.slice(start), flags);
  const nothing: Want = {
    strange: command || start === 0 || isGroupWord(table, before[0]!) ? undefined : before[0],
    first: false,
    fixed: [],
    by: 'none',
    of: undefined,
    not: [],
    typed,
    prefix: '',
    kube: kubeFlags(line.values),
  };
  const { pending, ended, positionals } = line;
  const of = componentAmong(command, positionals);
  if (pending) return { ...nothing, by: pending.by, of, not: valuesOf(line, pending) };
  if (!ended && typed.startsWith('-')) return atFlag(nothing, flags, line, of);
  const arg = argAt(command, positionals.length, ended);
  const prefix = command?.words ?? before.slice(0, start);
  const verbs = positionals.length === 0 && !ended ? verbsAfter(table, prefix) : [];
  return {
    ...nothing,
    first: start === 0 && positionals.length === 0,
    fixed: verbs,
    by: arg?.by ?? 'none',
    of,
    not: positionals,
  };
}

/** The word at that place. A container stands once, and before the -- that the command for it comes after. */
function argAt(
  command: TableCommand | undefined,
  place: number,
  ended: boolean,
): TableCommand['args'][number] | undefined {
  const args = command?.args ?? [];
  const at = place < args.length ? place : args.findLastIndex(({ rest }) => rest);
  return args[at]?.by === 'container' && (ended || place > at) ? undefined : args[at];
}

/** The longest command that the words begin with. */
function commandFor(table: Table, words: readonly string[]): TableCommand | undefined {
  const fits = ({ words: own, aliases }: TableCommand) =>
    own.every((word, i) => words[i] === word || (i > 0 && i === own.length - 1 && aliases.includes(words[i] ?? '')));
  return table.filter(fits).sort((a, b) => b.words.length - a.words.length)[0];
}

const leading = (words: readonly string[]) => {
  const end = words.findIndex((word) => word.startsWith('-'));
  return end < 0 ? words.length : end;
};

const isGroupWord = (table: Table, word: string) => table.some(({ words }) => words[0] === word);

/** The words that may follow: `list`, `logs` after `train`. */
function verbsAfter(table: Table, prefix: readonly string[]): Candidate[] {
  const found = new Map<string, string>();
  for (const { words, what } of table) {
    const next = words[prefix.length];
    if (next === undefined || !prefix.every((word, i) => words[i] === word)) continue;
    if (words.length === prefix.length + 1 || !found.has(next))
      found.set(next, words.length === prefix.length + 1 ? what : '');
  }
  return [...found].map(([value, what]) => ({ value, what }));
}

interface Line {
  positionals: string[];
  values: [TableFlag, string][];
  /** The flag whose value comes next. */
  pending: TableFlag | undefined;
  /** After `--`. */
  ended: boolean;
}

function read(words: readonly string[], flags: readonly TableFlag[]): Line {
  const line: Line = { positionals: [], values: [], pending: undefined, ended: false };
  for (const word of words) {
    if (line.pending) {
      line.values.push([line.pending, word]);
      line.pending = undefined;
    } else if (line.ended || !word.startsWith('-') || word === '-') line.positionals.push(word);
    else if (word === '--') line.ended = true;
    else {
      const [flag, value] = flagIn(word, flags);
      if (!flag) continue;
      if (flag.takesValue && value === undefined) line.pending = flag;
      else line.values.push([flag, value ?? '']);
    }
  }
  return line;
}

/** `--name`, `--name=value`, `-n`, `-nvalue` and `-n=value`. */
function flagIn(word: string, flags: readonly TableFlag[]): [TableFlag | undefined, string | undefined] {
  const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const named = flags.find(({ names }) => names.includes(name));
  if (named || word.startsWith('--')) return [named, value];
  const short = flags.find(({ names }) => names.includes(word.slice(0, 2)));
  return [short, short?.takesValue ? word.slice(2).replace(/^=/, '') : undefined];
}

/** A flag's name, or its value in the same word. */
function atFlag(nothing: Want, flags: readonly TableFlag[], line: Line, of: string | undefined): Want {
  const { typed } = nothing;
  const [flag, value] = flagIn(typed, flags);
  if (flag?.takesValue && value !== undefined && (typed.startsWith('--') || typed.length > 2)) {
    // Shells take the value of --name=value by itself; that of -ovalue comes with its flag.
    const prefix = typed.startsWith('--') || typed[2] === '=' ? '' : typed.slice(0, 2);
    return { ...nothing, by: flag.by, of, typed: value, prefix, not: valuesOf(line, flag) };
  }
  const used = new Set(line.values.filter(([each]) => !each.repeats).map(([each]) => each.key));
  const fixed = flags
    .filter(({ key }) => !used.has(key))
    .flatMap(({ names, what, hidden }) => {
      const long = names.find((name) => name.startsWith('--')) ?? names[0]!;
      // kubectl's own, which no help page lists, show when a letter is there.
      return hidden && !/^--./.test(typed) ? [] : [{ value: long, what }];
    });
  return { ...nothing, fixed: [...fixed, { value: '--help', what: 'say more of this command' }] };
}

const valuesOf = (line: Line, flag: TableFlag): string[] =>
  line.values.filter(([each]) => each === flag).map(([, value]) => value);

function componentAmong(command: TableCommand | undefined, positionals: readonly string[]): string | undefined {
  const at = command?.args.findIndex(({ by }) => by === 'component' || by === 'job') ?? -1;
  return at < 0 ? undefined : positionals[at];
}

function kubeFlags(values: readonly [TableFlag, string][]): KubeFlags {
  const last = (key: string) => values.findLast(([flag]) => flag.key === key)?.[1];
  const groups = values.filter(([flag]) => flag.key === 'asGroup').map(([, value]) => value);
  return {
    namespace: last('namespace'),
    context: last('contextName'),
    kubeconfig: last('kubeconfig'),
    cluster: last('cluster'),
    user: last('user'),
    as: last('as'),
    asGroup: groups.length > 0 ? groups : undefined,
    asUid: last('asUid'),
  };
}
