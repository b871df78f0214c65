import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { type LogEnd, podLog } from '../kube/logs.ts';
import { Instance, type Stream, servedIds, statusOf } from '../logs/instances.ts';
import { FollowLink } from '../logs/link.ts';
import { Head, mergeLogs } from '../logs/merge.ts';
import { LineOutput, type Source } from '../logs/output.ts';
import { whyPodWaits } from '../resources/explain.ts';
import { podsOf } from '../resources/find.ts';
import type { Pod } from '../resources/pod.ts';
import { byRank } from '../resources/pods.ts';
import type { JobKind } from '../resources/resource.ts';
import { whyPending } from '../resources/why.ts';
import { safe } from '../view/text.ts';
import type { FollowOptions } from './follow-options.ts';
import { streamsOf, unknownWish, type Wanted } from './follow-pods.ts';

/** More logs than this are not read at once but one after the other, by rank. */
const mostAtOnce = 100;

/**
 * Writes all there is of the job's logs, lines in the order of their times, and says on stderr which of its nodes have no log and why.
 * Throws KfError (exit 3) where there is no such node, or where all of them are gone.
 */
export async function readLogs(
  kube: Kube,
  context: Context,
  kind: JobKind,
  job: KubeObject,
  options: FollowOptions & { previous: boolean },
): Promise<number> {
  const name = job.metadata.name;
  const namespace = job.metadata.namespace ?? kube.namespace;
  const say = (line: string) => void context.stderr.write(`${safe(line)}\n`);
  const pods = await podsOf(kube, { kind, name, namespace });
  if (!pods) throw new KfError(Exit.forbidden, `not allowed: you may not list pods in ${namespace}`);
  if (pods.length === 0) return await noPods(kube, kind, job, namespace, say);
  const wanted: Wanted = { ...options, ranks: options.ranks ?? [] };
  const wrong = unknownWish(name, pods, kind, wanted);
  if (wrong) throw wrong;
  const streams = pods
    .flatMap((pod) => streamsOf(pod, kind, wanted))
    .sort((a, b) => byRank(a.name, b.name) || byAge(a, b));
  const colour = context.stdout.isTTY === true && context.colorDepth > 1;
  const output = new LineOutput(context.stdout, {
    raw: options.raw ?? false,
    timestamps: options.timestamps ?? false,
    colour,
  });
  const link = new FollowLink(say, ({ pod }) => streams.find((s) => s.pod.metadata.name === pod)?.name ?? pod);
  const { sinceSeconds, tailLines } = options;
  const how = { follow: false, clock: context, link, signal: context.signal, sinceSeconds, tailLines };
  const reads = streams.flatMap((stream): Read[] => {
    const ids = servedIds(statusOf(stream.pod, stream.container));
    const id = options.previous ? ids.previous : ids.current;
    if (id === undefined) {
      say(
        options.previous ? `${stream.name} was not restarted` : `${stream.name} has not started: ${whyNot(stream.pod)}`,
      );
      return [];
    }
    const target = { namespace, pod: stream.pod.metadata.name, container: stream.container };
    const log = podLog(kube, target, new Instance(stream, id, async () => {}), how);
    return [{ stream, log, source: output.source(stream.name), lines: 0, end: undefined }];
  });
  const groups = reads.length > mostAtOnce ? reads.map((read) => [read]) : [reads];
  for (const group of groups) {
    const heads = group.map((read, i) => new Head(read, i, counted(read)));
    await mergeLogs(heads, (head) => {
      const from = options.timestamps || head.stamp < 0 ? head.start : head.stamp + 1;
      return output.line(head.of.source, head.buffer, from, head.end);
    });
  }
  await output.end();
  for (const read of reads) tellEmpty(read, options, say);
  if (reads.length > 0 && reads.every((read) => read.end === 'gone'))
    throw new KfError(Exit.notFound, `the logs of ${name} are gone: the node has removed them with their containers`);
  return Exit.ok;
}

interface Read {
  stream: Stream;
  log: AsyncGenerator<Buffer, LogEnd>;
  source: Source;
  lines: number;
  end: LogEnd | undefined;
}

async function* counted(read: Read): AsyncGenerator<Buffer> {
  read.end = yield* (async function* () {
    for (;;) {
      const next = await read.log.next();
      if (next.done) return next.value;
      read.lines++;
      yield next.value;
    }
  })();
}

function tellEmpty(read: Read, { sinceSeconds, tailLines }: FollowOptions, say: (line: string) => void): void {
  const { name, pod, container } = read.stream;
  if (read.lines > 0) return;
  if (read.end === 'gone') say(`the log of ${name} is gone: the node has removed it with its container`);
  else if (read.end === 'never') say(`${name} has not started: ${whyNot(pod)}`);
  else if (sinceSeconds !== undefined || tailLines === 0) say(`${name} printed nothing in that time`);
  else say(`${name} printed nothing${statusOf(pod, container)?.state?.running ? ' so far' : ''}`);
}

const whyNot = (pod: Pod) =>
  pod.status?.phase === 'Pending' ? whyPodWaits(pod) : (pod.status?.reason ?? 'its pod ended before');

const byAge = (a: Stream, b: Stream) =>
  (a.pod.metadata.creationTimestamp ?? '').localeCompare(b.pod.metadata.creationTimestamp ?? '');

/** A job without pods: not begun, or long over. */
async function noPods(
  kube: Kube,
  kind: JobKind,
  job: KubeObject,
  namespace: string,
  say: (line: string) => void,
): Promise<number> {
  const { name } = job.metadata;
  const state = kind.state(job, []);
  if (state.phase === 'Succeeded' || state.phase === 'Failed')
    throw new KfError(
      Exit.notFound,
      `the logs of ${name} are gone: it ${state.phase.toLowerCase()} and its pods were deleted`,
    );
  const why = (await whyPending(kube, namespace, [], job)) || state.why;
  const phase = state.phase === 'Pending' ? '' : ` (${state.phase})`;
  say(`${name} has no pods yet${phase}${why ? `: ${why}` : ''}`);
  return Exit.ok;
}
