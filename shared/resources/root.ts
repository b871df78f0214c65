import type { KubeObject } from '../kube/kube.ts';
import { allComponentKinds } from './components.ts';

/**
 * Tells components at the root from those that another's controller made. An owner of a kind that no file here knows (a
 * RayCluster, a Workflow) does not count: what it made would not be seen otherwise.
 */
export async function rootTest(): Promise<(object: KubeObject) => boolean> {
  const kinds = await allComponentKinds();
  const known = new Set(kinds.flatMap((kind) => [`${kind.plural}.${kind.group}`, ...kind.owns.map(dotted)]));
  return ({ metadata }) => {
    const controller = metadata?.ownerReferences?.find((ref) => ref.controller);
    if (!controller) return true;
    const group = controller.apiVersion.includes('/') ? controller.apiVersion.split('/')[0] : '';
    return !known.has(`${controller.kind.toLowerCase()}s.${group}`);
  };
}

const dotted = (resource: string) => (resource.includes('.') ? resource : `${resource}.`);
