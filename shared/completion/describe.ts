import type { CommandClass } from 'clipanion';
import type { Context } from '../cli/context.ts';
import { entries, type Group } from '../cli/group.ts';
import type { Completer, Completes, Table, TableCommand, TableFlag } from './table.ts';

/** An option as clipanion holds it on a command until it has parsed. */
interface Option {
  definition(builder: object, key: string): void;
  transformer(builder: object, key: string, state: object, context: object): unknown;
}

interface Told {
  names: string[];
  arity: number;
  hidden?: boolean;
  description?: string;
}

const isOption = (value: unknown): value is Option => typeof (value as Option | undefined)?.definition === 'function';

/** A group's table, read from its commands: what clipanion is told of each option, and what `completes` says of it. */
export async function describe(group: Group): Promise<Table> {
  return Promise.all(entries(group).map(async (entry) => describeCommand(entry, await entry.load())));
}

/** One command of it. */
export const describeCommand = (
  { words, aliases }: Pick<TableCommand, 'words' | 'aliases'>,
  Class: CommandClass<Context>,
): TableCommand => ({ words, aliases, what: Class.usage?.description?.trim() ?? '', ...optionsOf(Class) });

/** The options that take a value, and the words, for which no `completes` says what completes them. */
export function undeclared(Class: CommandClass<Context>): string[] {
  const completes = completesOf(Class);
  return Object.entries(new Class())
    .filter(([key, value]) => isOption(value) && !(key in completes) && takesWords(value, key))
    .map(([key]) => key);
}

function completesOf(Class: CommandClass<Context>): Completes {
  const own: Completes[] = [];
  for (let each: unknown = Class; typeof each === 'function'; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'completes')) own.unshift((each as unknown as { completes: Completes }).completes);
  }
  return Object.assign({}, ...own);
}

function takesWords(option: Option, key: string): boolean {
  let takes = true;
  const addOption = ({ arity }: Told) => {
    takes = arity > 0;
  };
  option.definition({ ...ignored, addOption }, key);
  return takes;
}

const ignored = { addOption() {}, addPositional() {}, addRest() {}, addProxy() {} };

function optionsOf(Class: CommandClass<Context>): Pick<TableCommand, 'flags' | 'args'> {
  const completes = completesOf(Class);
  const flags: TableFlag[] = [];
  const args: TableCommand['args'] = [];
  for (const [key, option] of Object.entries(new Class())) {
    if (!isOption(option)) continue;
    const by: Completer = completes[key] ?? 'none';
    const rest = () => void args.push({ by, rest: true });
    option.definition(
      {
        addOption: (told: Told) => void flags.push(flagOf(option, told, key, by)),
        addPositional: () => void args.push({ by, rest: false }),
        addRest: rest,
        addProxy: rest,
      },
      key,
    );
  }
  return { flags, args };
}

function flagOf(option: Option, { names, arity, hidden, description }: Told, key: string, by: Completer): TableFlag {
  const value = (options: object[]): unknown => {
    try {
      return option.transformer({}, key, { options, positionals: [] }, {});
    } catch {
      return undefined;
    }
  };
  const takesValue = arity > 0;
  // A switch that is on unless it is switched off is offered as --no-….
  const on = !takesValue && value([]) === true;
  return {
    key,
    names: on
      ? names.map((name) => name.replace(/^--(?!no-)/, '--no-')).filter((name) => name.startsWith('--'))
      : names,
    takesValue,
    repeats: takesValue && Array.isArray(value([{ name: names[0], value: 'x' }])),
    hidden: hidden === true,
    what: (description ?? '').split('\n')[0]!,
    by,
  };
}
