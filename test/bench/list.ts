/** A list of thousands of jobs against kubectl's: time, memory, and when the first row shows. */
import { join } from 'node:path';
import { manyJobs } from '../support/many-jobs.ts';
import { type Measured, measure } from '../support/measure.ts';
import { installedSuite, personEnv } from '../support/suite.ts';
import { median, type Row } from './table.ts';

/** Bar 4. */
export async function list(count: number, say: (line: string) => void): Promise<Row[]> {
  const jobs = await manyJobs(count, say);
  try {
    const { bin, tools } = await installedSuite();
    const env = await personEnv();
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    // In turn, so that both see the same machine; the first of each only warms the caches.
    for (let i = 0; i < 6; i++) {
      theirs.push(await measure(join(tools, 'kubectl'), ['get', 'trainjobs', '-n', jobs.namespace], env));
      ours.push(await measure(join(bin, 'kubectl-kf_train'), ['list', '-n', jobs.namespace], env));
    }
    for (const each of [...ours, ...theirs]) {
      if (each.code !== 0 || each.stdout.trimEnd().split('\n').length !== count + 1)
        throw new Error(`a list failed: ${each.stderr}`);
    }
    const of = (runs: Measured[], figure: (run: Measured) => number) => median(runs.slice(1).map(figure));
    const row = (what: string, figure: (run: Measured) => number, unit: string, scale: number): Row => {
      const [a, b] = [of(ours, figure), of(theirs, figure)];
      return {
        what,
        ratio: a / b,
        bar: 1,
        figures: `${(a / scale).toFixed(0)} ${unit} to ${(b / scale).toFixed(0)} ${unit}`,
      };
    };
    return [
      row(`train list, ${count} jobs / kubectl get trainjobs: time`, ({ ms }) => ms, 'ms', 1),
      row('  peak memory', ({ peakKib }) => peakKib, 'MiB', 1024),
      row('  first row', ({ firstMs }) => firstMs, 'ms', 1),
    ];
  } finally {
    await jobs.restore();
  }
}
