import type { KubeObject } from '../kube/kube.ts';
import { at, condition, count, isTrue, objects, text } from './fields.ts';
import { completionIndex } from './job-set.ts';
import { containerNames, type Pod } from './pod.ts';
import type { JobKind, JobState } from './resource.ts';
import { deriveState, type Outline } from './state.ts';

/** batch/v1 Job; its status counts pods. */
export const job: JobKind = {
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  versions: ['v1'],
  shortNames: [],
  owns: ['pods', 'workloads.kueue.x-k8s.io'],
  podSelector: (name) => `batch.kubernetes.io/job-name=${name}`,
  mainContainer: (pod) => {
    const names = containerNames(pod);
    const annotated = pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
    return annotated && names.includes(annotated) ? annotated : (names[0] ?? '');
  },
  // Without completion indexes any number of pods may stand for one another: each is known by its own name.
  rank: (pod) => (indexed(pod) ? `node-${completionIndex(pod)}` : (pod.metadata?.name ?? '')),
  runtime: (object) => text(at(objects(at(object, 'spec', 'template', 'spec', 'containers'))[0], 'image')),
  suspendPatch: (suspend) => ({ spec: { suspend } }),
  state(object: KubeObject, pods?: readonly Pod[]): JobState {
    return deriveState(outline(object), pods, { ...job, isNode: () => true });
  },
};

const indexed = (pod: Pod) =>
  pod.metadata?.labels?.['batch.kubernetes.io/job-completion-index'] !== undefined ||
  pod.metadata?.annotations?.['batch.kubernetes.io/job-completion-index'] !== undefined;

const reasons: Record<string, string> = {
  BackoffLimitExceeded: '',
  PodFailurePolicy: '',
  FailedIndexes: '',
};

function outline(object: KubeObject): Outline {
  const parallelism = at(object, 'spec', 'parallelism');
  const completions = count(at(object, 'spec', 'completions'));
  const total = completions || (parallelism === undefined ? 1 : count(parallelism));
  const status = (field: string) => count(at(object, 'status', field));
  const complete = isTrue(object, 'Complete');
  const failed = isTrue(object, 'Failed');
  const suspended = condition(object, 'Suspended');
  const suspend = at(object, 'spec', 'suspend') === true;
  const ready = status('ready') + status('succeeded');
  const deadline = `took longer than its deadline of ${count(at(object, 'spec', 'activeDeadlineSeconds'))}s`;
  return {
    deleting: object.metadata?.deletionTimestamp ? (object.metadata.finalizers ?? []) : undefined,
    succeeded: complete !== undefined,
    failed: failed !== undefined,
    why: failed ? (failed.reason === 'DeadlineExceeded' ? deadline : (reasons[failed.reason] ?? failed.message)) : '',
    unclear: failed?.message ?? '',
    suspended: suspend,
    queue: suspend ? (object.metadata?.labels?.['kueue.x-k8s.io/queue-name'] ?? '') : '',
    resuming: suspended !== undefined && !suspend && (suspended.status === 'True' || status('active') + ready === 0),
    restarting: status('failed') > 0 && ready === 0,
    running: ready > 0,
    waiting: status('active') > 0 ? 'its pods are starting' : 'the Job controller has not started it yet',
    nodes: { ready: Math.min(ready, total), total },
    restarts: failed ? 0 : status('failed'),
    started: text(at(object, 'status', 'startTime')) || object.metadata?.creationTimestamp,
    finished: text(at(object, 'status', 'completionTime')) || (complete ?? failed)?.lastTransitionTime || undefined,
  };
}
