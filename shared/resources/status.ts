import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Component, ComponentState } from './component.ts';
import { componentKinds } from './components.ts';
import { runtimeNodes, tailOf, whyGone } from './detail.ts';
import { eventsFor, type KubeEvent } from './events.ts';
import { whyPodWaits } from './explain.ts';
import { reasonFailed } from './failure.ts';
import { at, record } from './fields.ts';
import { type OwnedNode, type OwnedTree, ownedTree } from './owned.ts';
import type { Pod } from './pod.ts';
import { type RankState, rankState } from './pods.ts';
import { type Reason, reason } from './reason.ts';
import { componentPods } from './resolve.ts';
import type { Failure } from './resource.ts';
import {
  eventData,
  type FailureData,
  type PodData,
  type StatusData,
  statusVersion,
  summaryData,
} from './status-data.ts';
import { reasonPending } from './why.ts';

/** All that `status <component>` tells. */
export interface ComponentStatus {
  component: Component;
  state: ComponentState;
  /** Why it waits or failed; undefined where there is nothing to explain. */
  reason: Reason | undefined;
  url: string | undefined;
  /** undefined where pods may not be read. */
  pods: PodLine[] | undefined;
  tree: OwnedTree;
  /** What the controllers in the tree say of themselves, by path. */
  states: Map<string, string>;
  /** Oldest first. */
  events: KubeEvent[];
  /** The failing container's last lines, oldest first. */
  lastLines: string[];
  /** What the caller may not read. */
  refused: string[];
}

/** A pod and what it does. */
export interface PodLine extends RankState {
  object: Pod;
  /** Why it waits; '' where it does not. */
  why: string;
}

const waits = ['Pending', 'Resuming', 'Restarting', 'Updating'];

/** Asks for all that belongs to the component, side by side; what may not be read is told in `refused`. */
export async function componentStatus(kube: Kube, component: Component): Promise<ComponentStatus> {
  const { kind, namespace } = component;
  const [pods, tree, nodes] = await Promise.all([
    componentPods(kube, component),
    ownedTree(kube, component),
    kind.kind === 'TrainJob' ? runtimeNodes(kube, component) : undefined,
  ]);
  const object = nodes ? withNodes(component.object, nodes) : component.object;
  const state = kind.state(object, pods);
  const [events, states] = await Promise.all([eventsOfTree(kube, component, tree, pods), statesIn(kube, tree, pods)]);
  const [why, lastLines] = await Promise.all([
    explain(kube, component, state, pods, events.items),
    state.failure ? tailOf(kube, namespace, state.failure.pod, state.failure.container, 10) : [],
  ]);
  if (why && !state.failure) state.why = why.text;
  // The container's last word, where Kubernetes has none.
  if (why?.code === 'crash' && state.phase === 'Failed' && !why.text.includes(': ')) {
    // What a program prints and what it complains of come by two ways, in any order.
    const last = (lastLines.findLast((line) => complaint.test(line)) ?? lastLines.at(-1))?.trim();
    if (last && state.why.endsWith(why.text)) state.why += `: ${last}`;
  }
  const refused = [...new Set([...(pods ? [] : ['pods']), ...tree.refused, ...(events.refused ? ['events'] : [])])];
  const url = kind.url?.(object);
  const lines = pods?.map((pod) => lineOf(pod, component));
  return { component, state, reason: why, url, pods: lines, tree, states, events: events.items, lastLines, refused };
}

const complaint = /^\s*[\w.]*(?:Error|Exception|Interrupt|Exit)\b|\b(?:error|fatal|panic)\b/i;

/** A TrainJob that leaves its number of nodes to its runtime, with that number. */
const withNodes = (job: KubeObject, numNodes: number): KubeObject => ({
  ...job,
  spec: { ...record(job.spec), trainer: { ...record(at(job, 'spec', 'trainer')), numNodes } },
});

async function explain(
  kube: Kube,
  { object, name, namespace }: Component,
  state: ComponentState,
  pods: readonly Pod[] | undefined,
  events: readonly KubeEvent[],
): Promise<Reason | undefined> {
  if (state.failure) return reasonFailed(state.failure);
  switch (state.phase) {
    case 'Failed': {
      // What is to run for good may be refused its pods, and goes on trying.
      const refusal = state.finished ? undefined : await reasonPending(kube, namespace, pods ?? [], object, events);
      if (refusal) return refusal;
      const why = whyGone({ name }, pods, events) || state.why;
      return why ? reason('controller', why) : undefined;
    }
    case 'Suspended':
      return reason('suspended', state.why);
    case 'Deleting':
      return state.why
        ? reason(
            'deleting',
            state.why,
            /finalizer/.test(state.why) ? 'whoever set the finalizer must finish and take it away' : '',
          )
        : undefined;
    default: {
      if (!waits.includes(state.phase)) return undefined;
      const why = await reasonPending(kube, namespace, pods ?? [], object, events);
      return why ?? (state.why ? reason('starting', state.why) : undefined);
    }
  }
}

/** The status as `-o json` gives it. */
export function statusData(status: ComponentStatus): StatusData {
  const { component, state, reason: why, url, pods, tree, events, lastLines, refused } = status;
  const { apiVersion, metadata } = component.object;
  const named = { apiVersion: apiVersion ?? tree.root.apiVersion, kind: component.kind.kind, metadata };
  return {
    apiVersion: statusVersion,
    kind: 'ComponentStatus',
    ...summaryData(named, state, why, url),
    failure: state.failure ? failureData(state.failure, lastLines) : null,
    pods: pods?.map(podData) ?? null,
    owns: walk(tree.root).flatMap((owner) =>
      owner.children.map((made) => ({
        apiVersion: made.apiVersion,
        kind: made.kind,
        name: made.name,
        owner: `${owner.kind.toLowerCase()}/${owner.name}`,
      })),
    ),
    events: events.map(eventData),
    notReadable: refused,
  };
}

const failureData = ({ pod, container, rank, exitCode, reason }: Failure, lastLines: string[]): FailureData => ({
  ...{ pod, container, rank, exitCode, reason, lastLines },
});

const podData = ({ pod, rank, phase, ready, restarts, node, started, finished, failure, why }: PodLine): PodData => ({
  name: pod,
  ...{ rank, phase, ready, restarts, why },
  node: node || null,
  started: started ?? null,
  finished: finished ?? null,
  exitCode: failure ? failure.exitCode : phase === 'Succeeded' ? 0 : null,
});

function lineOf(pod: Pod, { kind }: Component): PodLine {
  const rank = rankState(pod, kind);
  const why = rank.phase === 'Pending' ? whyPodWaits(pod) : (rank.failure?.text ?? '');
  return { ...rank, object: pod, why };
}

/** Events of the component, of what it made, and of its pods, those that are gone too. */
function eventsOfTree(kube: Kube, { object, namespace }: Component, tree: OwnedTree, pods: readonly Pod[] | undefined) {
  const uids = new Set([object.metadata.uid, ...(pods ?? []).map((pod) => pod.metadata.uid)]);
  const makers: string[] = [];
  for (const { kind, name, object: made } of walk(tree.root)) {
    uids.add(made.metadata.uid);
    if (kind !== 'Pod') makers.push(`${name}-`);
  }
  const created = Date.parse(object.metadata.creationTimestamp ?? '') || 0;
  return eventsFor(kube, namespace, ({ involvedObject: about = {} }, time) => {
    if (uids.has(about.uid)) return true;
    // A pod that is gone bore the name of the one that made it, and five characters more.
    return about.kind === 'Pod' && time >= created && makers.some((maker) => maker === (about.name ?? '').slice(0, -5));
  });
}

/** The tree's nodes, the root first. */
export function walk(root: OwnedNode): OwnedNode[] {
  const all = [root];
  for (const node of all) all.push(...node.children);
  return all;
}

/** More controllers than this are shown without their state. */
const most = 30;

/** What the controllers between a component and its pods say of themselves. */
async function statesIn(
  kube: Kube,
  { root }: OwnedTree,
  pods: readonly Pod[] | undefined,
): Promise<Map<string, string>> {
  const told = walk(root).filter(
    ({ kind }) => kind === 'ReplicaSet' || (kind !== 'Pod' && Object.hasOwn(componentKinds, kind)),
  );
  const asked = told.filter((node) => node !== root).slice(0, most);
  const entries = await Promise.all(
    asked.map(async (node): Promise<[string, string]> => {
      const { kind, path } = node;
      const object = await kube.json<KubeObject>({ path }).catch(() => undefined);
      // A controller's own word lags behind its pods.
      const under = new Set(walk(node).map((each) => each.object.metadata.uid));
      const own = pods?.filter((pod) => under.has(pod.metadata.uid));
      return [path, object ? await stateText(kind, object, own) : ''];
    }),
  );
  return new Map(entries);
}

async function stateText(kind: string, object: KubeObject, pods: readonly Pod[] | undefined): Promise<string> {
  if (kind === 'ReplicaSet') {
    return `${Number(at(object, 'status', 'readyReplicas') ?? 0)} of ${Number(at(object, 'spec', 'replicas') ?? 1)} ready`;
  }
  const { phase, nodes, restarts } = (await componentKinds[kind]!()).state(object, pods);
  const often = restarts > 0 ? `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : '';
  return `${phase}   ${nodes.ready} of ${nodes.total}${often}`;
}
