import { KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { clusterNamespace } from '../registry/entry.ts';
import { at, text } from '../resources/fields.ts';

/** Where the cluster has no setting: what plugins/kf-command/image/Containerfile makes. */
export const usualImage = 'kubeflow/kf-command:1';

/** The ConfigMap of the cluster's settings for subcommands, in {@link clusterNamespace}; everyone may read it. */
const settings = 'kf-command';

export interface PodSettings {
  image: string;
  serviceAccount: string;
}

/** The image and the account of a pod that is to be made in the caller's project. */
export async function podSettings(kube: Kube, image: string | undefined): Promise<PodSettings> {
  const in_ = (namespace: string) => `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const [map, editor] = await Promise.all([
    image === undefined ? quietly(kube, `${in_(clusterNamespace)}/configmaps/${settings}`) : undefined,
    // Kubeflow's account for what a project's members run.
    quietly(kube, `${in_(kube.namespace)}/serviceaccounts/default-editor`),
  ]);
  return {
    image: image ?? (text(at(map, 'data', 'image')).trim() || usualImage),
    serviceAccount: editor ? 'default-editor' : 'default',
  };
}

/** Undefined where it is not there, or not to be seen. */
async function quietly(kube: Kube, path: string): Promise<KubeObject | undefined> {
  try {
    return await kube.json<KubeObject>({ path });
  } catch (error) {
    if (error instanceof KfError && [403, 404].includes(error.status?.code ?? 0)) return undefined;
    throw error;
  }
}
