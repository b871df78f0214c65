/** One test file, or another check, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

export interface Result {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  ms: number;
  /** Why it counts as failed where its own totals don't say so: a crash, a hang, no test in it. */
  fault: string;
  /** stdout and stderr as they came, the last megabyte. */
  output: string;
  /** How it failed before it passed. */
  first?: Result;
}

export interface Totals {
  total: number;
  passed: number;
  skipped: number;
}

/** uvu's last lines, `Total:`, `Passed:`, `Skipped:`; undefined where it did not come so far. */
export function totals(output: string): Totals | undefined {
  const all = [...output.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm)];
  const last = all.at(-1);
  return last && { total: Number(last[1]), passed: Number(last[2]), skipped: Number(last[3]) };
}

/** Judges a file that has ended: `fault` from outside (a timeout) counts first. */
export function judge(output: string, code: number | null, fault = ''): Omit<Result, 'name' | 'ms'> {
  const found = totals(output);
  const passed = found?.passed ?? 0;
  // A file that leaves out all of its tests says so in a line.
  const none = code === 0 && !fault && !found?.total && !found?.skipped;
  const reason = none ? /^skipped: (.*)$/m.exec(output)?.[1] : undefined;
  if (reason !== undefined) return { passed: 0, failed: 0, skipped: 1, fault: reason, output };
  const skipped = found?.skipped ?? 0;
  const failed = found ? found.total - found.passed : 0;
  let why = fault;
  if (!why && !found) why = `ended with exit code ${code} before its tests were done`;
  if (!why && found && found.total === 0 && skipped === 0) why = 'ran no test';
  if (!why && code !== 0 && failed === 0) why = `all passed, but it ended with exit code ${code}`;
  return { passed, failed: why ? Math.max(1, failed) : failed, skipped, fault: why, output };
}

const keep = 1_000_000;
/** How long a file may stay once it has printed its totals: what is open then was forgotten. */
const lingerMs = 15_000;
const groups = new Set<ChildProcess>();

export interface RunOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
}

/** Runs a program in a process group of its own and ends the whole group afterwards, so that nothing is left running. */
export function runInGroup(
  file: string,
  args: string[],
  options: RunOptions,
): Promise<{ code: number | null; output: string; ms: number; fault: string }> {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    groups.add(child);
    let output = '';
    let fault = '';
    let linger: NodeJS.Timeout | undefined;
    const giveUp = (why: string) => {
      fault = why;
      endGroup(child);
    };
    const timer = setTimeout(() => giveUp(`did not end within ${options.timeoutMs / 1000} s`), options.timeoutMs);
    const take = (chunk: Buffer) => {
      output = (output + stripVTControlCharacters(chunk.toString())).slice(-keep);
      if (!linger && totals(output)) {
        linger = setTimeout(
          () => giveUp('its tests are done, but something that it opened keeps it running'),
          lingerMs,
        );
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      fault = `${file} does not start: ${error.message}`;
    });
    child.on('exit', () => endGroup(child));
    child.on('close', (code) => {
      clearTimeout(timer);
      clearTimeout(linger);
      groups.delete(child);
      resolve({ code, output, ms: Date.now() - started, fault });
    });
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

/** Ends everything that still runs. */
export function endAll(): void {
  for (const child of groups) endGroup(child);
}

/** A uvu file. */
export async function runTestFile(path: string, options: RunOptions): Promise<Result> {
  const { code, output, ms, fault } = await runInGroup(process.execPath, [path], options);
  return { name: path, ms, ...judge(output, code, fault) };
}

/** A check that is one test: it passes when it exits 0. */
export async function runCheck(name: string, args: string[], options: RunOptions): Promise<Result> {
  const { code, output, ms, fault } = await runInGroup(process.execPath, args, options);
  const ok = code === 0 && !fault;
  return {
    name,
    ms,
    passed: ok ? 1 : 0,
    failed: ok ? 0 : 1,
    skipped: 0,
    fault: ok ? '' : fault || `exit code ${code}`,
    output,
  };
}
