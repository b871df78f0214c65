/** A registry of a thousand subcommands against one of ten: what each word costs more. */
import { join } from 'node:path';
import { completing } from '../support/completing.ts';
import { type ManySubcommands, manySubcommands } from '../support/many-subcommands.ts';
import { measure } from '../support/measure.ts';
import { installedSuite } from '../support/suite.ts';
import { median, type Row } from './table.ts';

const rounds = 10;

/** Bar 6: at most 1.5 times as long. */
export async function subcommandRows(many: number, say: (line: string) => void): Promise<Row[]> {
  const made: ManySubcommands[] = [];
  try {
    for (const count of [10, many]) {
      made.push(await manySubcommands(count));
      say(`${count} subcommands made`);
    }
    const [few, all] = made as [ManySubcommands, ManySubcommands];
    const { env, bin, tabUntil } = await completing();
    for (const { namespace, name } of made)
      await tabUntil((lines) => lines.some((line) => line.startsWith(name)), 'kf', '-n', namespace, 'tune-');
    const { tools } = await installedSuite();
    const row = async (what: string, words: (place: ManySubcommands) => [string, ...string[]], lines?: number) => {
      const [less, more]: number[][] = [[], []];
      // In turn, so that both see the same machine; the first of each only warms the caches.
      for (let i = 0; i <= rounds; i++) {
        for (const [place, times] of [
          [few, less],
          [all, more],
        ] as const) {
          const [file, ...args] = words(place);
          const { code, stdout, stderr, ms } = await measure(file, args, env);
          const enough = lines === undefined || stdout.split('\n').length > (place === all ? many : 10);
          if (code !== 0 || !enough) throw new Error(`${what} failed: ${stderr}`);
          if (i > 0) times!.push(ms);
        }
      }
      const [a, b] = [median(more!), median(less!)];
      return { what, ratio: a / b, bar: 1.5, figures: `${a.toFixed(0)} ms to ${b.toFixed(0)} ms` };
    };
    const kubectl = join(tools, 'kubectl');
    const own = join(bin, 'kubectl-kf_command');
    return [
      await row(
        `kubectl kf command list: ${many} / 10`,
        ({ namespace }) => [kubectl, 'kf', 'command', 'list', '-n', namespace],
        1,
      ),
      await row('  without kubectl before it', ({ namespace }) => [own, 'list', '-n', namespace], 1),
      await row('help of one', ({ namespace, name }) => [kubectl, 'kf', name, '--help', '-n', namespace]),
      await row('completion of a verb', ({ namespace }) => [kubectl, '__complete', 'kf', '-n', namespace, 'tune-'], 1),
    ];
  } finally {
    for (const each of made) await each.delete();
  }
}
