/** What a person sees of a test run. */
import type { Result } from './run-file.ts';

export interface Sum {
  passed: number;
  failed: number;
  skipped: number;
}

export function sum(results: readonly Result[]): Sum {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of results) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** 0.8s, 42.0s, 3m05s */
export function took(ms: number): string {
  const s = ms / 1000;
  return s < 100 ? `${s.toFixed(1)}s` : `${Math.floor(s / 60)}m${String(Math.round(s) % 60).padStart(2, '0')}s`;
}

/** The counts, in the form that the last line of a run has. */
export const counts = ({ passed, failed, skipped }: Sum): string =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;

/** The line for one file, as it ends. */
export function line(result: Result): string {
  const mark = result.failed ? 'FAIL' : result.passed ? 'ok  ' : 'skip';
  const said = result.first ? `the second time; the first: ${counts(result.first)}` : result.fault;
  return `${mark}  ${result.name}  ${counts(result)}  ${took(result.ms)}${said ? `  (${said})` : ''}`;
}

/** The end of a run: what failed with its output, what took longest, and last the counts. */
export function summary(results: readonly Result[], wallMs: number): string {
  const out: string[] = [];
  const seconds = results.filter(({ first }) => first);
  for (const result of [...seconds.map(({ first }) => first!), ...results.filter(({ failed }) => failed)]) {
    const output = result.output.trimEnd().split('\n');
    out.push('', `---- ${result.name}${result.fault ? `: ${result.fault}` : ''}`);
    if (output.length > 300) out.push(`(${output.length - 300} lines before are left out)`);
    out.push(...output.slice(-300));
  }
  const slow = [...results].sort((a, b) => b.ms - a.ms).slice(0, 10);
  if (results.length > 1) out.push('', 'slowest:', ...slow.map(({ ms, name }) => `  ${took(ms).padStart(7)}  ${name}`));
  const failures = results.filter(({ failed }) => failed);
  if (seconds.length) out.push('', 'passed only the second time:', ...seconds.map(({ name }) => `  ${name}`));
  if (failures.length) out.push('', 'failed:', ...failures.map(({ name }) => `  ${name}`));
  out.push('', `all of it took ${took(wallMs)}`, counts(sum(results)));
  return `${out.join('\n')}\n`;
}
