/** Processes, locks and files of the machine, as the cluster's driver needs them. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** A process that can be told from a later one with the same number: its start time in clock ticks since boot. */
export type ProcessId = { pid: number; start: string };

/** What a finished command gave. `code` is 128 + n when a signal ended it (n unknown: 255). */
export type Output = { code: number; stdout: string; stderr: string };

/** Start time of a running process (field 22 of /proc/PID/stat), undefined when there is none or it is a zombie. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** The recorded identity of a process that runs now; throws when it has ended already. */
export function identify(pid: number): ProcessId {
  const start = startTime(pid);
  if (start === undefined) throw new Error(`process ${pid} ended at once`);
  return { pid, start };
}

/** Whether the very process that was recorded still runs. */
export function alive(id: ProcessId | undefined): boolean {
  return id !== undefined && startTime(id.pid) === id.start;
}

/** Sends a signal to a recorded process, and to no other. */
export function end(id: ProcessId | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (!id || !alive(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes in the namespace of this kind that has this inode. */
export function processesIn(kind: 'net' | 'pid', inode: string): ProcessId[] {
  const found: ProcessId[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (readlinkSync(`/proc/${entry}/ns/${kind}`) !== `${kind}:[${inode}]`) continue;
      found.push(identify(Number(entry)));
    } catch {
      // It ended meanwhile, or is a zombie.
    }
  }
  return found;
}

type RunOptions = {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  nice?: boolean;
  onLine?: (line: string) => void;
};

const running = new Set<ChildProcess>();

/** Ends what {@link run} has started and not finished, for a process that is about to exit. */
export async function endRunning(): Promise<void> {
  const ended = [...running].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** Runs a command to its end and collects what it prints; `onLine` hears each line of stderr as it comes. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Output> {
  const [file, argv] = options.nice ? ['nice', ['-n', '10', command, ...args]] : [command, args];
  const spawnOptions: SpawnOptions = { stdio: ['pipe', 'pipe', 'pipe'] };
  if (options.cwd) spawnOptions.cwd = options.cwd;
  if (options.env) spawnOptions.env = options.env;
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, spawnOptions);
    running.add(child);
    child.once('exit', () => running.delete(child)).once('error', () => running.delete(child));
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let rest = '';
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
      if (!options.onLine) return;
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    });
    child.on('error', reject);
    child.stdin?.on('error', () => {}); // a command that doesn't read its input
    child.on('close', (code, signal) => {
      const exit = code ?? (signal === 'SIGKILL' ? 137 : signal === 'SIGTERM' ? 143 : 255);
      resolve({ code: exit, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
    child.stdin?.end(options.input ?? '');
  });
}

/** Like `run`, but throws with the last lines of stderr unless the command exits 0; gives stdout. */
export async function must(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const result = await run(command, args, options);
  if (result.code === 0) return result.stdout;
  const said = (result.stderr || result.stdout).trim().split('\n').slice(-8).join('\n  ');
  throw new Error(`${command} ${args.slice(0, 4).join(' ')} exited ${result.code}:\n  ${said}`);
}

/** The full path of a program on PATH, if it is there. */
export function which(name: string): string | undefined {
  const dirs = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return dirs.map((dir) => join(dir, name)).find((path) => existsSync(path));
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is truthy; throws `what` after `seconds`. */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T> | T,
  every = 200,
): Promise<Exclude<T, undefined | null | false | '' | 0>> {
  const began = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer as Exclude<T, undefined | null | false | '' | 0>;
    const waited = Date.now() - began;
    if (waited > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    // Each question may be a process: what takes long is asked for less often.
    await sleep(Math.max(every, Math.min(1000, waited / 10)));
  }
}

/**
 * Runs `body` while nobody else on the machine holds the lock of this name. The lock is an abstract socket, so the kernel
 * frees it when its holder dies; elsewhere than on Linux it is a loopback port made from the name.
 */
export async function withLock<T>(name: string, body: () => Promise<T>, waiting: () => void = () => {}): Promise<T> {
  const digest = createHash('sha256').update(name).digest();
  const port = 20000 + (digest.readUInt16BE(0) % 12000);
  const address = process.platform === 'linux' ? `\0kubectl-kf-${digest.toString('hex').slice(0, 24)}` : undefined;
  const server = createServer((socket) => socket.destroy());
  server.unref();
  for (let told = false; ; ) {
    const taken = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen(address ? { path: address } : { port, host: '127.0.0.1' }, () => resolve(true));
    });
    server.removeAllListeners('error');
    server.removeAllListeners('listening');
    if (taken) break;
    if (!told) waiting();
    told = true;
    await sleep(250);
  }
  try {
    return await body();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
