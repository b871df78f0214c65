import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { unboundClaims } from './claims.ts';
import { reasonCreateFailed } from './create-failed.ts';
import { eventsOf, type KubeEvent, refused } from './events.ts';
import { type Happening, type NodeRoom, reasonPodsWait, requested, whyPodWaits } from './explain.ts';
import { at, condition } from './fields.ts';
import type { Pod } from './pod.ts';
import { parseQuantity } from './quantity.ts';
import { whyQueued } from './queue.ts';
import type { Reason } from './reason.ts';

/**
 * Why a job waits, in plain words, '' where nothing waits. As {@link reasonPending}.
 */
export const whyPending = async (
  kube: Kube,
  namespace: string,
  pods: readonly Pod[],
  job?: KubeObject,
): Promise<string> => (await reasonPending(kube, namespace, pods, job))?.text ?? '';

/**
 * Why a component waits, with what to do; undefined where nothing waits. Asks for the events of one pending pod, for its volume claims
 * where those are not bound, and for the nodes' room where the scheduler found none and the person may read nodes and pods of all projects.
 * @param pods all of its pods, as they are now
 * @param owner its object: with it, one without pods is explained too (its runtime, quota, queue)
 * @param told events of what it owns, where they are known: then the server is not asked for them
 */
export async function reasonPending(
  kube: Kube,
  namespace: string,
  pods: readonly Pod[],
  owner?: KubeObject,
  told?: readonly KubeEvent[],
): Promise<Reason | undefined> {
  const pending = pods.filter((p) => p.status?.phase === 'Pending' && !p.metadata.deletionTimestamp);
  if (pending.length === 0) {
    // With its events at hand, those pods that were not made are explained beside those that were.
    return owner && (pods.length === 0 || told) ? whyNoPods(kube, namespace, owner, told) : undefined;
  }
  const held = pending.find((p) => p.spec?.schedulingGates?.some((gate) => gate?.name === 'kueue.x-k8s.io/admission'));
  const queue = held?.metadata.labels?.[queueLabel];
  if (held && queue) return whyQueued(kube, namespace, held as unknown as KubeObject, queue);
  const scheduling = pending.some((p) => /Insufficient/.test(unscheduled(p)));
  const claiming = pending.find((p) => /PersistentVolumeClaim|persistent volumes/.test(unscheduled(p)));
  const silent = pending.find((p) => whyPodWaits(p) === 'starting');
  const [nodes, claims, events] = await Promise.all([
    scheduling ? roomOnNodes(kube) : undefined,
    claiming ? unboundClaims(kube, namespace, claiming) : undefined,
    silent ? (told?.map(happening) ?? happenings(kube, namespace, { name: silent.metadata.name })) : undefined,
  ]);
  return reasonPodsWait(pending, pods.length, {
    ...(nodes ? { nodes } : {}),
    ...(claims ? { claims } : {}),
    ...(events ? { events } : {}),
  });
}

const queueLabel = 'kueue.x-k8s.io/queue-name';
const unscheduled = (pod: Pod) => condition(pod, 'PodScheduled')?.message ?? '';

async function happenings(kube: Kube, namespace: string, about: Record<string, string>): Promise<Happening[]> {
  return (await eventsOf(kube, namespace, about)).map(happening);
}

const happening = (event: KubeEvent): Happening => ({
  reason: event.reason ?? '',
  message: event.message ?? '',
  about: event.involvedObject?.name ?? '',
});

/** No pods yet: what its controllers, or those of what they made, say. */
async function whyNoPods(
  kube: Kube,
  namespace: string,
  owner: KubeObject,
  told: readonly KubeEvent[] | undefined,
): Promise<Reason | undefined> {
  const queue = owner.metadata.labels?.[queueLabel];
  if (queue && (at(owner, 'spec', 'suspend') ?? at(owner, 'spec', 'runPolicy', 'suspend')) === true) {
    return whyQueued(kube, namespace, owner, queue);
  }
  const { name } = owner.metadata;
  const events =
    told?.filter((event) => event.involvedObject?.kind !== 'Pod').map(happening) ??
    (
      await Promise.all([
        happenings(kube, namespace, { name }),
        owner.kind === 'TrainJob' ? happenings(kube, namespace, { kind: 'Job', name: `${name}-node-0` }) : [],
      ])
    ).flat();
  const telling = events.findLast((e) => /Failed|Error|Invalid/.test(e.reason));
  return telling && reasonCreateFailed(telling.message);
}

/** A controller's complaint that it could not make its objects. */
export const whyCreateFailed = (message: string): string => reasonCreateFailed(message).text;

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
  const all: Record<string, number> = {};
  for (const [resource, amount] of Object.entries((at(node, 'status', 'allocatable') ?? {}) as object)) {
    const used = here.reduce((sum, p) => sum + (requested(p, resource) ?? 0), 0);
    all[resource] = parseQuantity(amount) ?? 0;
    free[resource] = all[resource] - used;
  }
  return { name: node.metadata.name, free, all };
}
