import { whyPodsWait } from './explain.ts';
import { latest } from './fields.ts';
import type { Pod } from './pod.ts';
import { type PodFacts, podFacts, type RankState } from './pods.ts';
import type { JobKind, JobState } from './resource.ts';

/** What a job's own object says, whatever its kind: the first of its marks that holds is the phase. */
export interface Outline {
  /** Finalizers that hold a deleted job; undefined where it is not deleted. */
  deleting: string[] | undefined;
  succeeded: boolean;
  failed: boolean;
  /** The controller's reason for a failure, in plain words. */
  why: string;
  /** What to say of a failure that neither the controller nor a pod explains. */
  unclear?: string;
  /** What is wanted: spec.suspend. */
  suspended: boolean;
  /** Where Kueue holds it: the queue's name. */
  queue: string;
  /** Not to be suspended any more, but the controller has not started it again. */
  resuming: boolean;
  restarting: boolean;
  running: boolean;
  /** What to say where it waits and no pod tells why. */
  waiting: string;
  nodes: { ready: number; total: number };
  restarts: number;
  started: string | undefined;
  finished: string | undefined;
}

/** Joins what the job's object says with what its pods say. */
export function deriveState(outline: Outline, pods: readonly Pod[] | undefined, kind: Names): JobState {
  const over = outline.succeeded || outline.failed;
  // While a job goes on, pods that are being deleted belong to what was before a suspension or a restart.
  const goesOn = !over && !outline.deleting && !outline.suspended;
  const facts = podFacts(
    (pods ?? []).filter((p) => !goesOn || !p.metadata?.deletionTimestamp),
    kind,
  );
  const nodes = facts.ranks.filter((_, i) => kind.isNode(facts.pods[i]!));
  const total = outline.nodes.total || nodes.length;
  const state: JobState = {
    phase: 'Unknown',
    why: '',
    nodes: { ready: outline.nodes.ready, total },
    restarts: Math.max(outline.restarts, facts.restarts),
    started: facts.started ?? outline.started,
    finished: undefined,
    failure: undefined,
  };
  const as = (phase: JobState['phase'], why = ''): JobState => Object.assign(state, { phase, why });
  const ready = nodes.filter((r) => r.ready && r.phase !== 'Deleting').length;
  if (!over) state.nodes.ready = Math.min(total, Math.max(ready, outline.suspended ? 0 : outline.nodes.ready));
  if (over) state.finished = outline.finished ?? facts.finished;

  if (outline.deleting) return as('Deleting', whyDeleting(outline.deleting, facts));
  if (outline.succeeded) {
    state.nodes.ready = total;
    return as('Succeeded');
  }
  if (outline.failed) {
    state.failure = facts.failure;
    const cause = facts.failure ? `${facts.failure.rank} ${facts.failure.text}` : '';
    const began = nodes.filter((r) => r.started).length;
    state.nodes.ready = Math.min(total, Math.max(began, outline.nodes.ready));
    return as(
      'Failed',
      [outline.why, cause].filter(Boolean).join('; ') || outline.unclear || 'the controller does not say why',
    );
  }
  if (outline.suspended) {
    const left = facts.ranks.filter((r) => r.phase !== 'Succeeded' && r.phase !== 'Failed').length;
    if (outline.queue) return as('Pending', `queued by Kueue in ${outline.queue}`);
    return as('Suspended', left ? `${left} ${left === 1 ? 'pod' : 'pods'} still to stop` : '');
  }
  return active(state, outline, facts, nodes, as);
}

/** Not suspended, not over: waiting, starting, running or starting again. */
function active(
  state: JobState,
  outline: Outline,
  facts: PodFacts,
  nodes: RankState[],
  as: (phase: JobState['phase'], why?: string) => JobState,
): JobState {
  const is = (phase: RankState['phase']) => facts.ranks.filter((r) => r.phase === phase);
  if (facts.ranks.length === 0) {
    if (outline.resuming) return as('Resuming', outline.waiting);
    if (outline.restarting) return as('Restarting');
    return outline.running ? as('Running') : as('Pending', outline.waiting);
  }
  const broken = [...is('Restarting'), ...is('Failed')];
  if (broken.length > 0) {
    const worst = facts.failure ?? broken[0]?.failure;
    state.failure = worst;
    const times = state.restarts ? `, restarted ${state.restarts === 1 ? 'once' : `${state.restarts} times`}` : '';
    return as('Restarting', `${worst?.rank ?? broken[0]!.rank} ${worst?.text ?? 'ended'}${times}`);
  }
  const pending = facts.pods.filter((_, i) => facts.ranks[i]!.phase === 'Pending');
  if (pending.length > 0) {
    const why = whyPodsWait(pending, facts.pods.length);
    if (state.restarts > 0) return as('Restarting', why);
    return as(outline.resuming && !outline.running ? 'Resuming' : 'Pending', why);
  }
  if (outline.restarting) return as('Restarting');
  const first = facts.ranks.find((r) => r.phase === 'Running' && !nodes.includes(r));
  return as('Running', first && nodes.every((r) => r.phase !== 'Running') ? `${first.rank} is running` : '');
}

type Names = Pick<JobKind, 'mainContainer' | 'rank'> & { isNode(pod: Pod): boolean };

/** Finalizers that Kubernetes' own garbage collector sets, in its words. */
function whyDeleting(finalizers: string[], facts: PodFacts): string {
  const others = finalizers.filter((f) => f !== 'foregroundDeletion' && f !== 'orphan');
  if (others.length > 0) return `held by the finalizer ${others.join(', ')}`;
  const left = facts.ranks.length;
  return left > 0 ? `${left} ${left === 1 ? 'pod' : 'pods'} still to go` : '';
}

/** Seconds between the times, or until now where it goes on; undefined where it has not started. */
export function took(state: Pick<JobState, 'started' | 'finished' | 'phase'>, now: number): number | undefined {
  if (!state.started || ['Pending', 'Suspended', 'Deleting'].includes(state.phase)) return undefined;
  const start = Date.parse(state.started);
  const end = state.finished ? Date.parse(latest([state.finished, state.started])!) : now;
  return Number.isNaN(start) ? undefined : Math.max(0, Math.round((end - start) / 1000));
}
