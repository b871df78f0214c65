import type { KubeObject } from '../kube/kube.ts';
import { at, condition, count, isTrue, latest, objects, text } from './fields.ts';
import { containerNames, type Pod } from './pod.ts';
import type { JobKind, JobState } from './resource.ts';
import { deriveState, type Outline } from './state.ts';

/** JobSet: conditions and counts as sigs.k8s.io/jobset v0.12 pkg/controllers/jobset_controller.go writes them. */
export const jobSet: JobKind = {
  group: 'jobset.x-k8s.io',
  kind: 'JobSet',
  plural: 'jobsets',
  versions: ['v1alpha2'],
  shortNames: ['js'],
  owns: ['jobs.batch', 'pods', 'services', 'workloads.kueue.x-k8s.io'],
  podSelector: (name) => `jobset.sigs.k8s.io/jobset-name=${name}`,
  mainContainer: (pod) => mainOf(pod),
  rank: (pod) => jobSetRank(pod),
  runtime: (job) => text(at(firstContainer(job), 'image')),
  suspendPatch: (suspend) => ({ spec: { suspend } }),
  state(job: KubeObject, pods?: readonly Pod[]): JobState {
    return deriveState(outline(job), pods, { ...jobSet, isNode: () => true });
  },
};

/** `node-1`; with several jobs in a step their index too (`worker-2-0`); a step that prepares has its name alone. */
export function jobSetRank(pod: Pod): string {
  const labels = pod.metadata?.labels ?? {};
  const step = labels['jobset.sigs.k8s.io/replicatedjob-name'];
  if (!step) return pod.metadata?.name ?? '';
  const index = completionIndex(pod);
  const job =
    Number(labels['jobset.sigs.k8s.io/replicatedjob-replicas'] ?? 1) > 1
      ? `-${labels['jobset.sigs.k8s.io/job-index'] ?? 0}`
      : '';
  if (!job && /-initializer$|^launcher$/.test(step)) return step;
  return `${step}${job}-${index}`;
}

export const completionIndex = (pod: Pod): string =>
  pod.metadata?.labels?.['batch.kubernetes.io/job-completion-index'] ??
  pod.metadata?.annotations?.['batch.kubernetes.io/job-completion-index'] ??
  '0';

/** The container named as its step, `node` in a launcher that is a node, kubectl's default, or the first. */
export function mainOf(pod: Pod): string {
  const names = containerNames(pod);
  const step = pod.metadata?.labels?.['jobset.sigs.k8s.io/replicatedjob-name'] ?? '';
  const annotated = pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  return [step, 'node', annotated].find((name) => name && names.includes(name)) ?? names[0] ?? '';
}

const steps = (job: KubeObject) => objects(at(job, 'spec', 'replicatedJobs'));
const firstContainer = (job: KubeObject) =>
  objects(at(steps(job)[0], 'template', 'spec', 'template', 'spec', 'containers'))[0];

/** Pods of one job of a step. */
function podsIn(step: Record<string, unknown>): number {
  const parallelism = at(step, 'template', 'spec', 'parallelism');
  const wide = parallelism === undefined ? 1 : count(parallelism);
  const completions = count(at(step, 'template', 'spec', 'completions'));
  return completions ? Math.min(wide, completions) : wide;
}

function outline(job: KubeObject): Outline {
  const counts = objects(at(job, 'status', 'replicatedJobsStatus'));
  const pods = new Map(steps(job).map((s) => [text(s.name), podsIn(s)]));
  const total = steps(job).reduce((sum, s) => sum + podsIn(s) * (s.replicas === undefined ? 1 : count(s.replicas)), 0);
  const ready = counts.reduce(
    (sum, s) => sum + (count(s.ready) + count(s.succeeded)) * (pods.get(text(s.name)) ?? 1),
    0,
  );
  const any = (field: string) => counts.some((s) => count(s[field]) > 0);
  const completed = isTrue(job, 'Completed');
  const failed = isTrue(job, 'Failed');
  const suspended = condition(job, 'Suspended');
  const suspend = at(job, 'spec', 'suspend') === true;
  const terminal = text(at(job, 'status', 'terminalState'));
  const active = any('active') || any('ready');
  return {
    deleting: job.metadata?.deletionTimestamp ? (job.metadata.finalizers ?? []) : undefined,
    succeeded: completed !== undefined || terminal === 'Completed',
    failed: failed !== undefined || terminal === 'Failed',
    why:
      failed?.reason === 'ReachedMaxRestarts'
        ? 'restarted as often as it may'
        : failed?.reason === 'FailedJobs'
          ? ''
          : (failed?.message ?? ''),
    suspended: suspend,
    queue: suspend ? (job.metadata?.labels?.['kueue.x-k8s.io/queue-name'] ?? '') : '',
    resuming:
      suspended !== undefined &&
      !suspend &&
      (suspended.status === 'True' || any('suspended') || !(active || any('succeeded'))),
    restarting: isTrue(job, 'RestartingJobSet') !== undefined || (count(at(job, 'status', 'restarts')) > 0 && !active),
    running: any('ready') || any('succeeded'),
    waiting: counts.length > 0 ? 'its pods are starting' : 'the JobSet controller has not started it yet',
    nodes: { ready: Math.min(ready, total), total },
    restarts: count(at(job, 'status', 'restarts')),
    started: latest([
      job.metadata?.creationTimestamp,
      suspended?.status === 'False' ? suspended.lastTransitionTime : undefined,
    ]),
    finished: (completed ?? failed)?.lastTransitionTime || undefined,
  };
}
