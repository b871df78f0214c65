import type { Command, CommandClass } from 'clipanion';
import { Cli, UsageError } from 'clipanion';
import { leadingWords, normalize } from './argv.ts';
import type { KfCommand } from './command.ts';
import type { Context } from './context.ts';
import { Exit, errorText, KfError, usageError } from './errors.ts';
import { entries, type Group, matching } from './group.ts';
import { switchesOf, withFlagsTyped } from './trim.ts';

const named = { binaryName: 'kubectl kf', enableColors: false };

const isHelp = (word: string | undefined) => word === '-h' || word === '--help' || word === 'help';
const asksForHelp = (words: string[]) =>
  words.some((word, i) => (word === '-h' || word === '--help') && !words.slice(0, i).includes('--'));

/**
 * Runs one command of a group by its words (`['train', 'list']`) and gives its exit code. Never throws: what is wrong is on stderr.
 */
export async function run(group: Group, argv: readonly string[], context: Context): Promise<number> {
  try {
    const ofVerb = argv.length === 2 && isHelp(argv[1]) && hasSubcommands(group, argv[0]!);
    if (argv.length === 0 || isHelp(argv[0]) || (ofVerb && !isCommand(group, argv[0]!))) {
      const { overview } = await import('./help.ts');
      context.stdout.write(await overview(group));
      return Exit.ok;
    }
    const entry = matching(group, argv);
    if (!entry) throw await unknown(group, argv);
    const Class = await entry.load();
    const words = normalize(argv, switchesOf(new Class()));
    if (ofVerb || asksForHelp(words)) {
      const { below, commandHelp, wholeCommands } = await import('./help.ts');
      const [definition] = Cli.from<Context>([Class], named).definitions();
      const alone = entry.words.length === 1;
      const page = { ...definition!, details: wholeCommands(definition!.details ?? '') };
      context.stdout.write(commandHelp(page, alone ? await below(group, entry.words[0]!) : []));
      return Exit.ok;
    }
    const cli = Cli.from<Context>([withFlagsTyped(Class, words)], named);
    let command: Command<Context>;
    try {
      command = cli.process(words, context);
      (command as KfCommand).typed = words;
    } catch (error) {
      throw await syntaxError(error, group, words, entry.words, Class);
    }
    return await cli.run(command, context);
  } catch (error) {
    context.stderr.write(errorText(error));
    return error instanceof KfError ? error.exit : Exit.failed;
  }
}

/** More than one command begins with it: `help` after it is no argument. */
const hasSubcommands = (group: Group, verb: string) =>
  entries(group).some(({ words }) => words.length > 1 && words[0] === verb);

/** It does something by itself; the page of one that does not is the group's. */
const isCommand = (group: Group, verb: string) =>
  group.verbs.length > 1 || entries(group).some(({ words }) => words.length === 1 && words[0] === verb);

/** No command begins with these words: says so, with the closest one. */
async function unknown(group: Group, argv: readonly string[]): Promise<KfError> {
  const { closest } = await import('./closest.ts');
  const words = leadingWords(argv);
  const word = words[0] ?? argv[0]!;
  if (group.verbs.includes(word)) return notBelow(group, words);
  const near = closest(word, group.verbs);
  const hint = near ? undefined : `there are: ${group.verbs.join(', ')}`;
  return usageError(`no verb "${word}"${near ? `; did you mean ${near}?` : ''}`, hint);
}

/** A verb that does nothing by itself, and what stands after it is none of its own. */
async function notBelow(group: Group, [verb = '', second, ...rest]: string[]): Promise<KfError> {
  const { closest } = await import('./closest.ts');
  const verbs = entries(group)
    .filter(({ words }) => words.length > 1 && words[0] === verb)
    .flatMap(({ words, aliases }) => [words[1]!, ...aliases]);
  const hint = `see kubectl kf ${verb} --help`;
  if (second === undefined) return usageError(`${verb} takes a word more: ${verbs.join(', ')}`, hint);
  // Typed after an executable that has the verb in its name.
  const near = second === verb ? rest[0] : second;
  const found = near === undefined || verbs.includes(near) ? near : closest(near, verbs);
  return usageError(`no verb "${verb} ${second}"${found ? `; did you mean ${verb} ${found}?` : ''}`, hint);
}

/** clipanion's complaint about flags and words, as one line of ours. */
async function syntaxError(
  error: unknown,
  group: Group,
  argv: string[],
  words: string[],
  Class: CommandClass<Context>,
): Promise<unknown> {
  if (!(error instanceof Error) || !('clipanion' in error)) return error;
  const typed = `kubectl kf ${words.join(' ')}`;
  const { closest } = await import('./closest.ts');
  if (error instanceof UsageError) return usageError(lowerFirst(error.message), `see ${typed} --help`);
  const second = leadingWords(argv)[words.length];
  const verbs = entries(group)
    .filter((e) => e.words.length > words.length)
    .flatMap((e) => [e.words.at(-1)!, ...e.aliases]);
  const near = words.length === 1 && second && !leadingWords(argv)[2] ? closest(second, verbs) : undefined;
  if (near)
    return usageError(`no verb "${words[0]} ${second}"; did you mean ${words[0]} ${near}?`, `see ${typed} --help`);
  const reason = /Unsupported option name \("([^"]+)"\)/.exec(error.message)?.[1];
  if (reason) return usageError(`unknown flag ${reason}`, `see ${typed} --help`);
  if (/Not enough positional arguments/.test(error.message)) {
    const { usageOf } = await import('./help.ts');
    return usageError(
      `too few words: ${usageOf(Cli.from<Context>([Class], named).definitions()[0]!)}`,
      `see ${typed} --help`,
    );
  }
  const lines = error.message.split('\n');
  const detail = lines[0]!
    .replace(/^Unknown Syntax Error: /, '')
    .replace(/^Command not found; did you mean.*$/, 'these words fit no form of it');
  return usageError(`${typed}: ${lowerFirst(detail.replace(/[.:]$/, ''))}`, `see ${typed} --help`);
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
