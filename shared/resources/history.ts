import { fieldManager } from '../kube/apply.ts';
import type { JobDetail } from './detail.ts';
import { eventCount, eventTime } from './events.ts';
import { conditions, text } from './fields.ts';

/** Something that happened to a job. */
export interface Moment {
  /** RFC 3339. */
  time: string;
  what: string;
  why: string;
}

/** What condition changes mean, by type and status; others are told by their own name. */
const turns: Record<string, string> = {
  'Suspended/True': 'suspended',
  'Suspended/False': 'resumed',
  'Complete/True': 'succeeded',
  'Completed/True': 'succeeded',
  'Succeeded/True': 'succeeded',
  'Failed/True': 'failed',
  'Restarting/True': 'restarting',
  'RestartingJobSet/True': 'restarting',
  'Running/True': 'running',
  'Created/True': 'accepted',
};

/** Events that every pod brings with it, or that only repeat what a condition says. */
const dull =
  /^(Scheduled|Pulled|Created|Started|SuccessfulCreate|Completed|AllJobsCompleted|Suspended|Resumed|Killing|SuccessfulDelete)$/;

/** JobSet's events that tell a turn of their own: conditions keep only the last one. */
const told: Record<string, string> = { SuspendedJobs: 'suspended', ResumeJobs: 'resumed' };

/**
 * A job's life from what the cluster still has of it, oldest first: its conditions, the starts and ends of its pods, and the
 * events that say more. Events are kept for an hour or so: what is older is known from conditions and pods alone.
 */
export function timeline({ job, pods, ranks, events, state }: JobDetail): Moment[] {
  const { metadata } = job.object;
  const moments: Moment[] = [];
  const add = (time: string | undefined, what: string, why = '') => {
    if (time) moments.push({ time, what, why });
  };
  const manager = metadata.labels?.['app.kubernetes.io/managed-by'];
  add(metadata.creationTimestamp, 'created', manager === fieldManager ? 'by kubectl kf' : '');
  for (const c of conditions(job.object)) {
    const what = turns[`${c.type}/${c.status}`];
    if (what) add(c.lastTransitionTime, what, what === 'failed' ? state.why : '');
  }
  for (const pod of pods ?? []) {
    const rank = job.kind.rank(pod);
    const statuses = pod.status?.containerStatuses ?? [];
    const main = statuses.find((s) => s.name === job.kind.mainContainer(pod));
    const before = main?.lastState?.terminated;
    if (before)
      add(
        before.finishedAt,
        `${rank} ended`,
        `exit ${before.exitCode}, restarted${(main?.restartCount ?? 0) > 1 ? ` (${main?.restartCount} times so far)` : ''}`,
      );
    const started = main?.state?.running?.startedAt ?? main?.state?.terminated?.startedAt;
    add(started, `${rank} started`, pod.spec?.nodeName ? `on ${pod.spec.nodeName}` : '');
    const ended = main?.state?.terminated;
    if (ended && ended.exitCode === 0) add(ended.finishedAt, `${rank} ended`, 'exit 0');
  }
  for (const rank of ranks) {
    if (rank.failure && rank.finished) add(rank.finished, `${rank.rank} failed`, rank.failure.text);
  }
  for (const event of events) {
    if (event.type === 'Normal' && dull.test(text(event.reason))) continue;
    const turn = told[text(event.reason)];
    if (turn) {
      const time = eventTime(event);
      const known = moments.some((m) => m.what === turn && Math.abs(Date.parse(m.time) - Date.parse(time)) < 3000);
      if (!known) add(time, turn);
      continue;
    }
    const times = eventCount(event) > 1 ? ` (${eventCount(event)} times)` : '';
    const { kind = '', name = '' } = event.involvedObject ?? {};
    add(eventTime(event), `${kind.toLowerCase()}/${name}`, `${text(event.reason)}: ${text(event.message)}${times}`);
  }
  add(metadata.deletionTimestamp, 'deletion asked for', state.phase === 'Deleting' ? state.why : '');
  return moments.sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}
