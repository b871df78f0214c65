/** Completion beside kubectl's own, through kubectl's `__complete`, with names that are remembered. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { completing } from '../support/completing.ts';
import { folder } from '../support/suite.ts';
import { median, type Row } from './table.ts';

/** The words that are completed, each after `kubectl __complete`. */
const asked = [`kf status ""`, `kf train get ""`, `kf train list --`, `kf use ""`];

/** Medians of whole processes in runs of hyperfine, against `kubectl __complete get po` of the same cluster. */
export async function completionRows(namespace: string): Promise<Row[]> {
  const { env, tab } = await completing();
  const lines = ['get po ""', ...asked].map(
    (words) => `kubectl __complete ${words.replace(/ (\S+)$/, ` -n ${namespace} $1`)}`,
  );
  // Once for the names, and once more when they have come.
  for (const line of lines.slice(1)) {
    const words = line
      .split(' ')
      .slice(2)
      .map((word) => word.replaceAll('"', ''));
    for (let i = 0; i < 3; i++) await tab(...words);
  }
  const times = await inRounds(lines, env);
  const [theirs = 0, ...ours] = times.map((each) => median(each) * 1000);
  return ours.map((ms, i) => ({
    what: `kubectl __complete ${asked[i]} / kubectl __complete get po`,
    ratio: ms / theirs,
    bar: 1.3,
    figures: `${ms.toFixed(0)} ms to ${theirs.toFixed(0)} ms`,
  }));
}

/** The times of each command line in seconds; in rounds, so that what else the machine does meanwhile falls on all of them. */
export async function inRounds(lines: string[], env: Record<string, string | undefined>): Promise<number[][]> {
  const times = lines.map((): number[] => []);
  const out = join(folder(), 'times.json');
  const args = ['-N', '--warmup', '1', '--runs', '6', '--style', 'none', '--export-json', out, ...lines];
  for (let round = 0; round < 6; round++) {
    await promisify(execFile)('hyperfine', args, { env: env as NodeJS.ProcessEnv });
    const { results } = JSON.parse(readFileSync(out, 'utf8')) as { results: { times: number[] }[] };
    for (const [i, each] of results.entries()) times[i]!.push(...each.times);
  }
  return times;
}
