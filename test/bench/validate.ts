/** What validating a project costs in a cluster of thousands of bindings, against kubectl get of all of them; and how both grow. */
import { join } from 'node:path';
import { manyRights } from '../support/many-rights.ts';
import { type Measured, measure } from '../support/measure.ts';
import { installedSuite, personEnv } from '../support/suite.ts';
import { type Point, plotOf } from './project.ts';
import { median, type Row } from './table.ts';

/** Bar 4. */
export async function validateRows(
  counts: readonly number[],
  say: (line: string) => void,
): Promise<{ rows: Row[]; plot: string }> {
  const rights = await manyRights(say);
  try {
    const { bin, tools } = await installedSuite();
    const env = await personEnv();
    const all = 'rolebindings,clusterrolebindings,roles,clusterroles';
    const programs = {
      'kubectl get': [join(tools, 'kubectl'), 'get', all, '-A', '-o', 'json'],
      validate: [join(bin, 'kubectl-kf_project'), 'validate', '-n', rights.namespace, '--fail-on', 'never'],
    };
    const points: Record<string, Point[]> = { 'kubectl get': [], validate: [] };
    for (const count of counts) {
      await rights.grow(count);
      const runs: Record<string, Measured[]> = { 'kubectl get': [], validate: [] };
      // In turn, so that both see the same machine; the first of each only warms the caches.
      for (let i = 0; i < 6; i++) {
        for (const [name, [file, ...args]] of Object.entries(programs)) {
          const run = await measure(file!, args, env);
          if (run.code !== 0) throw new Error(`${name} failed: ${run.stderr}`);
          runs[name]!.push(run);
        }
      }
      for (const [name, [, ...counted]] of Object.entries(runs)) {
        points[name]!.push({
          count,
          ms: Math.min(...counted.map(({ ms }) => ms)),
          kib: median(counted.map(({ peakKib }) => peakKib)),
        });
      }
    }
    const [theirs, ours] = [points['kubectl get']!.at(-1)!, points.validate!.at(-1)!];
    const rows: Row[] = [
      {
        what: `validate, ${ours.count} bindings, ${ours.count / 5} roles / kubectl get -A -o json: time`,
        ratio: ours.ms / theirs.ms,
        bar: 2,
        figures: `${ours.ms.toFixed(0)} ms to ${theirs.ms.toFixed(0)} ms`,
      },
      {
        what: '  peak memory',
        ratio: ours.kib / theirs.kib,
        bar: 1,
        figures: `${(ours.kib / 1024).toFixed(0)} MiB to ${(theirs.kib / 1024).toFixed(0)} MiB`,
      },
    ];
    return { rows, plot: plotOf(new Map(Object.entries(points)), 'bindings') };
  } finally {
    await rights.restore();
  }
}
