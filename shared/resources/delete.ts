import { Exit, KfError } from '../cli/errors.ts';
import { removeAt } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
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

/** An object that is to go. */
export interface Doomed {
  /** From the server's root. */
  path: string;
  object: Pick<KubeObject, 'metadata'>;
  /** `trainjob/digits` */
  label: string;
  /** What to do where another of its name has come since. */
  hint: string;
}

/**
 * Deletes the object that was found, not another of its name; what it owns goes after it. One that is gone already is no error.
 * Throws KfError: exit 1 where another of its name has come since.
 */
export async function deleteObject(kube: Kube, { path, object, label, hint }: Doomed, dryRun = false): Promise<void> {
  const { uid } = object.metadata;
  try {
    // In the background: Trainer 2.3 goes on to make the JobSet anew for a TrainJob that is being deleted in the foreground.
    await removeAt(kube, path, { propagation: 'Background', dryRun, ...(uid ? { uid } : {}) });
  } catch (error) {
    if (!(error instanceof KfError)) throw error;
    if (error.status?.code === 409) {
      const message = `${label} was made anew by someone else just now: nothing was deleted`;
      throw new KfError(Exit.failed, message, { hint, cause: error });
    }
    if (error.status?.code !== 404) throw error;
  }
}

/** As {@link deleteObject}, a job. */
export const deleteJob = (kube: Kube, job: FoundJob, dryRun = false): Promise<void> =>
  deleteObject(
    kube,
    { path: job.path, object: job.object, label: labelOf(job), hint: `look at it: kubectl kf train get ${job.name}` },
    dryRun,
  );
