import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import { byTime, eventTime, type KubeEvent, refused } from './events.ts';
import { at, count, objects, text, texts } from './fields.ts';
import { type FoundJob, podsOf } from './find.ts';
import type { Pod } from './pod.ts';
import { podFacts, type RankState } from './pods.ts';
import type { JobState } from './resource.ts';
import { runtimeOf } from './runtime.ts';
import { whyPending } from './why.ts';

/** All that `get` and `history` tell of one job. */
export interface JobDetail {
  job: FoundJob;
  state: JobState;
  /** undefined where pods may not be read. */
  pods: Pod[] | undefined;
  ranks: RankState[];
  events: KubeEvent[];
  /** The failing rank's last lines, oldest first. */
  lastLines: string[];
  image: string;
  /** The words that the container runs: command and arguments. */
  command: string[];
}

/** Asks for all that belongs to the job, side by side. */
export async function jobDetail(kube: Kube, _context: Context, job: FoundJob): Promise<JobDetail> {
  const [pods, nodes] = await Promise.all([podsOf(kube, job), runtimeNodes(kube, job)]);
  const state = job.kind.state(job.object, pods, nodes);
  const [events, why, lastLines] = await Promise.all([
    jobEvents(kube, job, pods ?? []),
    ['Pending', 'Resuming', 'Restarting'].includes(state.phase) && !state.failure
      ? whyPending(kube, job.namespace, pods ?? [], job.object)
      : '',
    state.failure ? tailOf(kube, job.namespace, state.failure.pod, state.failure.container) : [],
  ]);
  if (why) state.why = why;
  if (state.phase === 'Failed' && !state.failure) state.why = whyGone(job, pods, events) || state.why;
  const first = (pods ?? []).find((pod) => job.kind.mainContainer(pod) !== '');
  const container = first?.spec?.containers?.find((c) => c.name === job.kind.mainContainer(first));
  const trainer = at(job.object, 'spec', 'trainer');
  return {
    job,
    state,
    pods,
    ranks: podFacts(pods ?? [], job.kind).ranks,
    events,
    lastLines,
    image: container?.image ?? text(at(trainer, 'image')),
    command: container
      ? [...(container.command ?? []), ...(container.args ?? [])]
      : [...texts(at(trainer, 'command')), ...texts(at(trainer, 'args'))],
  };
}

/**
 * The rank whose pod the Job controller took away with its exit code when it gave up: its last back-off is still among
 * the events.
 */
export function whyGone(
  job: Pick<FoundJob, 'name'>,
  pods: readonly Pod[] | undefined,
  events: readonly KubeEvent[],
): string {
  const there = new Set(pods?.map((pod) => pod.metadata.name));
  const last = events.findLast((e) => e.reason === 'BackOff' && e.involvedObject?.kind === 'Pod');
  const pod = last?.involvedObject?.name ?? '';
  const [, step, index] =
    new RegExp(`^${job.name.replaceAll('.', '\\.')}-(.+)-\\d+-(\\d+)-[a-z0-9]{5}$`).exec(pod) ?? [];
  if (!step || there.has(pod)) return '';
  return `${step}-${index} failed again and again; its pod is gone, and with it its exit code and log`;
}

/** How many nodes the runtime gives a TrainJob that does not say; undefined where that is not needed or not readable. */
export async function runtimeNodes(
  kube: Kube,
  job: Pick<FoundJob, 'object' | 'namespace'>,
): Promise<number | undefined> {
  const spec = (job.object.spec ?? {}) as Record<string, unknown>;
  const name = text(at(spec, 'runtimeRef', 'name'));
  if (!name || count(at(spec, 'trainer', 'numNodes')) > 0) return undefined;
  const kind =
    text(at(spec, 'runtimeRef', 'kind')) === 'TrainingRuntime' ? 'TrainingRuntime' : 'ClusterTrainingRuntime';
  const within =
    kind === 'TrainingRuntime'
      ? `namespaces/${encodeURIComponent(job.namespace)}/trainingruntimes`
      : 'clustertrainingruntimes';
  try {
    const path = `/apis/trainer.kubeflow.org/v1alpha1/${within}/${encodeURIComponent(name)}`;
    return runtimeOf(await kube.json<KubeObject>({ path }), kind).nodes;
  } catch (error) {
    if (refused(error)) return undefined;
    throw error;
  }
}

/** The last lines of a container's log; none where the log is gone or may not be read. */
export async function tailOf(
  kube: Kube,
  namespace: string,
  pod: string,
  container: string,
  lines = 5,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  for (const previous of [undefined, true]) {
    try {
      const log = await kube.text({ path, query: { container: container || undefined, tailLines: lines, previous } });
      if (log.trim() !== '') return log.trimEnd().split('\n');
    } catch (error) {
      if (!(error instanceof KfError)) throw error;
    }
  }
  return [];
}

/** Events of the job, of what it made, and of its pods, those that are gone too; oldest first. */
export async function jobEvents(kube: Kube, job: FoundJob, pods: readonly Pod[]): Promise<KubeEvent[]> {
  const { namespace, name, object } = job;
  const uids = new Set([object.metadata.uid, ...pods.map((p) => p.metadata.uid)]);
  const created = Date.parse(object.metadata.creationTimestamp ?? '') || 0;
  const made = new RegExp(`^${name.replace(/[.]/g, '\\.')}-[a-z0-9-]*\\d`);
  const ours = (event: KubeEvent): boolean => {
    const about = event.involvedObject ?? {};
    if (uids.has(about.uid)) return true;
    if (Date.parse(eventTime(event)) < created) return false;
    if (about.kind === 'JobSet') return about.name === name;
    return (about.kind === 'Job' || about.kind === 'Pod') && job.kind.kind !== 'Job' && made.test(about.name ?? '');
  };
  const found: KubeEvent[] = [];
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  try {
    for await (const { items } of pages<KubeEvent>(kube, path)) found.push(...items.filter(ours));
  } catch (error) {
    if (!refused(error)) throw error;
  }
  return found.sort(byTime);
}

/** The ConfigMap that a job's code came in, by the name that its trainer mounts; '' where there is none. */
export const codeOf = (pods: readonly Pod[] | undefined): string => {
  for (const pod of pods ?? []) {
    for (const volume of objects(at(pod, 'spec', 'volumes'))) {
      const name = text(at(volume, 'configMap', 'name'));
      if (name && name !== 'kube-root-ca.crt') return name;
    }
  }
  return '';
};
