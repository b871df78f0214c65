import { Exit, KfError } from '../cli/errors.ts';
import { removeAt } from '../kube/apply.ts';
import type { Kube } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { refused } from './events.ts';
import { type FoundJob, labelOf, metadataOnly, podsOf } from './find.ts';

/** What goes with a job. */
export interface Going {
  job: FoundJob;
  /** undefined where they may not be seen. */
  pods: number | undefined;
  /** ConfigMaps with the job's code: its own by ownerReferences, so that the garbage collector takes them. */
  configMaps: string[];
}

/** Looks up what a delete takes with it. */
export async function whatGoes(kube: Kube, job: FoundJob): Promise<Going> {
  const [pods, configMaps] = await Promise.all([podsOf(kube, job), codeMaps(kube, job)]);
  return { job, pods: pods?.length, configMaps };
}

async function codeMaps(kube: Kube, job: FoundJob): Promise<string[]> {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(job.namespace)}/configmaps`;
    const query = { labelSelector: 'app.kubernetes.io/managed-by=kubectl-kf' };
    const { items } = await listAll(kube, path, query, { accept: metadataOnly });
    const { uid } = job.object.metadata;
    return items.filter((m) => m.metadata.ownerReferences?.some((ref) => ref.uid === uid)).map((m) => m.metadata.name);
  } catch (error) {
    if (refused(error)) return [];
    throw error;
  }
}

/** `trainjob/digits (Running), 2 pods, configmap/digits-code` */
export function goingText({ job, pods, configMaps }: Going): string {
  const { phase } = job.kind.state(job.object);
  const parts = [`${labelOf(job)} (${phase})`];
  if (pods) parts.push(`${pods} ${pods === 1 ? 'pod' : 'pods'}`);
  return [...parts, ...configMaps.map((name) => `configmap/${name}`)].join(', ');
}

/**
 * Deletes the job that was found, not another of its name; what it owns goes after it. A job that is gone already is no error.
 * Throws KfError: exit 1 where another of its name has come since.
 */
export async function deleteJob(kube: Kube, job: FoundJob, dryRun = false): Promise<void> {
  const { uid } = job.object.metadata;
  try {
    // In the background: Trainer 2.3 goes on to make the JobSet anew for a TrainJob that is being deleted in the foreground.
    await removeAt(kube, job.path, { propagation: 'Background', dryRun, ...(uid ? { uid } : {}) });
  } catch (error) {
    if (!(error instanceof KfError)) throw error;
    if (error.status?.code === 409) {
      throw new KfError(Exit.failed, `${labelOf(job)} was made anew by someone else just now: nothing was deleted`, {
        hint: `look at it: kubectl kf train get ${job.name}`,
        cause: error,
      });
    }
    if (error.status?.code !== 404) throw error;
  }
}
