import type { Definition } from 'clipanion';
import { entries, type Group } from './group.ts';

/** One command's page, laid out as kubectl's are: what it does, how it is written, examples, flags. */
export function commandHelp({ usage, description, details, examples = [], options }: Definition): string {
  const parts = [description?.trim() ?? ''];
  if (details?.trim()) parts.push(details.trim());
  if (examples.length > 0) {
    parts.push(`Examples:\n${examples.map(([what, words]) => `  # ${what.trim()}\n  ${words}`).join('\n\n')}`);
  }
  const rows = options.map((option): [string, string] => [flag(option.definition), option.description ?? '']);
  if (rows.length > 0) parts.push(`Options:\n${columns(rows)}`);
  parts.push(`Usage:\n  ${flag(usage.replace(/ \[-[^\]]*\]| \[--[^\]]*\]/g, ''))} [options]`);
  parts.push("kubectl's --kubeconfig --cluster --user --as --as-group --as-uid --request-timeout -v are taken too.");
  return `${parts.join('\n\n')}\n`;
}

/** The group's page: each form and what it does. Loads every command. */
export async function overview(group: Group): Promise<string> {
  const rows: [string, string][] = [];
  for (const entry of entries(group)) {
    const Class = await entry.load();
    const words = [entry.words.join(' '), ...entry.aliases].join(', ');
    rows.push([words, Class.usage?.description?.trim() ?? '']);
  }
  const more = `kubectl kf ${group.verbs.length === 1 ? `${group.verbs[0]} …` : '…'} --help says more of each.`;
  return `${group.summary}\n\n${group.description.trim()}\n\nkubectl kf …\n${columns(rows)}\n\n${more}\n`;
}

/** `-n,--namespace #0` as `-n, --namespace NAMESPACE`: clipanion numbers a flag's values, people want a word. */
function flag(definition: string): string {
  return definition
    .replace(
      /(--?[a-z-]+) #0/g,
      (_, name: string) => `${name} ${name.replace(/^-+/, '').replaceAll('-', '_').toUpperCase()}`,
    )
    .replaceAll(',-', ', -');
}

function columns(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}
