import { styleText } from 'node:util';
import type { Context } from '../cli/context.ts';
import { codeOf, type JobDetail } from '../resources/detail.ts';
import { eventCount, eventTime } from '../resources/events.ts';
import { labelOf } from '../resources/find.ts';
import type { RankState } from '../resources/pods.ts';
import { codeWords, quoted } from '../resources/words.ts';
import { age, duration } from './age.ts';
import { phaseStyle, spent } from './jobs.ts';
import { type Column, Table } from './table.ts';
import { clip, oneLine, safe } from './text.ts';

/** `train get`: what it is, its state and why, its ranks, the last events, what to do next. */
export async function printDetail(context: Context, detail: JobDetail, wide = false): Promise<void> {
  const { stdout, colorDepth } = context;
  const now = context.now();
  const paint = (style: Parameters<typeof styleText>[0] | undefined, text: string) =>
    colorDepth > 1 && style ? styleText(style, text, { validateStream: false }) : text;
  const { job, state } = detail;
  const since = state.finished ? ` ${age(state.finished, now)} ago` : '';
  const why = state.why ? `   ${oneLine(state.why)}` : '';
  stdout.write(`${oneLine(labelOf(job))}   ${paint(phaseStyle(state.phase), state.phase)}${since}${why}\n`);
  const facts = factsOf(detail, now).filter(([, value]) => value !== '');
  for (const [name, value] of facts) stdout.write(`  ${name.padEnd(9)} ${clip(oneLine(value), 1000)}\n`);
  if (detail.ranks.length > 0) {
    stdout.write('\n');
    await new Table<RankState>(context, rankColumns(now)).add(detail.ranks);
  }
  if (detail.pods === undefined) stdout.write('\nits pods may not be read here: ranks are not known\n');
  if (detail.lastLines.length > 0) {
    stdout.write(`\nlast lines of ${oneLine(state.failure?.rank ?? '')}\n`);
    for (const line of detail.lastLines) stdout.write(`  ${safe(line)}\n`);
  }
  const events = wide ? detail.events : detail.events.filter(tells).slice(-8);
  if (events.length > 0) {
    stdout.write('\nevents\n');
    for (const event of events) {
      const times = eventCount(event) > 1 ? ` (${eventCount(event)} times)` : '';
      const about = `${event.involvedObject?.kind ?? ''}/${event.involvedObject?.name ?? ''}`;
      const text = oneLine(`${event.reason ?? ''}: ${event.message ?? ''}`);
      stdout.write(
        `  ${age(eventTime(event), now).padEnd(6)} ${(event.type ?? '').padEnd(7)} ${oneLine(about)}  ${text}${times}\n`,
      );
    }
  }
  stdout.write(`\nnext   ${nextSteps(detail).join('   ')}\n`);
}

/** Not what every pod goes through. */
const tells = ({ type, reason = '' }: { type?: string; reason?: string }) =>
  type !== 'Normal' || !/^(Scheduled|Pulled|Created|Started|SuccessfulCreate)$/.test(reason);

function factsOf(detail: JobDetail, now: number): [string, string][] {
  const { job, state } = detail;
  const { metadata } = job.object;
  const when = (time: string | undefined) => (time ? `${time}, ${age(time, now)} ago` : '');
  const took = spent({ state }, now);
  return [
    ['project', job.namespace],
    [
      'nodes',
      `${state.nodes.ready}/${state.nodes.total}${state.restarts ? `, ${state.restarts} ${state.restarts === 1 ? 'restart' : 'restarts'}` : ''}`,
    ],
    ['runtime', job.kind.runtime(job.object)],
    ['image', detail.image],
    ['code', codeWords(job.object)],
    ['in', codeOf(detail.pods) && `configmap/${codeOf(detail.pods)}`],
    ['command', codeWords(job.object) ? '' : detail.command.map(quoted).join(' ')],
    ['created', when(metadata.creationTimestamp)],
    ['started', state.phase === 'Pending' ? '' : when(state.started)],
    ['ended', when(state.finished)],
    ['took', took === '-' ? '' : took],
  ];
}

function rankColumns(now: number): Column<RankState>[] {
  const took = (rank: RankState) => {
    const end = rank.finished ? Date.parse(rank.finished) : now;
    return rank.started ? duration((end - Date.parse(rank.started)) / 1000) : '-';
  };
  const exit = ({ phase, failure }: RankState) =>
    failure ? (failure.exitCode >= 0 ? String(failure.exitCode) : '-') : phase === 'Succeeded' ? '0' : '-';
  return [
    { title: 'RANK', value: (r) => r.rank },
    { title: 'STATE', value: (r) => r.phase, style: (r) => phaseStyle(r.phase) },
    { title: 'READY', value: (r) => (r.phase === 'Running' ? (r.ready ? 'yes' : 'no') : '-') },
    { title: 'NODE', value: (r) => r.node },
    { title: 'RESTARTS', value: (r) => String(r.restarts) },
    { title: 'EXIT', value: exit },
    { title: 'TOOK', value: took },
    { title: 'POD', value: (r) => r.pod },
  ];
}

/** Commands that make sense in this state. */
export function nextSteps({ job, state }: Pick<JobDetail, 'job' | 'state'>): string[] {
  const name = job.kind.kind === 'TrainJob' ? job.name : labelOf(job);
  const kf = (words: string) => `kubectl kf train ${words}`;
  switch (state.phase) {
    case 'Failed': {
      const rank = /-(\d+)$/.exec(state.failure?.rank ?? '')?.[1];
      return [kf(`logs ${name}${rank ? ` --rank ${rank}` : ''}`), kf(`delete ${name}`)];
    }
    case 'Succeeded':
      return [kf(`logs ${name}`), kf(`delete ${name}`)];
    case 'Suspended':
      return [kf(`resume ${name}`)];
    case 'Deleting':
      return [kf('list')];
    default:
      return [kf(`logs -f ${name}`), kf(`suspend ${name}`)];
  }
}
