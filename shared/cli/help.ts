import type { Definition } from 'clipanion';
import { type Entry, entries, type Group } from './group.ts';

/**
 * One command's page, laid out as kubectl's are: what it does, how it is written, examples, flags.
 * @param below words of the commands below it, with what they do
 */
export function commandHelp(definition: Definition, below: [string, string][] = []): string {
  const { description, details, examples = [], options } = definition;
  const parts = [description?.trim() ?? ''];
  if (details?.trim()) parts.push(details.trim());
  if (examples.length > 0) {
    parts.push(`Examples:\n${examples.map(([what, words]) => `  # ${what.trim()}\n  ${words}`).join('\n\n')}`);
  }
  if (below.length > 0) parts.push(`See also, each with its own --help:\n${columns(below)}`);
  const rows = options.map((option): [string, string] => [flag(option.definition), option.description ?? '']);
  if (rows.length > 0) parts.push(`Options:\n${columns(rows)}`);
  parts.push(`Usage:\n  ${usageOf(definition)} [options]`);
  parts.push("kubectl's --kubeconfig --cluster --user --as --as-group --as-uid --request-timeout -v are taken too.");
  return `${parts.join('\n\n')}\n`;
}

/** clipanion fills lines of 80: a paragraph that is a command is one line again, to be copied; such paragraphs stand together. */
export function wholeCommands(details: string): string {
  const paragraphs = details.trim().replace(/ +\n/g, '\n').split('\n\n');
  const isCommand = (text: string | undefined) => text?.startsWith('kubectl ') ?? false;
  const parts = paragraphs.map((text, i) => {
    if (!isCommand(text)) return `\n\n${text}`;
    return `${isCommand(paragraphs[i - 1]) ? '\n' : '\n\n'}  ${text.replaceAll('\n', ' ')}`;
  });
  return parts.join('').trimStart();
}

/** How a command is written, without its flags. */
export const usageOf = ({ usage }: Definition): string => flag(usage.replace(/ \[-[^\]]*\]| \[--[^\]]*\]/g, ''));

/** The group's page: each form and what it does. Loads every command. */
export async function overview(group: Group): Promise<string> {
  const rows = await forms(entries(group));
  const more = `kubectl kf ${group.verbs.length === 1 ? `${group.verbs[0]} …` : '…'} --help says more of each.`;
  return `${group.summary}\n\n${group.description.trim()}\n\nkubectl kf …\n${columns(rows)}\n\n${more}\n`;
}

/** The commands that stand below a verb of several: `services health` below `services`. */
export const below = (group: Group, verb: string): Promise<[string, string][]> =>
  forms(entries(group).filter(({ words }) => words.length > 1 && words[0] === verb));

function forms(all: readonly Entry[]): Promise<[string, string][]> {
  return Promise.all(
    all.map(async ({ words, aliases, load }): Promise<[string, string]> => {
      const description = (await load()).usage?.description?.trim() ?? '';
      return [[words.join(' '), ...aliases].join(', '), description];
    }),
  );
}

/** `-n,--namespace #0` as `-n, --namespace NAMESPACE`: clipanion numbers a flag's values, people want a word. */
function flag(definition: string): string {
  return definition
    .replace(
      /(--?[^\s,]+) #0/g,
      (_, name: string) => `${name} ${name.replace(/^-+/, '').replaceAll('-', '_').toUpperCase()}`,
    )
    .replaceAll(',-', ', -');
}

export function columns(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}
