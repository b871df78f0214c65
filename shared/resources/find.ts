import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { jobKinds, jobKindsNamed } from './index.ts';
import { ambiguous, componentPath, lookUp, rootsOf, splitWord } from './look-up.ts';
import type { Pod } from './pod.ts';
import type { JobKind } from './resource.ts';
import { servedTrainingKinds } from './served.ts';

export { metadataOnly } from './look-up.ts';

/** A job that is there, with all that is needed to act on it. */
export interface FoundJob {
  kind: JobKind;
  object: KubeObject;
  name: string;
  namespace: string;
  /** From the server's root. */
  path: string;
}

export const jobPath: (kind: JobKind, namespace: string, name?: string) => string = componentPath;

/** `trainjob/digits`, as a person types it. */
export const labelOf = (job: Pick<FoundJob, 'kind' | 'name'>): string => `${job.kind.kind.toLowerCase()}/${job.name}`;

/**
 * The job that a word means: a name, or `kind/name`; as resolveComponent, of job kinds alone. Throws KfError: exit 3 where
 * there is none (with the closest name), 2 where two kinds have one of that name, or where the kind is no job's.
 */
export async function findJob(kube: Kube, context: Context, word: string): Promise<FoundJob> {
  const { kindWord, name } = splitWord(word, 'job');
  const kinds = kindWord === undefined ? await candidates(kube, context) : await kindsOf(kindWord);
  const { roots, refused } = await lookUp(kube, kinds, name);
  if (roots.length === 1) return roots[0]!;
  if (roots.length > 1) throw ambiguous(name, 'job', roots);
  if (refused.length > 0) throw refused[0]!.error;
  throw await notThere(kube, kinds, name);
}

/** The kinds that a bare name may mean. The Training Operator's count only where they are served. */
async function candidates(kube: Kube, context: Context): Promise<JobKind[]> {
  const own = await Promise.all(['TrainJob', 'JobSet', 'Job'].map((kind) => jobKinds[kind]!()));
  return [...own, ...(await servedTrainingKinds(kube, context))];
}

async function kindsOf(word: string): Promise<JobKind[]> {
  const kinds = await jobKindsNamed(word);
  if (kinds.length > 0) return kinds;
  const { closest } = await import('../cli/closest.ts');
  const known = Object.keys(jobKinds).map((kind) => kind.toLowerCase());
  const near = closest(word, known);
  throw usageError(`no job kind "${word}"${near ? `; did you mean ${near}?` : ''}`, `there are: ${known.join(', ')}`);
}

async function notThere(kube: Kube, kinds: readonly JobKind[], name: string): Promise<KfError> {
  const { closest } = await import('../cli/closest.ts');
  const there = (await Promise.all(kinds.map((kind) => rootsOf(kube, kind)))).flat();
  const what = kinds.length === 1 ? kinds[0]!.kind.toLowerCase() : 'job';
  const near = closest(name, new Set(there.map(({ metadata }) => metadata.name)));
  return new KfError(
    Exit.notFound,
    `no ${what} "${name}" in ${kube.namespace}${near ? `; did you mean ${near}?` : ''}`,
    { hint: 'what there is: kubectl kf train list' },
  );
}

/** All of a job's pods; none where they may not be read. */
export async function podsOf(
  kube: Kube,
  job: Pick<FoundJob, 'kind' | 'name' | 'namespace'>,
): Promise<Pod[] | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(job.namespace)}/pods`;
  try {
    return (await listAll<Pod>(kube, path, { labelSelector: job.kind.podSelector(job.name) })).items;
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.forbidden) return undefined;
    throw error;
  }
}
