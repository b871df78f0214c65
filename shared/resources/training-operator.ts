import type { KubeObject } from '../kube/kube.ts';
import { at, condition, count, isTrue, objects, record, text } from './fields.ts';
import { containerNames, type Pod } from './pod.ts';
import type { JobKind, JobState } from './resource.ts';
import { deriveState, type Outline } from './state.ts';

/** What sets one kind of kubeflow.org/v1 apart from the others. */
interface Shape {
  kind: string;
  plural: string;
  /** The field of spec that holds the replicas by type. */
  replicas: string;
  container: string;
}

/** A job kind of the Training Operator (v1.9): all report through the same conditions and labels. */
export function trainingOperatorKind(shape: Shape): JobKind {
  const kind: JobKind = {
    group: 'kubeflow.org',
    kind: shape.kind,
    plural: shape.plural,
    versions: ['v1'],
    shortNames: [],
    owns: [
      'pods',
      'services',
      'configmaps',
      'secrets',
      'serviceaccounts',
      'roles.rbac.authorization.k8s.io',
      'rolebindings.rbac.authorization.k8s.io',
      'podgroups.scheduling.x-k8s.io',
      'podgroups.scheduling.volcano.sh',
      'horizontalpodautoscalers.autoscaling',
      'workloads.kueue.x-k8s.io',
    ],
    podSelector: (name) => `training.kubeflow.org/job-name=${name}`,
    mainContainer: (pod) => {
      const names = containerNames(pod);
      return names.includes(shape.container) ? shape.container : (names[0] ?? '');
    },
    rank: (pod) => {
      const labels = pod.metadata?.labels ?? {};
      const type = labels['training.kubeflow.org/replica-type'];
      return type
        ? `${type.toLowerCase()}-${labels['training.kubeflow.org/replica-index'] ?? 0}`
        : (pod.metadata?.name ?? '');
    },
    runtime: (job) => {
      for (const replica of Object.values(record(at(job, 'spec', shape.replicas)))) {
        const containers = objects(at(replica, 'template', 'spec', 'containers'));
        const main = containers.find((c) => c.name === shape.container) ?? containers[0];
        if (main) return text(main.image);
      }
      return '';
    },
    suspendPatch: (suspend) => ({ spec: { runPolicy: { suspend } } }),
    state(job: KubeObject, pods?: readonly Pod[]): JobState {
      return deriveState(outline(job, shape), pods, { ...kind, isNode: () => true });
    },
  };
  return kind;
}

function outline(job: KubeObject, shape: Shape): Outline {
  const replicas = Object.values(record(at(job, 'spec', shape.replicas)));
  const total = replicas.reduce<number>(
    (sum, r) => sum + (at(r, 'replicas') === undefined ? 1 : count(at(r, 'replicas'))),
    0,
  );
  const statuses = Object.values(record(at(job, 'status', 'replicaStatuses')));
  const sum = (field: string) => statuses.reduce<number>((all, s) => all + count(at(s, field)), 0);
  const succeeded = isTrue(job, 'Succeeded');
  const failed = isTrue(job, 'Failed');
  const suspended = condition(job, 'Suspended');
  const suspend = at(job, 'spec', 'runPolicy', 'suspend') === true;
  const running = sum('active') > 0;
  const over = succeeded ?? failed;
  return {
    deleting: job.metadata?.deletionTimestamp ? (job.metadata.finalizers ?? []) : undefined,
    succeeded: succeeded !== undefined,
    failed: failed !== undefined,
    // "PyTorchJob x is failed because 1 Worker replica(s) failed.": the pods say which and how.
    why: failed && !/replica\(s\) failed/.test(failed.message) ? failed.message : '',
    suspended: suspend,
    queue: suspend ? (job.metadata?.labels?.['kueue.x-k8s.io/queue-name'] ?? '') : '',
    resuming:
      suspended !== undefined && !suspend && (suspended.status === 'True' || !(running || sum('succeeded') > 0)),
    restarting: isTrue(job, 'Restarting') !== undefined,
    running: running && (isTrue(job, 'Running') !== undefined || condition(job, 'Created') === undefined),
    waiting: isTrue(job, 'Created') ? 'its pods are starting' : 'the Training Operator has not started it yet',
    nodes: { ready: Math.min(total, over ? total : sum('active') + sum('succeeded')), total },
    restarts: 0,
    started: text(at(job, 'status', 'startTime')) || job.metadata?.creationTimestamp,
    finished: text(at(job, 'status', 'completionTime')) || over?.lastTransitionTime || undefined,
  };
}
