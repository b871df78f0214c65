import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { allServed } from '../kube/discovery.ts';
import type { Kube } from '../kube/kube.ts';
import type { JobKind } from './resource.ts';

/**
 * The Training Operator's kinds that the cluster serves, in the version that it serves; none where discovery is refused.
 * From what is remembered of the cluster where there is such: no request then.
 */
export async function servedTrainingKinds(kube: Kube, context: Context): Promise<JobKind[]> {
  const groups = await allServed(kube, context).catch((error: unknown) => {
    if (error instanceof KfError && error.exit === Exit.forbidden) return [];
    throw error;
  });
  const versions = groups.find((group) => group.name === 'kubeflow.org')?.versions ?? [];
  if (versions.length === 0) return [];
  const { allJobKinds } = await import('./index.ts');
  return (await allJobKinds()).flatMap((kind) => {
    if (kind.group !== 'kubeflow.org') return [];
    const at = versions.find(({ resources }) => resources.some((r) => r.kind === kind.kind))?.version;
    return at ? [{ ...kind, versions: [at] }] : [];
  });
}
