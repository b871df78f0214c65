import type { Context } from '../cli/context.ts';
import { served } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { finalizerOwner, holding } from '../resources/finalizers.ts';
import { lookAll } from './look.ts';

interface Condition {
  type?: string;
  message?: string;
}

/** Kinds and objects of a kind that are named. */
const few = 5;

/** The objects in a namespace that finalizers keep, and so the namespace, in a line each: of the kinds that its controller says are left. */
export async function heldInside(kube: Kube, context: Context, space: KubeObject): Promise<string[]> {
  const { conditions = [] } = (space.status ?? {}) as { conditions?: Condition[] };
  const said = conditions.find(({ type }) => type === 'NamespaceContentRemaining')?.message ?? '';
  // `Some resources are remaining: configmaps. has 1 resource instances, jobs.batch has 2 resource instances`
  const left = [...said.matchAll(/([a-z0-9-]+)\.(\S*) has \d+ resource instances/g)].slice(0, few);
  const lines = await Promise.all(
    left.map(async ([, plural = '', group = '']) => {
      const at = await served(kube, context, group, plural);
      const objects = at ? ((await lookAll(kube, at, space.metadata.name)) ?? []) : [];
      return objects.slice(0, few).flatMap((object) => {
        const label = `${at!.kind.toLowerCase()}/${object.metadata.name}`;
        return holding(object).map(
          (each) => `${label} is held by the finalizer ${each} (${finalizerOwner(each, object)})`,
        );
      });
    }),
  );
  return lines.flat();
}
