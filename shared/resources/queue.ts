import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { refused } from './events.ts';
import { at, condition, count, isTrue, text } from './fields.ts';
import { byText } from './order.ts';
import { type Reason, reason } from './reason.ts';

/** Where a job stands in its queue. */
interface Standing {
  /** From 1 on. */
  position: number;
  /** How many wait in all; undefined where that is not told. */
  of: number | undefined;
  /** Who is next before the others: `trainjob/bert`. */
  ahead: string[];
}

/**
 * Why Kueue holds a job: its queue, where it stands there, who is ahead, and what its Workload says; the queue alone where the
 * rest may not be read. The visibility API knows the order; without it the order is that of Kueue's queues: priority, then time.
 */
export async function whyQueued(kube: Kube, namespace: string, job: KubeObject, queue: string): Promise<Reason> {
  const waits = `queued by Kueue in ${queue}`;
  const remedy = 'it starts by itself when there is quota for it';
  const workloads = await list(kube, namespace);
  const own = workloads?.find((each) => isOf(each, job));
  if (!workloads || !own) return reason('queue', waits, remedy);
  if (at(own, 'spec', 'active') === false) {
    return reason('queue', `${waits}, but taken out of it`, 'its Workload was deactivated: set spec.active to true');
  }
  const reserved = condition(own, 'QuotaReserved');
  if (reserved?.status === 'True') return reason('queue', `${waits}, with its quota reserved${checksOf(own)}`);
  const said = reserved?.message ? `: ${reserved.message}` : '';
  if (/LocalQueue \S+ (?:doesn't|does not) exist/i.test(said)) {
    return reason('queue', waits + said, 'name a queue that exists: kubectl get localqueues');
  }
  const standing = (await visible(kube, namespace, queue, own)) ?? computed(workloads, own);
  return reason('queue', waits + place(standing) + said, remedy);
}

function place({ position, of, ahead }: Standing): string {
  if (position === 1) return of === 1 ? ', alone in it' : ', first in it';
  const others = position - 1 - 1;
  const behind = ahead[0] ? ` (behind ${ahead[0]}${others > 0 ? ` and ${others} more` : ''})` : '';
  return `, ${position}${of ? ` of ${of}` : ''}${behind}`;
}

async function list(kube: Kube, namespace: string): Promise<KubeObject[] | undefined> {
  for (const version of ['v1beta2', 'v1beta1']) {
    const path = `/apis/kueue.x-k8s.io/${version}/namespaces/${encodeURIComponent(namespace)}/workloads`;
    try {
      return (await kube.json<KubeList<KubeObject>>({ path, query: { limit: 1000 } })).items ?? [];
    } catch (error) {
      if (!refused(error)) throw error;
    }
  }
  return undefined;
}

const isOf = (workload: KubeObject, job: KubeObject) =>
  workload.metadata.labels?.['kueue.x-k8s.io/job-uid'] === job.metadata.uid ||
  (workload.metadata.ownerReferences ?? []).some((owner) => owner.uid === job.metadata.uid);

/** Admission checks (kueue.x-k8s.io AdmissionCheck) that hold it after its quota was reserved. */
function checksOf(workload: KubeObject): string {
  const checks = (at(workload, 'status', 'admissionChecks') ?? []) as unknown[];
  const open = checks.filter((check) => text(at(check, 'state')) !== 'Ready').map((check) => text(at(check, 'name')));
  return open.length > 0 ? `; waits for ${open.join(', ')}` : '';
}

/** `trainjob/bert`, for whom the Workload stands. */
function ownerOf({ metadata }: Pick<KubeObject, 'metadata'>): string {
  const [owner] = metadata.ownerReferences ?? [];
  return owner ? `${owner.kind.toLowerCase()}/${owner.name}` : `workload/${metadata.name}`;
}

/** visibility.kueue.x-k8s.io PendingWorkloadsSummary; undefined where it is not served, or not to this person. */
async function visible(kube: Kube, namespace: string, queue: string, own: KubeObject): Promise<Standing | undefined> {
  const within = `namespaces/${encodeURIComponent(namespace)}/localqueues/${encodeURIComponent(queue)}/pendingworkloads`;
  for (const version of ['v1beta2', 'v1beta1']) {
    const path = `/apis/visibility.kueue.x-k8s.io/${version}/${within}`;
    try {
      const { items = [] } = await kube.json<KubeList<KubeObject>>({ path, query: { limit: 1000 } });
      const ordered = [...items].sort((a, b) => count(a.positionInLocalQueue) - count(b.positionInLocalQueue));
      const index = ordered.findIndex(({ metadata }) => metadata.name === own.metadata.name);
      if (index < 0) return undefined;
      return { position: index + 1, of: ordered.length, ahead: ordered.slice(0, index).map(ownerOf) };
    } catch (error) {
      if (!refused(error) && !down(error)) throw error;
    }
  }
  return undefined;
}

/** An aggregated API whose server does not answer. */
const down = (error: unknown) => count(at(error, 'status', 'code')) === 503;

function computed(workloads: readonly KubeObject[], own: KubeObject): Standing {
  const queue = at(own, 'spec', 'queueName');
  const waiting = workloads
    .filter((each) => at(each, 'spec', 'queueName') === queue && at(each, 'spec', 'active') !== false)
    .filter((each) => !isTrue(each, 'QuotaReserved') && !isTrue(each, 'Admitted') && !isTrue(each, 'Finished'))
    .sort((a, b) => priority(b) - priority(a) || byText(since(a), since(b)));
  const index = waiting.indexOf(own);
  return { position: index + 1, of: waiting.length, ahead: waiting.slice(0, index).map(ownerOf) };
}

const priority = (workload: KubeObject) => Number(at(workload, 'spec', 'priority') ?? 0) || 0;

/** One that was evicted waits since then. */
const since = (workload: KubeObject) =>
  isTrue(workload, 'Evicted')?.lastTransitionTime || (workload.metadata.creationTimestamp ?? '');
