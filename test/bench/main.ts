/** npm run bench [-- startup | completion | list | logs | exec | stern | project | subcommands | words | command | runner | validate]: how long whole processes take, as ratios to kubectl's. Times never fail it: machines differ. */
import { ensureCluster, namespace, ownOnly, skipReason, teardown } from '../cluster/index.ts';
import { which } from '../cluster/system.ts';
import { commandRows } from './command.ts';
import { completionRows } from './completion.ts';
import { execRows } from './exec.ts';
import { list } from './list.ts';
import { logRows } from './logs.ts';
import { project } from './project.ts';
import { runnerRows } from './runner.ts';
import { startup } from './startup.ts';
import { sternRows } from './stern.ts';
import { subcommandRows } from './subcommands.ts';
import { table } from './table.ts';
import { validateRows } from './validate.ts';
import { builtinRows, manyRows } from './words.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);
const print = (text: string) => void process.stdout.write(text);

const benches = [
  ...['startup', 'completion', 'list', 'logs', 'exec', 'stern', 'project'],
  ...['subcommands', 'words', 'command', 'runner', 'validate'],
];

async function main(words: string[]): Promise<number> {
  if (words.some((word) => !benches.includes(word))) {
    say(`usage: npm run bench [-- ${benches.join(' | ')}]`);
    return 2;
  }
  const wanted = (word: string) => words.length === 0 || words.includes(word);
  const timed = wanted('startup') || wanted('completion') || wanted('words') || wanted('command');
  const lack =
    skipReason() ?? (timed && !which('hyperfine') ? 'hyperfine is missing: apt-get install hyperfine' : undefined);
  if (lack) {
    say(lack);
    return 1;
  }
  await ensureCluster();
  try {
    if (timed) {
      const { name, delete: remove } = await namespace('bench');
      try {
        if (wanted('startup')) print(table(await startup(name)));
        if (wanted('completion')) print(table(await completionRows(name)));
        if (wanted('command')) print(table(await commandRows(say)));
        if (wanted('words')) print(table(await builtinRows(name)));
      } finally {
        await remove();
      }
    }
    if (wanted('logs')) print(table(await logRows(200_000, say)));
    if (wanted('exec')) print(table(await execRows(256, 3, say)));
    if (wanted('runner') && ownOnly()) say(`not measured: runner: ${ownOnly()}`);
    else if (wanted('runner')) print(table(await runnerRows(15)));
    if (wanted('stern') && ownOnly()) say(`not measured: stern: ${ownOnly()}`);
    else if (wanted('stern'))
      print(table(await sternRows({ pods: 50, lines: 20_000, rate: 1000, inSeconds: 15 }, say)));
    if (wanted('project')) {
      const { rows, plot } = await project([1000, 2000, 3000, 4000, 5000], say);
      print(table(rows) + plot);
    }
    if (wanted('subcommands')) print(table(await subcommandRows(1000, say)));
    if (wanted('words')) print(table(await manyRows(1000, say)));
    if (wanted('validate')) {
      const { rows, plot } = await validateRows([2500, 5000, 7500, 10_000], say);
      print(table(rows) + plot);
    }
    const foreign = ownOnly();
    if (wanted('list') && foreign) say(`not measured: list: ${foreign}`);
    else if (wanted('list')) print(table(await list(5000, say)));
  } finally {
    await teardown();
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
