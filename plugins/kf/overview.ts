import { kubeFlagsIn, kubeFlagWords } from '../../shared/cli/argv.ts';
import type { Context } from '../../shared/cli/context.ts';
import { Exit } from '../../shared/cli/errors.ts';
import { adder, findPlugin } from '../../shared/cli/find.ts';
import { overview as pageOf } from '../../shared/cli/help.ts';
import { installed } from '../../shared/cli/installed.ts';
import { ownVerbs, type SuiteGroup, suite } from '../../shared/cli/suite.ts';
import { addedVerbs } from '../../shared/completion/added.ts';
import type { Remembered } from '../../shared/registry/remembered.ts';
import { oneLine } from '../../shared/view/text.ts';
import { group } from './index.ts';

/** Verbs that people have added: more fill the screen, and are listed elsewhere. */
const most = 25;

/** `kubectl kf`: this plugin's page, then the groups that are installed, what was added, and the groups that are not there. */
export async function overview(argv: readonly string[], context: Context): Promise<number> {
  const here = installed(context);
  const names = new Set(here.map(({ plugin }) => plugin));
  const width = Math.max(...[...here, ...suite].map(({ plugin }) => plugin.length));
  const rows = (groups: readonly SuiteGroup[]) =>
    groups.map(({ plugin, verbs, summary }) =>
      row(plugin, [summary, verbs.join(', ')].filter(Boolean).join(': '), width),
    );
  const absent = suite.filter(({ plugin }) => !names.has(plugin));
  const added = addedRows(
    await remembered(argv, context),
    new Set([...ownVerbs, ...here.flatMap(({ verbs }) => verbs)]),
  );
  const parts = [(await pageOf(group)).trimEnd()];
  if (here.length) parts.push(`installed:\n${rows(here).join('\n')}`);
  if (added.length) parts.push(`added:\n${added.join('\n')}`);
  if (absent.length) parts.push(`to be installed with kubectl krew install kf/<plugin>:\n${rows(absent).join('\n')}`);
  context.stdout.write(`${parts.join('\n\n')}\n`);
  return Exit.ok;
}

const row = (name: string, what: string, width: number) => `  ${name.padEnd(width)}  ${what}`.trimEnd();

async function remembered(argv: readonly string[], context: Context): Promise<Remembered[]> {
  const flags = kubeFlagsIn(argv);
  const file = findPlugin(adder, context);
  const renew = () => file && context.behind?.(file, ['__remember', ...kubeFlagWords(flags)]);
  const { entries } = await addedVerbs(flags, context, renew);
  return entries;
}

/** What replaces a verb comes first: that is what surprises. */
function addedRows(entries: readonly Remembered[], taken: ReadonlySet<string>): string[] {
  const usable = entries
    .filter(({ name, replaces }) => replaces !== undefined || !taken.has(name))
    .sort((a, b) => Number(b.replaces !== undefined) - Number(a.replaces !== undefined) || (a.name < b.name ? -1 : 1));
  const shown = usable.slice(0, most);
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  const rows = shown.map(({ name, summary, replaces }) => {
    const what = oneLine(summary).slice(0, 100);
    return row(oneLine(name), replaces ? `${what} (replaces the built-in)`.trimStart() : what, width);
  });
  const more = usable.length - shown.length;
  return more > 0 ? [...rows, `  and ${more} more: kubectl kf command list`] : rows;
}
