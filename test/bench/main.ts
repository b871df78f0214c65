/** npm run bench [-- startup | completion | list | logs | exec | stern | project | subcommands]: how long whole processes take, as ratios to kubectl's. Times never fail it: machines differ. */
import { ensureCluster, namespace, ownOnly, skipReason, teardown } from '../cluster/index.ts';
import { which } from '../cluster/system.ts';
import { completionRows } from './completion.ts';
import { execRows } from './exec.ts';
import { list } from './list.ts';
import { logRows } from './logs.ts';
import { project } from './project.ts';
import { startup } from './startup.ts';
import { sternRows } from './stern.ts';
import { subcommandRows } from './subcommands.ts';
import { table } from './table.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);
const print = (text: string) => void process.stdout.write(text);

async function main(words: string[]): Promise<number> {
  if (
    words.some(
      (word) => !['startup', 'completion', 'list', 'logs', 'exec', 'stern', 'project', 'subcommands'].includes(word),
    )
  ) {
    say('usage: npm run bench [-- startup | completion | list | logs | exec | stern | project | subcommands]');
    return 2;
  }
  const wanted = (word: string) => words.length === 0 || words.includes(word);
  const lack =
    skipReason() ??
    ((wanted('startup') || wanted('completion')) && !which('hyperfine')
      ? 'hyperfine is missing: apt-get install hyperfine'
      : undefined);
  if (lack) {
    say(lack);
    return 1;
  }
  await ensureCluster();
  try {
    if (wanted('startup') || wanted('completion')) {
      const { name, delete: remove } = await namespace('bench');
      try {
        if (wanted('startup')) print(table(await startup(name)));
        if (wanted('completion')) print(table(await completionRows(name)));
      } finally {
        await remove();
      }
    }
    if (wanted('logs')) print(table(await logRows(200_000, say)));
    if (wanted('exec')) print(table(await execRows(256, 3, say)));
    if (wanted('stern') && ownOnly()) say(`not measured: stern: ${ownOnly()}`);
    else if (wanted('stern'))
      print(table(await sternRows({ pods: 50, lines: 20_000, rate: 1000, inSeconds: 15 }, say)));
    if (wanted('project')) {
      const { rows, plot } = await project([1000, 2000, 3000, 4000, 5000], say);
      print(table(rows) + plot);
    }
    if (wanted('subcommands')) print(table(await subcommandRows(1000, say)));
    const foreign = ownOnly();
    if (wanted('list') && foreign) say(`not measured: list: ${foreign}`);
    else if (wanted('list')) print(table(await list(5000, say)));
  } finally {
    await teardown();
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
