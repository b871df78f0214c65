/** Time and memory of whole processes. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  code: number | null;
  stdout: string;
  stderr: string;
  ms: number;
  /** Until the first byte of stdout. */
  firstMs: number;
  /** Peak resident memory in KiB, read from /proc while it runs (Linux); 0 elsewhere. */
  peakKib: number;
  /** What had come to stderr when the first of stdout came. */
  stderrAtFirst: string;
}

/** The leanest of three runs: when a collector of garbage comes by is chance. */
export async function leanest(...program: Parameters<typeof measure>): Promise<Measured> {
  const runs = [await measure(...program), await measure(...program), await measure(...program)];
  return runs.reduce((least, run) => (run.code !== 0 || run.peakKib < least.peakKib ? run : least));
}

/** Runs a program to its end and looks at its peak of memory every few milliseconds. A program that replaces itself counts with its last. */
export function measure(file: string, args: string[], env: Record<string, string | undefined>): Promise<Measured> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] });
    const got = { stdout: '', stderr: '', stderrAtFirst: '', firstMs: 0, peakKib: 0 };
    const look = () => {
      try {
        got.peakKib = Number(
          /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? got.peakKib,
        );
      } catch {
        // It has ended, or this is not Linux.
      }
    };
    const timer = setInterval(look, 3);
    child.stdout.on('data', (chunk: Buffer) => {
      if (got.firstMs === 0) [got.firstMs, got.stderrAtFirst] = [performance.now() - started, got.stderr];
      got.stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      got.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ ...got, code, ms: performance.now() - started });
    });
  });
}
