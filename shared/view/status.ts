import { styleText } from 'node:util';
import type { ComponentPhase } from '../resources/component.ts';
import { eventCount, eventTime, type KubeEvent } from '../resources/events.ts';
import type { OwnedNode } from '../resources/owned.ts';
import { byRank } from '../resources/pods.ts';
import { componentLabel } from '../resources/resolve.ts';
import type { ComponentStatus, PodLine } from '../resources/status.ts';
import { age, duration } from './age.ts';
import { clip, oneLine, safe } from './text.ts';
import { type TreeNode, treeLines } from './tree.ts';

export interface Look {
  /** Milliseconds since the epoch. */
  now: number;
  colour: boolean;
  /** Everything, however much. */
  wide: boolean;
}

type Style = Parameters<typeof styleText>[0];

const styles: Partial<Record<string, Style>> = {
  Succeeded: 'green',
  Running: 'cyan',
  Ready: 'green',
  Failed: 'red',
  Pending: 'yellow',
  Resuming: 'yellow',
  Restarting: 'yellow',
  Updating: 'yellow',
  Deleting: 'gray',
  Stopped: 'gray',
  Suspended: 'gray',
};

export const phaseStyleOf = (phase: string): Style | undefined => styles[phase];

export const painted = (colour: boolean, phase: string): string => {
  const style = colour ? styles[phase] : undefined;
  return style ? styleText(style, phase, { validateStream: false }) : phase;
};

/** Children that a node shows, unless everything is wanted. */
const most = 20;
const mostEvents = 8;

/** `status <component>` as lines: what it is, its state and why, the tree of what it owns, events, what to do next. */
export function statusLines(status: ComponentStatus, look: Look): string[] {
  const { component, state, reason, url, refused } = status;
  const facts: [string, string][] = [
    ['try', reason?.remedy ?? ''],
    ['url', url ?? ''],
    ['not shown', refused.length > 0 ? `${refused.join(', ')}: you may not read them` : ''],
  ];
  const why = state.why ? `   ${clip(oneLine(state.why), 1000)}` : '';
  const lines = treeLines(
    {
      label: `${oneLine(componentLabel(component))}   ${painted(look.colour, state.phase)}${since(status, look.now)}${why}`,
      children: childrenOf(status, look),
    },
    look.wide ? {} : { most },
  );
  for (const [name, value] of facts) if (value) lines.push(`${name}   ${oneLine(value)}`);
  if (status.lastLines.length > 0) {
    lines.push(`last lines of ${oneLine(state.failure?.rank ?? '')}`);
    for (const line of status.lastLines) lines.push(`  ${clip(safe(line).replaceAll('\n', ' '), 2000)}`);
  }
  lines.push(...eventLines(status.events, look));
  lines.push(`next   ${nextSteps(status).join('   ')}`);
  return lines;
}

function since({ state, component }: ComponentStatus, now: number): string {
  if (state.finished) return ` ${age(state.finished, now)} ago`;
  const from = ['Running', 'Ready'].includes(state.phase) ? state.started : component.object.metadata.creationTimestamp;
  return from && state.phase !== 'Unknown' ? ` ${age(from, now)}` : '';
}

/** What it made, as nodes of a tree; pods to which no owner leads stand under it directly. */
function childrenOf(status: ComponentStatus, look: Look): TreeNode[] {
  const pods = new Map((status.pods ?? []).map((pod) => [pod.object.metadata.uid, pod]));
  const { root } = status.tree;
  if (status.component.kind.kind === 'Pod') return containersOf(status);
  const convert = (owned: OwnedNode): TreeNode | undefined => {
    const uid = owned.object.metadata.uid;
    if (owned.kind === 'Pod') {
      const pod = pods.get(uid);
      pods.delete(uid);
      return pod && podNode(pod, look);
    }
    const children = convertAll(owned.children);
    const state = status.states.get(owned.path) ?? '';
    // A revision that was replaced.
    if (owned.kind === 'ReplicaSet' && children.length === 0 && state.startsWith('0 of 0')) return undefined;
    const [phase = '', ...rest] = state.split('   ');
    const label = `${owned.kind.toLowerCase()}/${oneLine(owned.name)}`;
    return { label, details: [painted(look.colour, phase), ...rest.map(oneLine)], children };
  };
  const convertAll = (nodes: readonly OwnedNode[]): TreeNode[] =>
    [...nodes]
      .sort(
        (a, b) =>
          idle(a) - idle(b) ||
          troubleOf(pods.get(a.object.metadata.uid), nodes.length) -
            troubleOf(pods.get(b.object.metadata.uid), nodes.length) ||
          byRank(a.name, b.name),
      )
      .map(convert)
      .filter((node) => node !== undefined);
  const children = convertAll(root.children);
  const loose = [...pods.values()].sort((a, b) => byRank(a.pod, b.pod));
  return [...children, ...loose.map((pod) => podNode(pod, look))];
}

/** What runs, or has made what does, stands before what only lies beside it: Services, ConfigMaps. */
const idle = ({ kind, children }: OwnedNode): number => (kind === 'Pod' || children.length > 0 ? 0 : 1);

/** Where not all pods are shown, those that are not well come first. */
const troubleOf = (pod: PodLine | undefined, of: number): number =>
  of <= most || !pod
    ? 0
    : ['Failed', 'Restarting', 'Pending', 'Unknown', 'Deleting', 'Running', 'Succeeded'].indexOf(pod.phase);

const podNode = (pod: PodLine, look: Look): TreeNode => ({
  label: oneLine(pod.pod),
  details: [
    ...(pod.rank && pod.rank !== pod.pod ? [oneLine(pod.rank)] : []),
    painted(look.colour, pod.phase),
    clip(oneLine(podText(pod, look.now)), 300),
  ],
});

/** `exit 1 after 3m10s on node1`, `3m on node1, 2 restarts, the last after exit 137 (OOMKilled)` */
function podText(pod: PodLine, now: number): string {
  const on = pod.node ? ` on ${pod.node}` : '';
  const end = pod.finished ? Date.parse(pod.finished) : now;
  const took = pod.started ? duration((end - Date.parse(pod.started)) / 1000) : '';
  const often = pod.restarts ? `, ${pod.restarts} ${pod.restarts === 1 ? 'restart' : 'restarts'}${lastExit(pod)}` : '';
  switch (pod.phase) {
    case 'Failed': {
      const code =
        pod.failure && pod.failure.exitCode >= 0 ? `exit ${pod.failure.exitCode}` : (pod.failure?.text ?? '');
      return `${code}${took && ` after ${took}`}${on}${often}`;
    }
    case 'Pending':
      return `${pod.why}${on}${often}`;
    case 'Restarting':
      return `${pod.why}${on}${often}`;
    case 'Running':
      return `${took}${pod.ready ? '' : ', not ready'}${on}${often}`;
    default:
      return `${took}${on}${often}`;
  }
}

/** How the run before this one ended. */
function lastExit({ object, phase }: PodLine): string {
  const last = (object.status?.containerStatuses ?? [])
    .map((status) => status?.lastState?.terminated)
    .find((ended) => ended !== undefined);
  if (!last || phase === 'Restarting') return '';
  return `, the last after exit ${last.exitCode}${last.reason && last.reason !== 'Error' && last.exitCode !== 0 ? ` (${last.reason})` : ''}`;
}

/** A pod owns nothing: its containers are what there is to see. */
function containersOf({ pods = [], component }: ComponentStatus): TreeNode[] {
  const pod = pods[0]?.object;
  const all = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
  const main = pod && component.kind.mainContainer(pod);
  return all.map(({ name, state, restartCount = 0, ready }) => {
    const { waiting, terminated } = state ?? {};
    const is = waiting ? `waits: ${waiting.reason ?? ''}` : terminated ? `exit ${terminated.exitCode}` : 'runs';
    const often = restartCount ? `, ${restartCount} ${restartCount === 1 ? 'restart' : 'restarts'}` : '';
    const text = `${is}${name === main && state?.running && !ready ? ', not ready' : ''}${often}`;
    return { label: oneLine(name), details: [oneLine(text)] };
  });
}

function eventLines(events: readonly KubeEvent[], { now, wide }: Look): string[] {
  const shown = wide
    ? events.map((event) => ({ event, times: eventCount(event) }))
    : folded(events.filter(tells)).slice(-mostEvents);
  if (shown.length === 0) return [];
  const kindWidth = Math.max(...shown.map(({ event }) => (event.involvedObject?.kind ?? '').length));
  return [
    'events',
    ...shown.map(({ event, times }) => {
      const often = times > 1 ? ` (${times} times)` : '';
      const kind = oneLine(event.involvedObject?.kind ?? '').padEnd(kindWidth);
      const text = clip(oneLine(`${event.reason ?? ''}: ${event.message ?? ''}`), 1000);
      return `  ${age(eventTime(event), now).padEnd(5)} ${oneLine(event.type ?? '').padEnd(7)}  ${kind}  ${text}${often}`;
    }),
  ];
}

/** What a controller says again and again, each time of another pod's name, as one: the last, and how often. */
function folded(events: readonly KubeEvent[]): { event: KubeEvent; times: number }[] {
  const found = new Map<string, { event: KubeEvent; times: number }>();
  for (const event of events) {
    const { kind, name } = event.involvedObject ?? {};
    const message = (event.message ?? '').replace(/^\(combined from similar events\): /, '');
    const words = message.replace(/-[a-z0-9]{5}(?=["\s]|$)/g, '');
    const key = [kind, name, event.reason, words].join(' ');
    const times = eventCount(event) + (found.get(key)?.times ?? 0);
    found.delete(key);
    found.set(key, { event: { ...event, message }, times });
  }
  return [...found.values()];
}

/** Not what every start goes through. */
const tells = ({ type, reason = '' }: KubeEvent) =>
  type !== 'Normal' ||
  !/^(Scheduled|Pulling|Pulled|Created|Started|SuccessfulCreate|ScalingReplicaSet|Killing)$/.test(reason);

const over: ComponentPhase[] = ['Failed', 'Succeeded'];

/** Commands that make sense in this state. */
function nextSteps({ component, state, url }: ComponentStatus): string[] {
  const word = component.kind.kind === 'TrainJob' ? component.name : componentLabel(component);
  const kf = (words: string) => `kubectl kf ${oneLine(words)}`;
  const remove = kf(`remove ${word}`);
  if (over.includes(state.phase)) return [kf(`logs ${word}`), remove];
  switch (state.phase) {
    case 'Suspended':
      return component.kind.service === 'job' ? [kf(`train resume ${word}`), remove] : [remove];
    case 'Deleting':
      return [kf('status')];
    case 'Stopped':
      return [remove];
    case 'Restarting':
      return [kf(`logs ${word} --previous`), remove];
    case 'Running':
    case 'Ready':
      return [kf(`logs -f ${word}`), ...(url ? [kf(`services open ${word}`)] : [kf(`shell ${word}`)])];
    default:
      return [kf(`status --watch ${word}`), remove];
  }
}
