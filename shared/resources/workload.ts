import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind, ComponentPhase, ComponentState } from './component.ts';
import { whyPodsWait } from './explain.ts';
import { at, objects, record, text, texts } from './fields.ts';
import { containerNames, type Pod } from './pod.ts';
import { podFacts } from './pods.ts';

/** What a component's own object says where it is to run until it is stopped: the first of its marks that holds is the phase. */
export interface WorkloadOutline {
  /** Finalizers that hold a deleted object; undefined where it is not deleted. */
  deleting: string[] | undefined;
  /** It is not to run: the words for it (`scaled to 0`); undefined where it is to. */
  stopped: string | undefined;
  /** Why it can't run, as its controller says; '' where it does not say so. */
  failed: string;
  /** A newer version of it is being rolled out. */
  updating: boolean;
  /** How many pods there should be, and how many are ready. */
  nodes: { ready: number; total: number };
  /** What to say where it waits and no pod tells why. */
  waiting: string;
  started: string | undefined;
  /** What it does when all is well. */
  running: ComponentPhase;
}

/** Joins what the object says with what its pods say. */
export function workloadState(
  outline: WorkloadOutline,
  pods: readonly Pod[] | undefined,
  names: Pick<ComponentKind, 'mainContainer' | 'rank'>,
): ComponentState {
  const facts = podFacts(
    (pods ?? []).filter((p) => outline.deleting || !p.metadata?.deletionTimestamp),
    names,
  );
  const left = (pods ?? []).filter((p) => p.status?.phase !== 'Succeeded' && p.status?.phase !== 'Failed').length;
  const { ready, total } = outline.nodes;
  const state: ComponentState = {
    phase: 'Unknown',
    why: '',
    nodes: { ready: Math.min(ready, total), total },
    restarts: facts.restarts,
    started: facts.started ?? outline.started,
    finished: undefined,
    failure: undefined,
  };
  const as = (phase: ComponentPhase, why = ''): ComponentState => Object.assign(state, { phase, why });
  const pods_ = (n: number) => `${n} ${n === 1 ? 'pod' : 'pods'}`;
  if (outline.deleting)
    return as('Deleting', whyDeleting(outline.deleting) || (left ? `${pods_(left)} still to go` : ''));
  if (outline.stopped !== undefined) {
    return as('Stopped', [outline.stopped, left ? `${pods_(left)} still to stop` : ''].filter(Boolean).join('; '));
  }
  // Pods that failed for good stay beside those that took their place: they count only while something lacks.
  if (ready >= total)
    return outline.failed ? as('Failed', outline.failed) : as(outline.updating ? 'Updating' : outline.running);
  const is = (phase: string) => facts.ranks.filter((r) => r.phase === phase);
  const broken = [...is('Restarting'), ...(is('Running').length + is('Pending').length < total ? is('Failed') : [])];
  if (broken.length > 0) {
    const worst = facts.failure ?? broken[0]!.failure;
    state.failure = worst;
    const times = facts.restarts ? `, restarted ${facts.restarts === 1 ? 'once' : `${facts.restarts} times`}` : '';
    return as('Restarting', `${worst?.rank ?? broken[0]!.rank} ${worst?.text ?? 'ended'}${times}`);
  }
  const pending = facts.pods.filter((_, i) => facts.ranks[i]!.phase === 'Pending');
  if (pending.length > 0) return as(outline.updating ? 'Updating' : 'Pending', whyPodsWait(pending, facts.pods.length));
  if (outline.failed) return as('Failed', outline.failed);
  const unready = is('Running').filter((r) => !r.ready).length;
  const why = unready ? `${pods_(unready)} not ready` : outline.waiting;
  return as(outline.updating ? 'Updating' : 'Pending', why);
}

/** Finalizers beside those that Kubernetes' own garbage collector sets. */
export function whyDeleting(finalizers: readonly string[]): string {
  const others = finalizers.filter((f) => f !== 'foregroundDeletion' && f !== 'orphan');
  return others.length > 0 ? `held by the finalizer ${others.join(', ')}` : '';
}

/** The finalizers of an object that is being deleted; undefined where it is not. */
export const deletingOf = (object: KubeObject): string[] | undefined =>
  object.metadata?.deletionTimestamp ? texts(object.metadata.finalizers) : undefined;

/** kubectl's default container where its annotation names one, or the first. */
export function defaultContainer(pod: Pod): string {
  const names = containerNames(pod);
  const annotated = text(at(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container'));
  return annotated && names.includes(annotated) ? annotated : (names[0] ?? '');
}

/** The container of that name where the pod has it, or the default one. */
export const containerNamed = (pod: Pod, ...wanted: string[]): string =>
  wanted.find((name) => containerNames(pod).includes(name)) || defaultContainer(pod);

export const podName = (pod: Pod): string => text(pod.metadata?.name);

/** `key=value` as a selector; undefined where the value can be no label's, so that no pod has it. */
export const labelIs = (key: string, value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= 63 && /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(value)
    ? `${key}=${value}`
    : undefined;

/** spec.selector (meta/v1 LabelSelector) as the server's list takes it; undefined where there is none, or an odd one. */
export function selectorText(selector: unknown): string | undefined {
  const parts: (string | undefined)[] = Object.entries(record(at(selector, 'matchLabels'))).map(([key, value]) =>
    value === '' ? `${key}=` : labelIs(key, value),
  );
  for (const each of objects(at(selector, 'matchExpressions'))) {
    const key = text(each.key);
    const values = texts(each.values).join(',');
    const operator = text(each.operator);
    if (operator === 'In') parts.push(`${key} in (${values})`);
    else if (operator === 'NotIn') parts.push(`${key} notin (${values})`);
    else if (operator === 'Exists') parts.push(key);
    else if (operator === 'DoesNotExist') parts.push(`!${key}`);
    else return undefined;
  }
  return parts.length > 0 && parts.every((part) => part) ? parts.join(',') : undefined;
}
