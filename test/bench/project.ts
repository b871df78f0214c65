/** What looking at a project of thousands of pods costs, against kubectl get pods: time, memory, and how both grow. */
import { join } from 'node:path';
import { manyPods } from '../support/many-pods.ts';
import { type Measured, measure } from '../support/measure.ts';
import { installedSuite, personEnv } from '../support/suite.ts';
import { median, type Row } from './table.ts';

/** Verbs of kf that look at a whole project. */
const verbs = [['status'], ['services', 'list']];

export interface Point {
  count: number;
  ms: number;
  kib: number;
}

/** The rows for the largest number of pods, and lines that show the cost against the number. */
export async function project(
  counts: readonly number[],
  say: (line: string) => void,
): Promise<{ rows: Row[]; plot: string }> {
  const pods = await manyPods(say);
  try {
    const { bin, tools } = await installedSuite();
    const env = await personEnv();
    const programs = [
      { name: 'kubectl get pods', file: join(tools, 'kubectl'), args: ['get', 'pods'] },
      ...verbs.map((words) => ({ name: words.join(' '), file: join(bin, 'kubectl-kf'), args: words })),
    ];
    const points = new Map<string, Point[]>(programs.map(({ name }) => [name, []]));
    for (const count of counts) {
      await pods.grow(count);
      const runs = new Map<string, Measured[]>(programs.map(({ name }) => [name, []]));
      // In turn, so that all see the same machine; the first of each only warms the caches.
      for (let i = 0; i < 6; i++) {
        for (const { name, file, args } of programs) {
          const run = await measure(file, [...args, '-n', pods.namespace], env);
          if (run.code !== 0) throw new Error(`${name} failed: ${run.stderr}`);
          runs.get(name)!.push(run);
        }
      }
      for (const { name } of programs) {
        const counted = runs.get(name)!.slice(1);
        points.get(name)!.push({
          count,
          // The fastest: what else goes on at the machine only adds to it.
          ms: Math.min(...counted.map(({ ms }) => ms)),
          kib: median(counted.map(({ peakKib }) => peakKib)),
        });
      }
    }
    const theirs = points.get('kubectl get pods')!.at(-1)!;
    const rows = verbs.flatMap((words) => {
      const ours = points.get(words.join(' '))!.at(-1)!;
      const what = `${words.join(' ')}, ${theirs.count} pods / kubectl get pods: time`;
      return [
        {
          what,
          ratio: ours.ms / theirs.ms,
          bar: 1.5,
          figures: `${ours.ms.toFixed(0)} ms to ${theirs.ms.toFixed(0)} ms`,
        },
        {
          what: '  peak memory',
          ratio: ours.kib / theirs.kib,
          bar: 1,
          figures: `${(ours.kib / 1024).toFixed(0)} MiB to ${(theirs.kib / 1024).toFixed(0)} MiB`,
        },
      ];
    });
    return { rows, plot: plotOf(points) };
  } finally {
    await pods.restore();
  }
}

const wide = 50;

/** A bar for each number of pods, or of what is counted, and the line that fits them: what any command costs, and each pod. */
export function plotOf(points: ReadonlyMap<string, readonly Point[]>, what = 'pods'): string {
  const lines: string[] = [];
  const figures = [
    { of: 'ms', unit: 'ms', scale: 1 },
    { of: 'kib', unit: 'MiB', scale: 1024 },
  ] as const;
  for (const { of, unit, scale } of figures) {
    const most = Math.max(...[...points.values()].flat().map((point) => point[of]));
    for (const [name, all] of points) {
      const { start, slope, fit } = line(all.map((point) => [point.count, point[of] / scale]));
      const each = `${(slope * 1000).toFixed(of === 'ms' ? 0 : 1)} ${unit} for each 1000 ${what}`;
      lines.push(`${name}: ${start.toFixed(0)} ${unit}, and ${each} (a straight line fits: R² ${fit.toFixed(3)})`);
      for (const point of all) {
        const bar = '█'.repeat(Math.max(1, Math.round((point[of] / most) * wide)));
        lines.push(`  ${String(point.count).padStart(6)} ${what} ${bar} ${(point[of] / scale).toFixed(0)} ${unit}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Least squares. */
function line(points: readonly (readonly [x: number, y: number])[]): { start: number; slope: number; fit: number } {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([each]) => each)), mean(points.map(([, each]) => each))];
  const sum = (of: (point: readonly [number, number]) => number) => points.reduce((all, point) => all + of(point), 0);
  const slope = sum(([a, b]) => (a - x) * (b - y)) / sum(([a]) => (a - x) ** 2);
  const start = y - slope * x;
  const spread = sum(([, b]) => (b - y) ** 2);
  return { start, slope, fit: spread === 0 ? 1 : 1 - sum(([a, b]) => (b - start - slope * a) ** 2) / spread };
}
