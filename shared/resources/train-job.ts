import type { KubeObject } from '../kube/kube.ts';
import { at, condition, count, isTrue, latest, objects, text } from './fields.ts';
import { jobSet, jobSetRank, mainOf } from './job-set.ts';
import type { Pod } from './pod.ts';
import type { JobKind, JobState } from './resource.ts';
import { deriveState, type Outline } from './state.ts';

export const queueLabel = 'kueue.x-k8s.io/queue-name';

/**
 * Kubeflow Trainer's TrainJob. Its conditions are only Suspended, Complete and Failed, and Suspended may be stale; the
 * rest follows from status.jobsStatus, which counts jobs (one a step), not pods: pkg/controller/trainjob_controller.go.
 */
export const trainJob: JobKind = {
  group: 'trainer.kubeflow.org',
  kind: 'TrainJob',
  plural: 'trainjobs',
  versions: ['v1alpha1'],
  shortNames: ['trainjob'],
  owns: [
    'jobsets.jobset.x-k8s.io',
    ...jobSet.owns,
    'configmaps',
    'secrets',
    'podgroups.scheduling.x-k8s.io',
    'podgroups.scheduling.volcano.sh',
  ],
  podSelector: (name) => `jobset.sigs.k8s.io/jobset-name=${name}`,
  mainContainer: (pod) => mainOf(pod),
  rank: (pod) => jobSetRank(pod),
  runtime: (job) => text(at(job, 'spec', 'runtimeRef', 'name')),
  suspendPatch: (suspend) => ({ spec: { suspend } }),
  state(job: KubeObject, pods?: readonly Pod[], nodes?: number): JobState {
    return deriveState(outline(job, nodes, pods !== undefined), pods, { ...trainJob, isNode: isTrainer });
  },
};

/** The nodes that train, not what prepares for them; MPI's launcher is one where its container is named so. */
const isTrainer = (pod: Pod) =>
  pod.metadata?.labels?.['jobset.sigs.k8s.io/replicatedjob-name'] === 'node' || mainOf(pod) === 'node';

function outline(job: KubeObject, nodes: number | undefined, podsRead: boolean): Outline {
  const steps = objects(at(job, 'status', 'jobsStatus')).map((s) => ({
    name: text(s.name),
    ready: count(s.ready),
    succeeded: count(s.succeeded),
    failed: count(s.failed),
    active: count(s.active),
    suspended: count(s.suspended),
  }));
  const trainer = steps.find((s) => s.name === 'node') ?? steps.find((s) => s.name === 'launcher');
  const suspended = condition(job, 'Suspended');
  const complete = isTrue(job, 'Complete');
  const failed = isTrue(job, 'Failed');
  const suspend = at(job, 'spec', 'suspend') === true;
  const total = count(at(job, 'spec', 'trainer', 'numNodes')) || nodes || 1;
  const any = (field: 'ready' | 'active' | 'suspended' | 'succeeded' | 'failed') => steps.some((s) => s[field] > 0);
  const resumed = suspended?.status === 'False' ? suspended.lastTransitionTime : undefined;
  const began = any('ready') || any('succeeded') || any('failed');
  return {
    deleting: job.metadata?.deletionTimestamp ? (job.metadata.finalizers ?? []) : undefined,
    succeeded: complete !== undefined,
    failed: failed !== undefined,
    why: failed ? whyFailed(job, failed) : '',
    unclear: whyUnclear(failed?.message ?? '', podsRead),
    suspended: suspend,
    queue: suspend ? (job.metadata?.labels?.[queueLabel] ?? '') : '',
    resuming:
      suspended !== undefined &&
      !suspend &&
      (suspended.status === 'True' || any('suspended') || !(any('active') || began)),
    // Without a policy of JobSet's, a failed job ends the TrainJob at once; where it goes on, it starts again.
    restarting: any('failed'),
    running: any('ready') || any('succeeded'),
    waiting: whyWaiting(job, steps.length > 0),
    nodes: { ready: (trainer && trainer.ready + trainer.succeeded > 0) || (failed && began) ? total : 0, total },
    restarts: 0,
    started: latest([job.metadata?.creationTimestamp, resumed]),
    finished: (complete ?? failed)?.lastTransitionTime || undefined,
  };
}

function whyFailed(job: KubeObject, failed: { reason: string; message: string }): string {
  if (failed.reason === 'DeadlineExceeded') {
    return `took longer than its deadline of ${count(at(job, 'spec', 'activeDeadlineSeconds'))}s`;
  }
  if (failed.reason === 'TrainingRuntimeNotSupported') return failed.message;
  if (failed.reason === 'ReachedMaxRestarts') return 'restarted as often as it may';
  // JobSet's own words say only that a job of it failed: the pods know better.
  return failed.reason === 'FailedJobs' || failed.reason === 'FailJobSetFailurePolicyAction' ? '' : failed.message;
}

/** JobSet names the job that failed first. Only where its pods were looked for can one be gone. */
function whyUnclear(message: string, podsRead: boolean): string {
  const first = /first failed job: ([^)\s]+)/.exec(message)?.[1];
  return first ? `its job ${first} failed${podsRead ? '; the pod that failed is gone' : ''}` : message;
}

function whyWaiting(job: KubeObject, seen: boolean): string {
  const manager = text(at(job, 'spec', 'managedBy'));
  if (manager && manager !== 'trainer.kubeflow.org/trainjob-controller') return `left to ${manager}`;
  return seen ? 'its pods are starting' : 'the Trainer controller has not started it yet';
}
