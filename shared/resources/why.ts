import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { eventsOf, refused } from './events.ts';
import { type Happening, type NodeRoom, requested, whyPodsWait, whyPodWaits } from './explain.ts';
import { at, condition } from './fields.ts';
import type { Pod } from './pod.ts';
import { parseQuantity } from './quantity.ts';

/**
 * Why a job waits, in plain words, '' where nothing waits. Asks for the events of one pending pod, and for the nodes'
 * room where the scheduler found none and the person may read nodes and pods of all projects.
 * @param pods all of the job's pods, as they are now
 * @param job its object: with it, a job without pods is explained too (its runtime, quota, queue)
 */
export async function whyPending(
  kube: Kube,
  namespace: string,
  pods: readonly Pod[],
  job?: KubeObject,
): Promise<string> {
  const pending = pods.filter((p) => p.status?.phase === 'Pending' && !p.metadata.deletionTimestamp);
  if (pending.length === 0) return pods.length === 0 && job ? whyNoPods(kube, namespace, job) : '';
  const scheduling = pending.some((p) => /Insufficient/.test(unscheduled(p)));
  const needsEvents = pending.filter((p) => whyPodWaits(p) === 'starting');
  const [nodes, events] = await Promise.all([
    scheduling ? roomOnNodes(kube) : undefined,
    needsEvents.length > 0 ? happenings(kube, namespace, { name: needsEvents[0]!.metadata.name }) : undefined,
  ]);
  return whyPodsWait(pending, pods.length, { ...(nodes ? { nodes } : {}), ...(events ? { events } : {}) });
}

const unscheduled = (pod: Pod) => condition(pod, 'PodScheduled')?.message ?? '';

async function happenings(kube: Kube, namespace: string, about: Record<string, string>): Promise<Happening[]> {
  const events = await eventsOf(kube, namespace, about);
  return events.map((e) => ({
    reason: e.reason ?? '',
    message: e.message ?? '',
    about: e.involvedObject?.name ?? '',
  }));
}

/** No pods yet: what the job's controllers, or those of the jobs that they made, say. */
async function whyNoPods(kube: Kube, namespace: string, job: KubeObject): Promise<string> {
  const queue = job.metadata.labels?.['kueue.x-k8s.io/queue-name'];
  if (queue && (at(job, 'spec', 'suspend') ?? at(job, 'spec', 'runPolicy', 'suspend')) === true) {
    return whyQueued(kube, namespace, job, queue);
  }
  const { name } = job.metadata;
  const [own, step] = await Promise.all([
    happenings(kube, namespace, { name }),
    job.kind === 'TrainJob' ? happenings(kube, namespace, { kind: 'Job', name: `${name}-node-0` }) : [],
  ]);
  const telling = [...own, ...step].findLast((e) => /Failed|Error|Invalid/.test(e.reason));
  return telling ? whyCreateFailed(telling.message) : '';
}

/** A controller's complaint that it could not make its objects. */
export function whyCreateFailed(message: string): string {
  const quota = /exceeded quota: ([^,]+), requested: ([^\s]+), used: ([^\s]+), limited: ([^\s]+)/.exec(message);
  if (quota) return `over the quota ${quota[1]}: asks ${quota[2]}, used ${quota[3]} of ${quota[4]}`;
  const runtime = /(?:ClusterTrainingRuntime|TrainingRuntime)\S* "([^"]+)" not found/i.exec(message);
  if (runtime) return `its runtime ${runtime[1]} does not exist`;
  return message.replace(/^TrainJob resources reconciliation failed: /, '').replace(/^Error creating: /, '');
}

/** Kueue's Workload of the job tells in its QuotaReserved condition; the queue alone where it can't be read. */
async function whyQueued(kube: Kube, namespace: string, job: KubeObject, queue: string): Promise<string> {
  const said = `queued by Kueue in ${queue}`;
  for (const version of ['v1beta2', 'v1beta1']) {
    const path = `/apis/kueue.x-k8s.io/${version}/namespaces/${encodeURIComponent(namespace)}/workloads`;
    const query = { labelSelector: `kueue.x-k8s.io/job-uid=${job.metadata.uid}` };
    try {
      const list = await kube.json<KubeList<KubeObject>>({ path, query });
      const message = condition(list.items?.[0], 'QuotaReserved')?.message;
      return message ? `${said}: ${message}` : said;
    } catch (error) {
      if (!refused(error)) throw error;
    }
  }
  return said;
}

/** More pods than this are not fetched only to explain: a page. */
const mostPods = 2000;

/**
 * What each node that takes pods has left: its allocatable less what its pods ask. Undefined where the person may not
 * read that, or where the cluster is too large to ask.
 */
export async function roomOnNodes(kube: Kube): Promise<NodeRoom[] | undefined> {
  try {
    const [nodes, pods] = await Promise.all([
      kube.json<KubeList<KubeObject>>({ path: '/api/v1/nodes', query: { limit: mostPods } }),
      kube.json<KubeList<Pod & KubeObject>>({
        path: '/api/v1/pods',
        query: { fieldSelector: 'spec.nodeName!=,status.phase!=Succeeded,status.phase!=Failed', limit: mostPods },
      }),
    ]);
    if (pods.metadata.continue || nodes.metadata.continue) return undefined;
    return (nodes.items ?? []).filter(takesPods).map((node) => room(node, pods.items ?? []));
  } catch (error) {
    if (refused(error)) return undefined;
    throw error;
  }
}

const takesPods = (node: KubeObject) =>
  at(node, 'spec', 'unschedulable') !== true && condition(node, 'Ready')?.status === 'True';

function room(node: KubeObject, pods: readonly Pod[]): NodeRoom {
  const here = pods.filter((p) => p.spec?.nodeName === node.metadata.name);
  const free: Record<string, number> = {};
  for (const [resource, amount] of Object.entries((at(node, 'status', 'allocatable') ?? {}) as object)) {
    const used = here.reduce((sum, p) => sum + (requested(p, resource) ?? 0), 0);
    free[resource] = (parseQuantity(amount) ?? 0) - used;
  }
  return { name: node.metadata.name, free };
}
