/**
 * npm test: lint, types, the fast tests, then the executables, the cluster and the real tests. The last line is
 * `N passed, N failed`. `npm test -- fast`, `npm test -- test/cluster/follow.test.ts` run a part of it.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTests, type Selection, select, type TestFile } from './test/files.ts';
import { needs, startCluster, stopCluster } from './test/needs.ts';
import { counts, line, sum, summary, took } from './test/report.ts';
import { endAll, type Result, runCheck, runTestFile } from './test/run-file.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const started = Date.now();
const results: Result[] = [];
const running = new Map<string, number>();
let lastWord = Date.now();
let interrupted = false;

function say(text: string): void {
  lastWord = Date.now();
  process.stdout.write(`${text}\n`);
}

/** A sign of life where nothing ended for a while. */
const pulse = setInterval(() => {
  if (running.size === 0 || Date.now() - lastWord < 15_000) return;
  say(`  … ${[...running].map(([name, since]) => `${name} ${took(Date.now() - since)}`).join(', ')}`);
}, 1000);

/** What tests find in their environment: no colour, no npm settings, one folder for the run that goes away with it. */
function environment(folder: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', KF_RUN_DIR: folder, TMPDIR: folder };
  // Three hundred processes load the same modules: their types are taken off, and they are compiled, once (Node's own cache).
  env.NODE_COMPILE_CACHE = join(folder, 'compiled');
  for (const name of Object.keys(env)) {
    if (/^npm_|^FORCE_COLOR$|^NODE_OPTIONS$|_proxy$/i.test(name)) delete env[name];
  }
  return env;
}

async function run(name: string, body: () => Promise<Result>): Promise<Result> {
  running.set(name, Date.now());
  const result = await body();
  running.delete(name);
  if (interrupted) return result;
  results.push(result);
  say(line(result));
  return result;
}

/**
 * Runs what is left, at most `width` at a time, in order; none is begun after Ctrl-C. Several may take from the same.
 * @param enough true where no more is to be begun
 */
async function pool(left: TestFile[], width: number, env: NodeJS.ProcessEnv, enough = () => false): Promise<void> {
  const worker = async () => {
    while (!interrupted && !enough()) {
      const file = take(left);
      if (!file) return;
      const { path, timeoutMs, changes } = file;
      for (const each of changes) changed.add(each);
      await run(path, () => runTestFile(path, { cwd: root, env, timeoutMs }));
      for (const each of changes) changed.delete(each);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** What of the cluster the files that run now change. */
const changed = new Set<string>();

/** The first that changes nothing of what one that runs changes. Who gets none ends: the other takes them up. */
function take(left: TestFile[]): TestFile | undefined {
  const at = left.findIndex(({ changes }) => !changes.some((each) => changed.has(each)));
  return at < 0 ? undefined : left.splice(at, 1)[0];
}

const mostAgain = 5;

/**
 * Files that failed, once more with nothing beside them: what passes then was disturbed by the machine, not broken. It counts as
 * passed and is named at the end, with what it said the first time.
 */
async function again(files: TestFile[], env: NodeJS.ProcessEnv): Promise<void> {
  // So many are no chance.
  if (results.filter(({ failed }) => failed > 0).length > mostAgain) return;
  for (const { path, timeoutMs } of files) {
    const at = results.findIndex(({ name, failed }) => name === path && failed > 0);
    if (at < 0 || interrupted) continue;
    const [first] = results.splice(at, 1);
    say(`once more: ${path}`);
    await run(path, async () => {
      const second = await runTestFile(path, { cwd: root, env, timeoutMs });
      return second.failed ? second : { ...second, first: first! };
    });
  }
}

/** Files that cannot run here, counted and said. */
function skip(files: TestFile[], why: string): void {
  say(`skipped: ${files.length} files of tests with the real thing: ${why}`);
  for (const { path } of files) {
    const result: Result = { name: path, passed: 0, failed: 0, skipped: 1, ms: 0, fault: why, output: '' };
    results.push(result);
    say(line(result));
  }
}

/** A step before the real tests; its failure counts as one, and keeps them from running. */
async function prepare(name: string, body: () => Promise<string>): Promise<boolean> {
  const begun = Date.now();
  const result = await run(name, async () => {
    const fault = await body().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const [first = '', ...rest] = fault.split('\n');
    const ok = first === '';
    const output = rest.join('\n');
    return { name, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, ms: Date.now() - begun, fault: first, output };
  });
  return result.failed === 0;
}

/** How many files that keep the machine busy run at once on the cluster. Three are no faster on two cores, and wait for each other. */
const width = 2;

async function all({ checks, files }: Selection, env: NodeJS.ProcessEnv): Promise<void> {
  const real = files.filter(({ kind }) => kind === 'real');
  const { lacks, context } = real.length > 0 ? needs() : { lacks: [], context: undefined };
  if (lacks.length > 0) say(`the tests on the real cluster will be skipped: ${lacks.join('; ')}`);
  const options = { cwd: root, env, timeoutMs: 300_000 };
  const commands = {
    lint: ['node_modules/@biomejs/biome/bin/biome', 'check', '--colors=off', '.'],
    types: ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false'],
  };
  for (const name of checks) if (!interrupted) await run(name, () => runCheck(name, commands[name], options));
  if (lacks.length > 0) skip(real, lacks.join('; '));
  const fast = files.filter(({ kind }) => kind === 'fast');
  if (real.length === 0 || lacks.length > 0) return pool(fast, 2, env);

  // What has nothing to do with the cluster runs while that starts, and beside what must be alone on it. That comes last: a
  // cluster whose API server was killed is slow for a while.
  const alone = real.filter((file) => file.alone);
  const [part, whole] = [alone.filter(({ changes }) => changes.length), alone.filter(({ changes }) => !changes.length)];
  const others = real.filter((file) => !file.alone && !file.apart);
  const [waiting, busy] = [others.filter((file) => file.waits), others.filter((file) => !file.waits)];
  let enough = false;
  const early = pool(fast, 1, env, () => enough);
  const isReady = await ready(context !== undefined);
  if (isReady) await pool(part, width, env);
  else if (!interrupted) skip([...alone, ...others], 'what they need failed');
  enough = isReady;
  await early;
  const apart = [...real.filter((file) => file.apart), ...fast];
  if (!isReady) return pool(apart, width, env);
  const lanes = Array.from({ length: width }, () => pool(busy, 1, env));
  // Where only such are left as mostly wait, one that asks nothing of the cluster is beside them.
  const beside = Promise.race(lanes).then(() => pool(apart, 1, env));
  await Promise.all([...lanes, pool(waiting, 1, env), Promise.all(lanes).then(() => pool(waiting, 1, env))]);
  // Those wait for most of their time.
  await Promise.all([beside, pool(apart, 1, env), pool(whole, 1, env)]);
}

/** The executables and the cluster. */
async function ready(exists: boolean): Promise<boolean> {
  const build = () =>
    prepare('build', async () => {
      const done = await runCheck('build', ['scripts/build.ts'], { cwd: root, env: process.env, timeoutMs: 900_000 });
      return done.failed ? `${done.fault}\n${done.output}` : '';
    });
  // The one computes, the other mostly waits.
  const both = await Promise.all(exists ? [build()] : [build(), prepare('cluster', startCluster)]);
  return !interrupted && !both.includes(false);
}

async function main(): Promise<number> {
  const selection = select(findTests(root), process.argv.slice(2));
  if (selection.unknown.length) {
    process.stderr.write(
      `no test fits ${selection.unknown.join(', ')}; there are: lint, types, fast, real, and paths\n`,
    );
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'kf-test-'));
  chmodSync(folder, 0o755); // some tests become another user
  const env = environment(folder);
  try {
    await all(selection, env);
    if (process.argv.length === 2) await again(selection.files, env);
  } finally {
    endAll();
    await stopCluster();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  if (interrupted) say('interrupted');
  process.stdout.write(interrupted ? `${counts(sum(results))}\n` : summary(results, Date.now() - started));
  if (interrupted) return 130;
  const { passed, failed } = sum(results);
  return failed > 0 || passed === 0 ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!interrupted) say(`${signal}: ending what runs, then the cluster …`);
    interrupted = true;
    endAll();
  });
}
process.exitCode = await main();
clearInterval(pulse);
