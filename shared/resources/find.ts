import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { jobKinds, jobKindsNamed } from './index.ts';
import type { Pod } from './pod.ts';
import type { JobKind } from './resource.ts';
import { servedTrainingKinds } from './served.ts';

/** A job that is there, with all that is needed to act on it. */
export interface FoundJob {
  kind: JobKind;
  object: KubeObject;
  name: string;
  namespace: string;
  /** From the server's root. */
  path: string;
}

export const jobPath = (kind: JobKind, namespace: string, name: string): string =>
  `/apis/${kind.group}/${kind.versions[0]}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}/${encodeURIComponent(name)}`;

/** `trainjob/digits`, as a person types it. */
export const labelOf = (job: Pick<FoundJob, 'kind' | 'name'>): string => `${job.kind.kind.toLowerCase()}/${job.name}`;

/**
 * The job that a word means: a name, or `kind/name`. Throws KfError: exit 3 where there is none (with the closest name),
 * 2 where two kinds have one of that name, or where the kind is no job's.
 */
export async function findJob(kube: Kube, context: Context, word: string): Promise<FoundJob> {
  const { namespace } = kube;
  const slash = word.indexOf('/');
  const name = slash < 0 ? word : word.slice(slash + 1);
  if (name === '' || name.includes('/')) throw usageError(`"${word}" is not a job's name`, 'give a name, or kind/name');
  const kinds = slash < 0 ? await candidates(kube, context) : await kindsOf(word.slice(0, slash));
  const answers = await Promise.all(kinds.map((kind) => ask(kube, kind, namespace, name)));
  const found = answers.filter((a): a is FoundJob => 'object' in a);
  // What a TrainJob made bears its name: only the job at the root is meant.
  const roots = found.filter((job) => !found.some((other) => other !== job && owns(other.object, job.object)));
  if (roots.length === 1) return roots[0]!;
  if (roots.length > 1) {
    const all = roots.map(labelOf).join(', ');
    throw usageError(`"${name}" is more than one job: ${all}`, `say which: kind/name`);
  }
  const refusal = answers.find((a): a is { error: KfError } => 'error' in a && a.error.exit !== Exit.notFound);
  if (refusal) throw refusal.error;
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

async function ask(kube: Kube, kind: JobKind, namespace: string, name: string): Promise<FoundJob | { error: KfError }> {
  const path = jobPath(kind, namespace, name);
  try {
    const object = await kube.json<KubeObject>({ path });
    return { kind, object, name, namespace, path };
  } catch (error) {
    if (error instanceof KfError && (error.exit === Exit.notFound || error.exit === Exit.forbidden)) return { error };
    throw error;
  }
}

const owns = (owner: KubeObject, owned: KubeObject): boolean =>
  (owned.metadata.ownerReferences ?? []).some((ref) => ref.uid === owner.metadata.uid);

async function notThere(kube: Kube, kinds: readonly JobKind[], name: string): Promise<KfError> {
  const { closest } = await import('../cli/closest.ts');
  const names = (await Promise.all(kinds.map((kind) => namesOf(kube, kind)))).flat();
  const what = kinds.length === 1 ? kinds[0]!.kind.toLowerCase() : 'job';
  const near = closest(name, new Set(names));
  return new KfError(
    Exit.notFound,
    `no ${what} "${name}" in ${kube.namespace}${near ? `; did you mean ${near}?` : ''}`,
    { hint: 'what there is: kubectl kf train list' },
  );
}

/** A list's objects without spec and status; the plain list from servers that don't know that form. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Names to suggest from: a page of them, without the objects; none where they may not be listed. */
async function namesOf(kube: Kube, kind: JobKind): Promise<string[]> {
  try {
    const path = jobPath(kind, kube.namespace, '').replace(/\/$/, '');
    const list = await kube.json<KubeList<KubeObject>>({ path, query: { limit: 500 }, accept: metadataOnly });
    const roots = (list.items ?? []).filter((item) => !item.metadata.ownerReferences?.some((ref) => ref.controller));
    return roots.map((item) => item.metadata.name);
  } catch (error) {
    if (error instanceof KfError) return [];
    throw error;
  }
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
