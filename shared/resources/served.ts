import type { Context } from '../cli/context.ts';
import type { Kube } from '../kube/kube.ts';
import type { JobKind } from './resource.ts';

/** The Training Operator's kinds that the cluster serves; none where discovery is refused. */
export async function servedTrainingKinds(_kube: Kube, _context: Context): Promise<JobKind[]> {
  return [];
}
