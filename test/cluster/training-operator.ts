/** The Training Operator's real controllers for one namespace, beside the cluster: built once from go-training/ (minutes), kept in the cache. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureCluster, kubectl } from './index.ts';
import { cacheDir, here, shortHash } from './layout.ts';
import { step } from './progress.ts';
import { must, which, withLock } from './system.ts';

const goModule = join(here, 'go-training');
const crds = 'github.com/kubeflow/training-operator';
const env = () => ({ ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' });

/** Why the controllers can't be had, in a line. */
export const noOperator = (): string | undefined =>
  which('go') ? undefined : 'no Go to build the Training Operator with';

/** The program, built where it is not there yet: minutes when Go's own cache is cold. */
async function program(): Promise<string> {
  const sources = ['go.mod', 'go.sum', 'main.go'].map((file) => readFileSync(join(goModule, file)));
  const file = join(cacheDir(), `training-${shortHash(...sources, process.platform, process.arch)}`, 'operator');
  if (existsSync(file)) return file;
  await step('build the Training Operator (once)', () =>
    withLock(dirname(file), async () => {
      if (existsSync(file)) return;
      mkdirSync(dirname(file), { recursive: true });
      const words = ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${file}.part`, '.'];
      await must('go', words, { cwd: goModule, env: env(), nice: true });
      renameSync(`${file}.part`, file);
    }),
  );
  return file;
}

export interface Operator {
  /** What it has said so far. */
  log(): string;
  /** Ends it, and takes its kinds away where they came with it. */
  stop(): Promise<void>;
}

/** Serves the operator's kinds by its own definitions, and runs its controllers. */
export async function trainingOperator(ns: string): Promise<Operator> {
  const [file, { kubeconfig }] = await Promise.all([program(), ensureCluster()]);
  const dir = (await must('go', ['list', '-m', '-f', '{{.Dir}}', crds], { cwd: goModule, env: env() })).trim();
  const manifests = join(dir, 'manifests', 'base', 'crds');
  const before = await kubectl(['get', 'crd', 'pytorchjobs.kubeflow.org']);
  const applied = await kubectl(['apply', '--server-side', '-k', manifests]);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await kubectl(['wait', '-k', manifests, '--for=condition=Established', '--timeout=30s']);
  const init = ['--init-image', 'local.test/busybox:1', '--init-template', join(goModule, 'init.yaml')];
  const words = ['--namespace', ns, ...init];
  const child = spawn(file, words, {
    env: { ...process.env, KUBECONFIG: kubeconfig },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  // Not to outlive the test, however it ends.
  const kill = () => void child.kill('SIGKILL');
  process.on('exit', kill);
  return {
    log: () => said,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
      if (before.code !== 0) await kubectl(['delete', '-k', manifests, '--ignore-not-found', '--timeout=60s']);
    },
  };
}
