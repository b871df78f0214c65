import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { fieldManager } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { at } from './fields.ts';
import { type FoundJob, findJob, labelOf } from './find.ts';

export type Change = 'suspended' | 'resumed' | 'already suspended' | 'not suspended';

/**
 * Suspends or resumes a job. Throws KfError: exit 2 where its kind can't, 1 where it is over or going.
 * @returns what became of it, and the object as it is now
 */
export async function setSuspend(
  kube: Kube,
  job: FoundJob,
  suspend: boolean,
): Promise<{ change: Change; job: FoundJob }> {
  const patch = job.kind.suspendPatch(suspend);
  const verb = suspend ? 'suspended' : 'resumed';
  if (!patch)
    throw usageError(`a ${job.kind.kind} can't be ${verb}`, `delete it: kubectl kf train delete ${labelOf(job)}`);
  const { phase } = job.kind.state(job.object);
  if (phase === 'Succeeded' || phase === 'Failed' || phase === 'Deleting') {
    const over = phase === 'Deleting' ? 'is being deleted' : `has ${phase.toLowerCase()} already`;
    throw new KfError(Exit.failed, `${labelOf(job)} ${over}: there is nothing to ${suspend ? 'suspend' : 'resume'}`, {
      hint: `see how it went: kubectl kf train get ${job.name}`,
    });
  }
  if (isSuspended(job.object) === suspend) return { change: suspend ? 'already suspended' : 'not suspended', job };
  const object = await kube.json<KubeObject>({
    method: 'PATCH',
    path: job.path,
    query: { fieldManager },
    contentType: 'application/merge-patch+json',
    body: patch,
  });
  return { change: verb, job: { ...job, object } };
}

export const isSuspended = (object: KubeObject): boolean =>
  (at(object, 'spec', 'suspend') ?? at(object, 'spec', 'runPolicy', 'suspend')) === true;

/**
 * Suspends or resumes each job, telling what became of it.
 * @param before runs before each one; what it throws ends it there
 * @returns the jobs as they are now
 */
export async function setSuspendAll(
  kube: Kube,
  jobs: readonly FoundJob[],
  suspend: boolean,
  { before, say }: { before(): void; say(line: string): void },
): Promise<FoundJob[]> {
  const changed: FoundJob[] = [];
  for (const job of jobs) {
    before();
    const { change, job: now } = await setSuspend(kube, job, suspend);
    say(`${labelOf(job)} ${change}`);
    changed.push(now);
  }
  return changed;
}

/** All the jobs that are named, before anything is done to one of them: one that is not there stops it all. */
export async function findAll(kube: Kube, context: Context, words: readonly string[]): Promise<FoundJob[]> {
  const found = await Promise.all(words.map((word) => findJob(kube, context, word)));
  return found.filter((job, i) => found.findIndex((other) => other.path === job.path) === i);
}
