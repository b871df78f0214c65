import { count, earliest, latest, objects, text } from './fields.ts';
import { byText } from './order.ts';
import { type ContainerStatus, containersOf, initContainersOf, type Pod } from './pod.ts';
import type { Failure, JobKind } from './resource.ts';

type Names = Pick<JobKind, 'mainContainer' | 'rank'>;

export type PodPhase = 'Pending' | 'Running' | 'Restarting' | 'Succeeded' | 'Failed' | 'Deleting' | 'Unknown';

/** One pod of a job as a line of `get` shows it. */
export interface RankState {
  rank: string;
  pod: string;
  phase: PodPhase;
  node: string;
  ready: boolean;
  restarts: number;
  started: string | undefined;
  finished: string | undefined;
  failure: Failure | undefined;
}

const statuses = (pod: Pod): ContainerStatus[] =>
  objects(pod.status?.containerStatuses) as unknown as ContainerStatus[];
const initStatuses = (pod: Pod): ContainerStatus[] =>
  objects(pod.status?.initContainerStatuses) as unknown as ContainerStatus[];

/** The main container's status, or of the only one. */
export function mainStatus(pod: Pod, names: Names): ContainerStatus | undefined {
  const all = statuses(pod);
  const main = names.mainContainer(pod);
  return all.find((s) => s.name === main) ?? (all.length === 1 ? all[0] : undefined);
}

/** What one pod does, from its own status. */
export function rankState(pod: Pod, names: Names): RankState {
  const main = mainStatus(pod, names);
  const all = [...initStatuses(pod), ...statuses(pod)];
  const ended = main?.state?.terminated;
  return {
    rank: names.rank(pod),
    pod: pod.metadata?.name ?? '',
    phase: podPhase(pod, main),
    node: pod.spec?.nodeName ?? '',
    ready: main?.ready === true || pod.status?.phase === 'Succeeded',
    restarts: all.reduce((sum, s) => sum + count(s.restartCount), 0),
    started: earliest([main?.state?.running?.startedAt ?? ended?.startedAt ?? main?.lastState?.terminated?.startedAt]),
    finished: ended?.finishedAt ?? (isOver(pod) ? latest(all.map((s) => s.state?.terminated?.finishedAt)) : undefined),
    failure: podFailure(pod, names),
  };
}

const isOver = (pod: Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

function podPhase(pod: Pod, main: ContainerStatus | undefined): PodPhase {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return phase;
  if (pod.metadata?.deletionTimestamp) return 'Deleting';
  const backOff = [...statuses(pod), ...initStatuses(pod)].some((s) => s.state?.waiting?.reason === 'CrashLoopBackOff');
  const between = main?.lastState?.terminated && !main.state?.running && !main.state?.terminated;
  if (backOff || between) return 'Restarting';
  return phase === 'Running' || phase === 'Pending' ? phase : phase === undefined ? 'Pending' : 'Unknown';
}

/** Why the pod failed, or why its container ended the last time where it is being restarted; undefined where nothing failed. */
export function podFailure(pod: Pod, names: Names): Failure | undefined {
  const failed = pod.status?.phase === 'Failed';
  const main = mainStatus(pod, names);
  const ordered = [main, ...initStatuses(pod), ...statuses(pod).filter((s) => s !== main)].filter((s) => !!s);
  const about = { rank: names.rank(pod), pod: pod.metadata?.name ?? '' };
  const why = pod.status?.reason ?? '';
  if (failed && ['Evicted', 'NodeLost', 'Preempting', 'Terminated', 'Shutdown', 'NodeAffinity'].includes(why)) {
    const word = why === 'Evicted' ? 'was evicted' : `was stopped (${why})`;
    return { ...about, container: main?.name ?? '', exitCode: mainExit(main), reason: why, text: word + said(pod) };
  }
  for (const status of ordered) {
    const ended = status.state?.terminated ?? (status.state?.running ? undefined : status.lastState?.terminated);
    if (!ended || ended.exitCode === 0 || typeof ended.exitCode !== 'number') continue;
    const inIt = status === main ? '' : `${status.name} `;
    const how = inIt + exitText(ended, limitOf(pod, status.name));
    return { ...about, container: status.name, exitCode: ended.exitCode, reason: text(ended.reason), text: how };
  }
  if (!failed) return undefined;
  const how = why ? `failed (${why})${said(pod)}` : 'failed';
  return { ...about, container: main?.name ?? '', exitCode: mainExit(main), reason: why, text: how };
}

const said = (pod: Pod) => (pod.status?.message ? `: ${pod.status.message}` : '');

const mainExit = (main: ContainerStatus | undefined) => main?.state?.terminated?.exitCode ?? -1;

const limitOf = (pod: Pod, container: string) =>
  [...containersOf(pod), ...initContainersOf(pod)].find((c) => c.name === container)?.resources?.limits?.memory;

const signals: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** A container's end in plain words; the last line of its termination message goes with it. */
function exitText(
  ended: { exitCode: number; signal?: number; reason?: string; message?: string },
  memory: string | undefined,
): string {
  const code = ended.exitCode;
  const reason = text(ended.reason);
  const last = text(ended.message).trimEnd().split('\n').at(-1)?.trim();
  const tail = last ? `: ${last}` : '';
  if (reason === 'OOMKilled') return `ran out of memory (${memory ? `limit ${memory}, ` : ''}OOMKilled)`;
  if (/^(StartError|ContainerCannotRun)$/.test(reason)) return `could not start${startTail(last) || ` (${reason})`}`;
  if (reason === 'DeadlineExceeded') return `ran out of time${tail}`;
  const signal = signals[ended.signal ?? code - 128];
  if (signal) return `was killed by ${signal} (exit ${code})${tail}`;
  const known = code === 127 ? ' (command not found)' : code === 126 ? ' (not executable)' : '';
  return `exited ${code}${last ? '' : known}${tail}`;
}

/** Of the chain of runtimes that pass an error on, what the last of them says. */
const startTail = (message = '') => {
  const inner = /\bexec: .*$/.exec(message)?.[0] ?? message;
  return inner && `: ${inner.replace(/: unknown$/, '')}`;
};

/** What all of a job's pods say together. */
export interface PodFacts {
  /** The pod that counts for each rank: the newest. */
  ranks: RankState[];
  pods: Pod[];
  started: string | undefined;
  finished: string | undefined;
  restarts: number;
  failure: Failure | undefined;
}

/** Reduces a job's pods; those that a newer pod of the same rank replaced count as restarts. */
export function podFacts(pods: readonly Pod[], names: Names): PodFacts {
  const newest = new Map<string, Pod>();
  let replaced = 0;
  let older: Failure | undefined;
  for (const pod of [...pods].sort(byAge)) {
    const rank = names.rank(pod);
    const before = newest.get(rank);
    if (before) {
      replaced++;
      older = podFailure(before, names) ?? older;
    }
    newest.set(rank, pod);
  }
  const entries = [...newest].sort(([a], [b]) => byRank(a, b));
  const ranks = entries.map(([, pod]) => rankState(pod, names));
  const attempts = Math.max(0, ...entries.map(([, pod]) => restartAttempt(pod)));
  return {
    ranks,
    pods: entries.map(([, pod]) => pod),
    started: earliest(ranks.map((r) => r.started)),
    finished: latest(ranks.map((r) => r.finished)),
    restarts: attempts + replaced + ranks.reduce((sum, r) => sum + r.restarts, 0),
    failure: culprit(ranks) ?? older,
  };
}

const byAge = (a: Pod, b: Pod) =>
  byText(a.metadata?.creationTimestamp, b.metadata?.creationTimestamp) || byText(a.metadata?.name, b.metadata?.name);

/** `node-2` before `node-10`. */
export function byRank(a: string, b: string): number {
  const [, nameA = a, indexA = ''] = /^(.*?)(\d*)$/.exec(a) ?? [];
  const [, nameB = b, indexB = ''] = /^(.*?)(\d*)$/.exec(b) ?? [];
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return Number(indexA) - Number(indexB);
}

/** JobSet counts its own restarts on every pod that it makes anew. */
function restartAttempt(pod: Pod): number {
  const value = Number(pod.metadata?.labels?.['jobset.sigs.k8s.io/restart-attempt'] ?? 0);
  return Number.isInteger(value) && value > 0 ? value : 0;
}

/** The rank that failed first; those that were killed come after those that ended by themselves in the same second. */
function culprit(ranks: RankState[]): Failure | undefined {
  const failed = ranks.filter((r) => r.failure && (r.phase === 'Failed' || r.phase === 'Restarting'));
  const time = (r: RankState) => Date.parse(r.finished ?? '') || Number.MAX_SAFE_INTEGER;
  const killed = (r: RankState) => (/^was killed/.test(r.failure?.text ?? '') ? 1 : 0);
  return failed.sort((a, b) => time(a) - time(b) || killed(a) - killed(b) || byRank(a.rank, b.rank))[0]?.failure;
}
