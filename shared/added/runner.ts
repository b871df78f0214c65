import { KfError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { containersOf, type Pod } from '../resources/pod.ts';
import { runnerLabel } from './in-cluster-objects.ts';

/** The job of a project's runner. */
export const runnerName = 'kf-runner';

export interface Runner {
  pod: string;
  image: string;
}

/**
 * The project's runner, where there is one with this image, or with the cluster's own where no other is wanted: one request.
 * Undefined too for who may not list pods: they have their own jobs.
 */
export async function findRunner(kube: Kube, image: string | undefined): Promise<Runner | undefined> {
  const pods = await kube
    .json<KubeList<Pod & KubeObject>>({
      path: `/api/v1/namespaces/${encodeURIComponent(kube.namespace)}/pods`,
      query: { labelSelector: runnerLabel, fieldSelector: 'status.phase=Running' },
    })
    .catch((error: unknown) => {
      if (error instanceof KfError && error.status?.code === 403) return { items: [] };
      throw error;
    });
  for (const pod of pods.items) {
    const has = containersOf(pod).find(({ name }) => name === 'main')?.image ?? '';
    const base = pod.metadata.labels?.[runnerLabel] === 'base';
    if (!pod.metadata.deletionTimestamp && (image === undefined ? base : has === image))
      return { pod: pod.metadata.name, image: has };
  }
  return undefined;
}
