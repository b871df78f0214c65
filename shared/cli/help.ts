import { entries, type Group } from './group.ts';

/** clipanion's page for one command, with the flags that every command takes named once. */
export function commandHelp(page: string): string {
  return `${page.trimEnd()}\n\nkubectl's own --kubeconfig --cluster --user --as --as-group --as-uid --request-timeout -v are taken too.\n`;
}

/** The group's page: each form and what it does. Loads every command. */
export async function overview(group: Group): Promise<string> {
  const rows: [string, string][] = [];
  for (const entry of entries(group)) {
    const Class = await entry.load();
    const description = Class.usage?.description ?? '';
    rows.push([entry.words.join(' ') + (entry.aliases.length ? `, ${entry.aliases.join(', ')}` : ''), description]);
  }
  const width = Math.max(...rows.map(([words]) => words.length));
  const lines = rows.map(([words, text]) => `  ${words.padEnd(width)}  ${text}`);
  return `${group.summary}\n\n${group.description.trim()}\n\nkubectl kf …\n${lines.join('\n')}\n\nkubectl kf … --help says more of each.\n`;
}
