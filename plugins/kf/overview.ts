import type { Context } from '../../shared/cli/context.ts';
import { Exit } from '../../shared/cli/errors.ts';
import { overview as pageOf } from '../../shared/cli/help.ts';
import { type SuiteGroup, suite } from '../../shared/cli/suite.ts';
import { group } from './index.ts';
import { installed } from './installed.ts';

/** `kubectl kf`: this plugin's page, then the groups that are installed and those that are not. */
export async function overview(context: Context): Promise<number> {
  const here = installed(context);
  const names = new Set(here.map(({ plugin }) => plugin));
  const width = Math.max(...[...here, ...suite].map(({ plugin }) => plugin.length));
  const rows = (groups: readonly SuiteGroup[]) =>
    groups.map(({ plugin, verbs, summary }) => {
      const what = [summary, verbs.join(', ')].filter(Boolean).join(': ');
      return `  ${plugin.padEnd(width)}  ${what}`;
    });
  const absent = suite.filter(({ plugin }) => !names.has(plugin));
  const parts = [(await pageOf(group)).trimEnd()];
  if (here.length) parts.push(`installed:\n${rows(here).join('\n')}`);
  if (absent.length) parts.push(`to be installed with kubectl krew install kf/<plugin>:\n${rows(absent).join('\n')}`);
  context.stdout.write(`${parts.join('\n\n')}\n`);
  return Exit.ok;
}
