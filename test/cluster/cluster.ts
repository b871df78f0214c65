/** The cluster of one checkout: up, down, what it is doing. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binariesDir, ensureBinaries } from './binaries.ts';
import { containerdSocket } from './daemons.ts';
import { ensureImages, imagesDir } from './images.ts';
import { keep } from './kept.ts';
import { applyKubeflow, kubectlOf, waitForKubeflow } from './kubeflow.ts';
import { checkoutId, checkoutPath, nodeName, runDir } from './layout.ts';
import { checkFence, removeNode, startNode } from './node.ts';
import { preflight } from './preflight.ts';
import { say, step } from './progress.ts';
import { type Claim, claimSlot, claims, readState, type State, writeState } from './state.ts';
import { alive, identify, must, type ProcessId, run, until, withLock } from './system.ts';

/** Something is missing on this machine: one line each. */
export class Missing extends Error {}

export type UpOptions = {
  /** Without JobSet, Trainer and the python image. */
  bare?: boolean;
  /** The test run for which it is; without it the cluster stays until `down`. */
  owner?: ProcessId;
};

/** Whether the recorded cluster's node lives and its API server says it is ready. */
export async function healthy(state: State | undefined, dir = runDir()): Promise<boolean> {
  if (!state?.complete || !alive(state.init) || !alive(state.holder)) return false;
  const answer = await run(...kubectlOf(dir, state)('get', '--raw', '/readyz', '--request-timeout=5s'));
  return answer.code === 0;
}

/** Brings this checkout's cluster up, unless it is. `started` says which; `state.owner` whose it is. Throws `Missing` before anything long starts. */
export async function up(options: UpOptions = {}): Promise<{ state: State; started: boolean }> {
  const missing = preflight();
  if (missing.length > 0) throw new Missing(missing.map((item) => `${item.missing}: ${item.remedy}`).join('\n'));
  const dir = runDir();
  return withLock(
    dir,
    async () => {
      const old = readState(dir);
      if (old && (await reusable(old, options, dir))) {
        if (!options.owner && old.owner) {
          delete old.owner; // a person wants it now
          writeState(dir, old);
        }
        return { state: old, started: false };
      }
      // What a person has up stays a person's, also when a test run has to start it anew.
      const persons = old?.complete && !old.owner && alive(old.init);
      if (old || existsSync(dir)) await step('clean up what an earlier run left', () => removeCheckout(dir));
      const [bin, images] = await Promise.all([ensureBinaries(), ensureImages()]);
      keep([bin, images]);
      const wanted = persons ? { bare: options.bare === true } : options;
      return { state: await start(dir, bin, images, wanted), started: true };
    },
    () => say('another run starts or ends this cluster: waiting'),
  );
}

async function reusable(old: State, options: UpOptions, dir: string): Promise<boolean> {
  if (old.owner && !alive(old.owner)) {
    say('a test run was killed and left its cluster');
    return false;
  }
  if (old.bin !== binariesDir() || old.images !== imagesDir()) {
    say('the cluster that is up is made of other versions: starting anew');
    return false;
  }
  if (old.bare && !options.bare) return false;
  return healthy(old, dir);
}

async function start(dir: string, bin: string, images: string, options: UpOptions): Promise<State> {
  const slot = await claimSlot(identify(process.pid), async (claim: Claim) => {
    say(`slot ${claim.slot}: cleaning up after ${claim.checkout}`);
    await removeNode(claim.slot, claim.run, readState(claim.run));
  });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const state: State = {
    ...{
      id: checkoutId(),
      checkout: checkoutPath(),
      slot,
      since: new Date().toISOString(),
      bare: options.bare === true,
    },
    ...{ bin, images, complete: false },
    ...(options.owner ? { owner: options.owner } : {}),
  };
  writeState(dir, state);
  const kubectl = kubectlOf(dir, state);
  try {
    await step('API server', async () => {
      await startNode(dir, state);
      await until('the API server', 60, async () => {
        if (!alive(state.init)) throw new Error(await lastWords(dir));
        return (await run(...kubectl('get', '--raw', '/readyz', '--request-timeout=2s'))).code === 0;
      });
      writeFileSync(join(dir, 'go-on'), '');
      const binding = ['create', 'clusterrolebinding', 'kubectl-kf-proxy', '--clusterrole=system:node-proxier'];
      await must(...kubectl(...binding, '--user=system:kube-proxy'));
    });
    const loaded = step('images', () => loadImages(dir, state));
    const ready = step('node', async () => {
      await until(
        'the node',
        60,
        async () => {
          const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
          return (await run(...kubectl('get', 'node', nodeName, '-o', path))).stdout === 'True';
        },
        250,
      );
      await checkFence(state);
    });
    const kubeflow = options.bare
      ? Promise.resolve()
      : step('JobSet and Trainer', async () => {
          await applyKubeflow(dir, state);
          await waitForKubeflow(dir, state);
        });
    const account = until(
      'the default service account',
      60,
      async () => {
        return (await run(...kubectl('-n', 'default', 'get', 'serviceaccount', 'default'))).code === 0;
      },
      500,
    );
    await Promise.all([loaded, ready, kubeflow, account]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\nlogs: ${join(dir, 'log')}`);
  }
  state.complete = true;
  writeState(dir, state);
  return state;
}

async function lastWords(dir: string): Promise<string> {
  const logs = readdirSync(join(dir, 'log')).map((file) => join(dir, 'log', file));
  return `the node ended:\n${(await run('tail', ['-n', '4', ...logs])).stdout}`;
}

/** Small images first: the controllers wait for them. A bare cluster has only what a pod needs. */
async function loadImages(dir: string, state: State): Promise<void> {
  const names = state.bare ? ['pause', 'busybox'] : ['pause', 'jobset', 'trainer', 'busybox', 'python'];
  for (const name of names) await importImage(dir, state, join(state.images, 'images', `${name}.tar`));
}

/** Makes the images of a docker archive known to the node. */
export async function importImage(dir: string, state: State, archive: string): Promise<void> {
  const ctr = join(state.images, 'runtime/usr/bin/ctr');
  const call = ['-a', containerdSocket(dir), '-n', 'k8s.io', 'images', 'import', archive];
  await until('containerd', 20, () => existsSync(containerdSocket(dir)));
  await must(ctr, call);
}

/**
 * Ends this checkout's cluster, if any, and all that it left; says whether there was one. With `owner`, only one that is
 * still that test run's: not one that a person has asked for meanwhile.
 */
export async function down(owner?: number): Promise<boolean> {
  const dir = runDir();
  const remove = async () => {
    if (owner !== undefined && readState(dir)?.owner?.pid !== owner) return false;
    return removeCheckout(dir);
  };
  return withLock(dir, remove, () => say('another run starts or ends this cluster: waiting'));
}

/** For an `up` of this process that is interrupted: takes away what it has begun, and nothing else. */
export async function abandon(): Promise<void> {
  const dir = runDir();
  const begun = claims().some((claim) => claim.run === dir && claim.starter.pid === process.pid);
  if (begun && !readState(dir)?.complete) await removeCheckout(dir);
}

async function removeCheckout(dir: string): Promise<boolean> {
  const id = checkoutId();
  const state = readState(dir);
  const slots = new Set(
    claims()
      .filter((claim) => claim.id === id && claim.run === dir)
      .map((claim) => claim.slot),
  );
  for (const slot of slots) await removeNode(slot, dir, state);
  const rest = existsSync(dir);
  if (rest) await must('rm', ['-rf', '--one-file-system', dir]);
  return slots.size > 0 || rest;
}
