/** The house rules for commands: the file's path, the words typed, the class and its group agree. */
import { Cli, type CommandClass } from 'clipanion';
import { normalize } from '../../shared/cli/argv.ts';
import type { Context } from '../../shared/cli/context.ts';
import { entries, type Group, matching } from '../../shared/cli/group.ts';
import { wordsFor } from '../../shared/cli/main.ts';
import { switchesOf } from '../../shared/cli/trim.ts';
import type { Tree } from './tree.ts';

const pascal = (word: string) =>
  word
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

/** What a file that holds the bare verb is called, where the verb has subcommands: train/submit.ts is `train`. */
const bareVerb: Record<string, string> = { train: 'submit' };

/** The file of a command, from its words: `train list` is train/list.ts. */
export function fileOf(group: Group, words: readonly string[]): string {
  const alone = words.length === 1 ? bareVerb[words[0]!] : undefined;
  return `plugins/${group.name}/commands/${[...words, ...(alone ? [alone] : [])].join('/')}.ts`;
}

/** Words, file and class of one command. */
export function agreement(group: Group, key: string, Class: CommandClass<Context>, tree: Tree): string[] {
  const [entry] = entries({ ...group, commands: { [key]: async () => Class } });
  const { words, aliases } = entry!;
  const file = fileOf(group, words);
  const wrong: string[] = [];
  if (!tree.has(file)) wrong.push(`the command ${words.join(' ')} has no file ${file}`);
  const name = pascal(file.slice(file.indexOf('commands/') + 'commands/'.length, -3).replaceAll('/', '-'));
  if (Class.name !== name) wrong.push(`${file}: its class is ${Class.name}, not ${name}`);
  const paths = [words, ...aliases.map((alias) => [...words.slice(0, -1), alias])].map((path) => path.join(' '));
  const own = (Class.paths ?? []).map((path) => path.join(' '));
  if (own.join() !== paths.join())
    wrong.push(`${file}: its paths are ${own.join(', ')}, the index has ${paths.join(', ')}`);
  if (!group.verbs.includes(words[0]!)) wrong.push(`${file}: ${words[0]} is no verb of ${group.name}`);
  if (!Class.usage?.description) wrong.push(`${file}: usage says nothing`);
  if (!Class.usage?.examples?.length) wrong.push(`${file}: usage has no example`);
  return wrong;
}

/** Every file in commands/ is listed in the index. */
export function unlisted(group: Group, tree: Tree): string[] {
  const listed = new Set(entries(group).map(({ words }) => fileOf(group, words)));
  const folder = `plugins/${group.name}/commands/`;
  return [...tree.keys()]
    .filter((path) => path.startsWith(folder) && !listed.has(path))
    .map((path) => `${path}: is not in the index`);
}

/** Paths, usage, options, schema, execute, in this order; private members come after. */
export function memberOrder(file: string, text: string): string[] {
  const places = [
    ['paths', text.search(/^ {2}static override paths\b/m)],
    ['usage', text.search(/^ {2}static override usage\b/m)],
    ['options', text.search(/^ {2}\w+ = Option\./m)],
    ['schema', text.search(/^ {2}static override schema\b/m)],
    ['execute', text.search(/^ {2}(?:override )?async execute\(/m)],
  ] as const;
  const wrong = places
    .filter(([name, at]) => at < 0 && !['options', 'schema'].includes(name))
    .map(([name]) => `${file}: has no ${name}`);
  const there = places.filter(([, at]) => at >= 0);
  const late = there.find(([, at], i) => i > 0 && at < there[i - 1]![1]);
  if (late) wrong.push(`${file}: ${late[0]} comes too early; paths, usage, options, schema, execute`);
  const execute = places[4][1];
  if (text.slice(execute).search(/^ {2}\w+ = Option\./m) >= 0) wrong.push(`${file}: options come before execute`);
  if ((text.match(/^export class /gm) ?? []).length !== 1) wrong.push(`${file}: one class a file`);
  return wrong;
}

/** A line of a usage example as the words that a shell would make of it; a comment's and a pipe's end is left out. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [whole, single, double] of line.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)) {
    if (['|', '>', '<', '&&'].includes(whole)) break;
    words.push(single ?? double ?? whole);
  }
  return words;
}

/** Each example begins with `kubectl kf`, finds this very command, and is parsed by it, its values checked. */
export async function examples(group: Group, Class: CommandClass<Context>): Promise<string[]> {
  const wrong: string[] = [];
  for (const [what, line] of Class.usage?.examples ?? []) {
    const say = (why: string) => wrong.push(`${Class.name}: "${line}": ${why}`);
    const words = shellWords(line.includes('kubectl kf') ? line.slice(line.indexOf('kubectl kf')) : line);
    if (!what || words[0] !== 'kubectl' || words[1] !== 'kf') say('is not [what it does, kubectl kf …]');
    const argv = words.slice(2);
    const typed = group.verbs.length === 1 ? wordsFor(group, '', argv.slice(1)) : wordsFor(group, '', argv);
    const Found = await matching(group, typed)?.load();
    if (Found !== Class) {
      say(`runs ${Found?.name ?? 'nothing'}`);
      continue;
    }
    try {
      const command = Cli.from<Context>([Class]).process(normalize(typed, switchesOf(new Class())), {} as Context);
      if (command.constructor !== Class) say('is taken for a call for help');
      else await validate(command);
    } catch (error) {
      say((error as Error).message.split('\n')[0]!);
    }
  }
  return wrong;
}

/** clipanion checks values when it runs a command: run it with an execute that does nothing. */
async function validate(command: object): Promise<void> {
  const { Command } = await import('clipanion');
  const idle = Object.assign(command, { execute: async () => 0 });
  await Command.prototype.validateAndExecute.call(idle as never);
}
