import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { containersOf, type Pod } from '../resources/pod.ts';
import { cacheFolder } from './cached-source.ts';
import { runnerLabel } from './in-cluster-objects.ts';

/** The job of a project's runner. */
export const runnerName = 'kf-runner';

export interface Runner {
  pod: string;
  image: string;
  /** This machine remembers it; whether it is there still shows when it is asked to run something. */
  remembered?: boolean;
}

/** The runner that this machine remembers, without a request; otherwise as {@link findRunner}. */
export const runnerFor = async (kube: Kube, context: Context, image: string | undefined): Promise<Runner | undefined> =>
  rememberedRunner(kube, context, image) ?? findRunner(kube, context, image);

export function rememberedRunner(kube: Kube, context: Context, image: string | undefined): Runner | undefined {
  try {
    const [pod, has] = readFileSync(memory(kube, context, image), 'utf8').split('\n');
    if (pod && has) return { pod, image: has, remembered: true };
  } catch {
    // None is remembered.
  }
  return undefined;
}

/** A file for each project and image. */
function memory({ server, namespace }: Kube, context: Context, image: string | undefined): string {
  const key = createHash('sha256')
    .update(JSON.stringify([server, namespace, image ?? null]))
    .digest('hex');
  return join(cacheFolder(context), 'runners', key.slice(0, 32));
}

function remember(kube: Kube, context: Context, image: string | undefined, runner: Runner | undefined): void {
  const file = memory(kube, context, image);
  try {
    rmSync(file, { force: true });
    if (!runner) return;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${runner.pod}\n${runner.image}\n`, { mode: 0o600 });
  } catch {
    // Only a request is saved by it.
  }
}

/**
 * The project's runner, where there is one with this image, or with the cluster's own where no other is wanted: one request.
 * Undefined too for who may not list pods: they have their own jobs.
 */
export async function findRunner(kube: Kube, context: Context, image: string | undefined): Promise<Runner | undefined> {
  const pods = await kube
    .json<KubeList<Pod & KubeObject>>({
      path: `/api/v1/namespaces/${encodeURIComponent(kube.namespace)}/pods`,
      query: { labelSelector: runnerLabel, fieldSelector: 'status.phase=Running' },
    })
    .catch((error: unknown) => {
      if (error instanceof KfError && error.status?.code === 403) return { items: [] };
      throw error;
    });
  const pod = pods.items.find((each) => !each.metadata.deletionTimestamp && fits(each, image));
  const runner = pod && { pod: pod.metadata.name, image: imageOf(pod) };
  remember(kube, context, image, runner);
  return runner;
}

const imageOf = (pod: Pod) => containersOf(pod).find(({ name }) => name === 'main')?.image ?? '';

const fits = (pod: Pod, image: string | undefined) =>
  image === undefined ? pod.metadata.labels?.[runnerLabel] === 'base' : imageOf(pod) === image;
