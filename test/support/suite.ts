/** The executables that krew installed, and `kubectl kf …` as a person types it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findGroups } from '../../scripts/build/groups.ts';
import { chooseTargets, executableName, hostName } from '../../scripts/build/targets.ts';
import { buildAll } from '../../scripts/build.ts';
import { installSuite } from '../../scripts/demo/install.ts';
import { toolsOf } from '../cluster/binaries.ts';
import { ensureCluster, krewTools } from '../cluster/index.ts';
import { cacheDir, checkoutId } from '../cluster/layout.ts';
import { withLock } from '../cluster/system.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Suite {
  /** krew's bin: kubectl-kf, kubectl-kf_train. */
  bin: string;
  krewRoot: string;
  /** The folder with kubectl and kubectl-krew. */
  tools: string;
}

let suite: Promise<Suite> | undefined;

/**
 * kf and kf-train, installed by the real krew from a local index; once for each build, kept in the cache. With KF_BIN (a
 * folder with the executables) that is used in its place.
 */
export function installedSuite(): Promise<Suite> {
  suite ??= install();
  return suite;
}

async function install(): Promise<Suite> {
  const tools = toolsOf(await krewTools());
  if (process.env.KF_BIN) return { bin: process.env.KF_BIN, krewRoot: join(process.env.KF_BIN, '..'), tools };
  // Of this checkout, also where the cluster is another's.
  const home = join(cacheDir(), 'suite', checkoutId(realpathSync(root)));
  return withLock(home, async () => {
    // A whole test run has built them already.
    const files = process.env.KF_RUN_DIR ? builtFiles() : await buildAll();
    // A build puts a new file in the place of the old one; to read them all takes longer than most tests.
    const built = files.map((file) => statSync(file)).map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`);
    const dir = join(home, createHash('sha256').update(built.join()).digest('hex').slice(0, 12));
    const krewRoot = join(dir, 'krew');
    if (!existsSync(join(dir, 'done'))) {
      rmSync(home, { recursive: true, force: true });
      await installSuite({ krewRoot, work: join(dir, 'index'), tools });
      rmSync(join(dir, 'index', 'archives'), { recursive: true });
      writeFileSync(join(dir, 'done'), '');
    }
    return { bin: join(krewRoot, 'bin'), krewRoot, tools };
  });
}

function builtFiles(): string[] {
  const [target] = chooseTargets(undefined);
  return findGroups().map((group) => join('dist', hostName(), executableName(group, target!)));
}

export interface KfOptions {
  env?: Record<string, string | undefined>;
  stdin?: string;
  cwd?: string;
  /** Milliseconds; then it is killed and the test fails. 120 s unless given. */
  timeout?: number;
  /** In place of the cluster's administrator. */
  kubeconfig?: string;
  /** Sends Ctrl-C (or another signal) once this shows in stdout or stderr, or after so many milliseconds. */
  signalAfter?: string | RegExp | number;
  signal?: NodeJS.Signals;
}

export interface Ran {
  /** 128+n where signal n ended it. */
  code: number;
  stdout: string;
  stderr: string;
  ms: number;
}

let scratch: string | undefined;
/** A home of its own, so that nobody's ~/.kube is read, nor written. */
export function home(): string {
  scratch ??= folder();
  return scratch;
}

/** The environment of a person who has krew, the suite and the cluster's kubeconfig. */
export async function personEnv(kubeconfig?: string): Promise<Record<string, string | undefined>> {
  const { bin, krewRoot, tools } = await installedSuite();
  return {
    HOME: home(),
    KREW_ROOT: krewRoot,
    KUBECONFIG: kubeconfig ?? (await ensureCluster()).kubeconfig,
    PATH: [bin, tools, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    LANG: 'C.UTF-8',
  };
}

/**
 * `kubectl kf <args>`, with the executables that krew installed. kubectl itself becomes kubectl-kf with the same arguments and
 * environment, which takes as long as the command does: the tests of words and of executables go through it, the others save it.
 */
export async function kf(args: string[], options: KfOptions = {}): Promise<Ran> {
  return (await startKf(args, options)).ended;
}

/** Any program, as that person would run it. */
export async function person(file: string, args: string[], options: KfOptions = {}): Promise<Ran> {
  return (await startPerson(file, args, options)).ended;
}

export interface Running {
  child: ChildProcess;
  /** What came so far. */
  out(): { stdout: string; stderr: string };
  /** Resolves when the text has come, on either stream; rejects where the program ends before. */
  saw(text: string | RegExp, timeoutMs?: number): Promise<void>;
  ended: Promise<Ran>;
}

/** `kubectl kf <args>` that goes on while the test does something. */
export async function startKf(args: string[], options: KfOptions = {}): Promise<Running> {
  if (throughKubectl) return startPerson('kubectl', ['kf', ...args], options);
  return startPerson(join((await installedSuite()).bin, 'kubectl-kf'), args, options);
}

const throughKubectl = /[\\/]test[\\/](binaries|bench)[\\/]|(readme|words|verbs|follow)\.test\.ts$/.test(
  process.argv[1] ?? '',
);

export async function startPerson(file: string, args: string[], options: KfOptions = {}): Promise<Running> {
  const env = { ...(await personEnv(options.kubeconfig)), ...options.env };
  const started = Date.now();
  const child = spawn(file, args, { env, cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const got = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      got[name] += chunk;
      for (const listener of [...listeners]) listener();
    });
  }
  child.stdin.on('error', () => {}); // a command that doesn't read its input
  child.stdin.end(options.stdin ?? '');
  const limit = options.timeout ?? 120_000;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limit);
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      for (const listener of [...listeners]) listener();
      const words = `${file} ${args.join(' ')}`;
      if (late)
        reject(
          new Error(
            `${words}: still running after ${limit} ms\n${got.stdout.slice(-2000)}\n${got.stderr.slice(-2000)}`,
          ),
        );
      else resolve({ ...got, code: code ?? (signal === 'SIGINT' ? 130 : 143), ms: Date.now() - started });
    });
  });
  const saw = (text: string | RegExp, timeoutMs = 60_000) =>
    new Promise<void>((resolve, reject) => {
      const has = () =>
        [got.stdout, got.stderr].some((all) => (typeof text === 'string' ? all.includes(text) : text.test(all)));
      const stop = (error?: Error) => {
        clearTimeout(timeout);
        listeners.delete(look);
        error ? reject(error) : resolve();
      };
      const fail = (why: string) =>
        stop(new Error(`${why} without ${text}:\n${got.stdout.slice(-2000)}\n${got.stderr.slice(-2000)}`));
      const look = () => {
        if (has()) stop();
        else if (child.exitCode !== null || child.signalCode !== null) fail('ended');
      };
      const timeout = setTimeout(() => fail(`${timeoutMs} ms`), timeoutMs);
      listeners.add(look);
      look();
    });
  ended.catch(() => {}); // seen by who awaits it
  if (options.signalAfter !== undefined) {
    const send = () => void child.kill(options.signal ?? 'SIGINT');
    if (typeof options.signalAfter === 'number') setTimeout(send, options.signalAfter);
    else saw(options.signalAfter, limit).then(send, () => {});
  }
  return { child, out: () => ({ ...got }), saw, ended };
}

const folders: string[] = [];
process.on('exit', () => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** A new folder that goes away with the test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'kf-test-'));
  folders.push(dir);
  return dir;
}

/** The names in a folder: for tests that ask what was left behind. */
export const names = (dir: string): string[] => readdirSync(dir).sort();
