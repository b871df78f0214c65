/** JobSet and Kubeflow Trainer on the running node, as pods. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { State } from './state.ts';
import { must, run, until } from './system.ts';

/** Applies the manifests; needs the API server alone. */
export async function applyKubeflow(dir: string, state: State): Promise<void> {
  for (const name of ['jobset', 'trainer']) await apply(dir, state, name);
}

/** Waits until both controllers are available, then adds the runtimes. */
export async function waitForKubeflow(dir: string, state: State): Promise<void> {
  const kubectl = kubectlOf(dir, state);
  await Promise.all(
    ['jobset-system', 'kubeflow-system'].map((namespace) =>
      must(...kubectl('-n', namespace, 'wait', 'deploy', '--all', '--for=condition=Available', '--timeout=120s')),
    ),
  );
  // A webhook may need a moment more than its pod.
  for (const name of ['runtimes', 'python-distributed'])
    await until(
      `the runtimes (${name})`,
      60,
      () =>
        apply(dir, state, name).then(
          () => true,
          () => false,
        ),
      500,
    );
}

async function apply(dir: string, state: State, name: string): Promise<void> {
  const file = join(state.images, 'manifests', `${name}.yaml`);
  if (!existsSync(file)) throw new Error(`${file} is missing; remove ${state.images} and try again`);
  const result = await run(...kubectlOf(dir, state)('apply', '--server-side', '--force-conflicts', '-f', file));
  if (result.code !== 0) throw new Error(`apply ${name}: ${result.stderr.trim().split('\n').slice(-3).join('; ')}`);
}

/** The arguments of `run` for a kubectl command on this cluster. */
export const kubectlOf =
  (dir: string, state: State) =>
  (...args: string[]): [string, string[]] => [
    join(state.bin, 'kubectl'),
    [`--kubeconfig=${join(dir, 'admin.kubeconfig')}`, ...args],
  ];
