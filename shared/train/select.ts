import { Exit, type KfError, usageError } from '../cli/errors.ts';
import { resourceFor, served } from '../kube/discovery.ts';
import { problemsError } from '../manifest/errors.ts';
import { type Manifest, manifestsIn } from '../manifest/manifest.ts';
import { type Problem, placeName, type Source } from '../manifest/source.ts';
import { at } from '../resources/fields.ts';
import { jobKindOf, jobKinds } from '../resources/index.ts';
import type { JobKind } from '../resources/resource.ts';
import { missingTrainer } from '../resources/trainer.ts';
import type { Item } from './item.ts';
import { checkTrainJobName } from './name.ts';
import type { Session } from './session.ts';

export interface Selected {
  /** The job last. */
  items: Item[];
  kind: JobKind;
  /** What the manifest called the job, where that is not its name now. */
  renamed?: string | undefined;
}

/**
 * The objects of the sources, the job under its new name. Throws KfError: 2 for what is wrong in them (all of it at once), 3 for
 * kinds that the cluster does not serve.
 */
export async function selectJob(session: Session, sources: readonly Source[], name: string): Promise<Selected> {
  const { manifests, problems } = manifestsIn(sources);
  if (problems.length > 0) throw problemsError(problems);
  const kinds = await Promise.all(manifests.map(({ object }) => jobKindOf(object.apiVersion, object.kind)));
  const jobs = manifests.filter((_, i) => kinds[i]);
  if (jobs.length !== 1) throw countError(jobs, sources);
  const job = jobs[0]!;
  const kind = kinds[manifests.indexOf(job)]!;
  if (kind.kind === 'TrainJob')
    checkTrainJobName(name, 'node', Number(at(job.object, 'spec', 'trainer', 'numNodes') ?? 1));
  const renamed = rename(job, name);
  const items: Item[] = [];
  for (const manifest of manifests) {
    const found = await placeIn(session, manifest, manifest === job);
    if ('message' in found) problems.push(found);
    else items.push(found);
  }
  if (problems.length > 0) throw problemsError(problems);
  twice(items);
  const last = items.findIndex((item) => item.role === 'job');
  return { items: [...items.toSpliced(last, 1), items[last]!], kind, renamed };
}

function countError(jobs: readonly Manifest[], sources: readonly Source[]): KfError {
  if (jobs.length === 0) {
    const names = sources.map((source) => source.name).join(', ');
    return usageError(
      `there is no job in ${names}`,
      `it takes one of ${Object.keys(jobKinds).join(', ')}; nothing was created`,
    );
  }
  const list = jobs.map((job) => {
    const place = job.place(['kind'], 'name');
    return `${job.object.kind} ${job.object.metadata.name ?? ''}${place ? ` (${placeName(place)})` : ''}`;
  });
  return usageError(
    `${jobs.length} jobs, and one name for them: ${list.join(', ')}`,
    'put each in a file of its own; nothing was created',
  );
}

function rename(job: Manifest, name: string): string | undefined {
  const { metadata } = job.object;
  const before = metadata.name;
  delete metadata.generateName;
  metadata.name = name;
  return before === name ? undefined : before;
}

/** Where the object goes, or what is wrong with that. */
async function placeIn(session: Session, manifest: Manifest, isJob: boolean): Promise<Item | Problem> {
  const { kube } = session;
  const { object, place } = manifest;
  const where = await resourceFor(kube, session.context, object.apiVersion, object.kind);
  if (!where) return unserved(session, manifest);
  if (!where.namespaced) {
    const message = `${object.kind} ${object.metadata.name ?? ''} belongs to the whole cluster, not to a project`;
    return { place: place(['kind']), message, hint: 'leave it out: who runs the cluster installs such things' };
  }
  if (!object.metadata.name) {
    return { place: place(['metadata'], 'name'), message: `${object.kind} without metadata.name` };
  }
  const { namespace } = object.metadata;
  if (namespace && namespace !== kube.namespace) {
    return {
      place: place(['metadata', 'namespace']),
      message: `namespace ${namespace}, but you are in ${kube.namespace}`,
      hint: `take the line out, or add -n ${namespace}`,
    };
  }
  object.metadata.namespace = kube.namespace;
  // What a manifest from `kubectl get -o yaml` has of the server's own.
  delete object.status;
  for (const field of ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink']) {
    delete object.metadata[field];
  }
  return { manifest, served: where, role: isJob ? 'job' : 'beside' };
}

async function unserved(session: Session, { object, place }: Manifest): Promise<Problem> {
  const { apiVersion, kind } = object;
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
  const other = await served(session.kube, session.context, group, kind);
  if (other) {
    const message = `this cluster serves ${kind} as ${group ? `${group}/` : ''}${other.version}, not ${apiVersion}`;
    return { place: place(['apiVersion']), message, exit: Exit.notFound };
  }
  if (group === 'trainer.kubeflow.org') {
    const { message, hint } = missingTrainer();
    return { place: place(['kind']), message, hint, exit: Exit.notFound };
  }
  return {
    place: place(['kind']),
    message: `this cluster does not serve ${kind} (${apiVersion})`,
    exit: Exit.notFound,
  };
}

function twice(items: readonly Item[]): void {
  const seen = new Map<string, Item>();
  const problems: Problem[] = [];
  for (const item of items) {
    const { kind, metadata } = item.manifest.object;
    const key = `${item.served.group}/${kind}/${metadata.name}`;
    const first = seen.get(key)?.manifest.place(['metadata', 'name']);
    if (seen.has(key)) {
      const message = `${kind} ${metadata.name} again${first ? `: it is in ${placeName(first)} already` : ''}`;
      problems.push({ place: item.manifest.place(['metadata', 'name']), message });
    }
    seen.set(key, item);
  }
  if (problems.length > 0) throw problemsError(problems);
}
