import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { type LogEnd, podLog } from '../kube/logs.ts';
import { whyPodWaits } from '../resources/explain.ts';
import { byText } from '../resources/order.ts';
import type { Pod } from '../resources/pod.ts';
import { byRank } from '../resources/pods.ts';
import { safe } from '../view/text.ts';
import { Instance, type Stream, servedIds, statusOf } from './instances.ts';
import { FollowLink } from './link.ts';
import { Head, mergeLogs } from './merge.ts';
import { type LogsOptions, outputOptions } from './options.ts';
import { LineOutput, type Source } from './output.ts';

/** More logs than this are not read at once but one after the other, by name. */
const mostAtOnce = 100;

/** Which logs, and of what. */
export interface Reading {
  /** What a person calls it. */
  name: string;
  namespace: string;
  streams: Stream[];
  colour: (name: string) => string;
}

interface Read {
  stream: Stream;
  log: AsyncGenerator<Buffer, LogEnd>;
  source: Source;
  lines: number;
  end: LogEnd | undefined;
}

/**
 * Writes all there is of the logs, lines in the order of their times and those of one record together, and says on stderr which have none
 * and why. Throws KfError (exit 3) where all of them are gone.
 */
export async function readStreams(
  kube: Kube,
  context: Context,
  { name, namespace, streams, colour }: Reading,
  options: LogsOptions & { previous: boolean },
): Promise<number> {
  const say = (line: string) => void context.stderr.write(`${safe(line)}\n`);
  const output = new LineOutput(context.stdout, outputOptions(context, options, colour));
  const link = new FollowLink(say, ({ pod }) => streams.find((s) => s.pod.metadata.name === pod)?.name ?? pod);
  const { sinceSeconds, tailLines, previous } = options;
  const how = { follow: false, clock: context, link, signal: context.signal, sinceSeconds, tailLines };
  const sorted = [...streams].sort((a, b) => byRank(a.name, b.name) || byAge(a, b));
  const reads = sorted.flatMap((stream): Read[] => {
    const ids = servedIds(statusOf(stream.pod, stream.container));
    const id = previous ? ids.previous : ids.current;
    if (id === undefined) {
      say(previous ? `${stream.name} was not restarted` : `${stream.name} has not started: ${whyNot(stream.pod)}`);
      return [];
    }
    const { container } = stream;
    const pod = stream.pod.metadata.name;
    const log = podLog(kube, { namespace, pod, container }, new Instance(stream, id, async () => {}), how);
    const source = output.source(stream.name, options.json ? { pod, container } : undefined);
    return [{ stream, log, source, lines: 0, end: undefined }];
  });
  const groups = reads.length > mostAtOnce ? reads.map((read) => [read]) : [reads];
  for (const group of groups) {
    const heads = group.map((read, i) => new Head(read, i, counted(read)));
    await mergeLogs(
      heads,
      (head) => output.write(head.of.source, head.buffer.subarray(head.start, head.end + 1)),
      (head) => output.release(head.of.source),
    );
  }
  await output.end();
  for (const read of reads) tellEmpty(read, options, say);
  if (reads.length > 0 && reads.every((read) => read.end === 'gone')) throw allGone(name, reads, previous);
  return Exit.ok;
}

async function* counted(read: Read): AsyncGenerator<Buffer> {
  for (;;) {
    const next = await read.log.next();
    if (next.done) {
      read.end = next.value;
      return;
    }
    read.lines++;
    yield next.value;
  }
}

function tellEmpty(
  { lines, end, stream: { name, pod, container } }: Read,
  { sinceSeconds, tailLines, previous }: LogsOptions & { previous: boolean },
  say: (line: string) => void,
): void {
  if (lines > 0) return;
  const status = statusOf(pod, container);
  if (end === 'gone') say(`the log of ${name} is gone: the node has removed it with its container`);
  else if (end === 'never') say(`${name} has not started: ${whyNot(pod)}`);
  else if (sinceSeconds !== undefined || tailLines === 0) say(`${name} printed nothing in that time`);
  else {
    const before = !previous && servedIds(status).previous !== undefined && status?.state?.running !== undefined;
    const hint = before ? ' since its restart (what it said before: --previous)' : '';
    say(`${name} printed nothing${status?.state?.running && !previous && !before ? ' so far' : hint}`);
  }
}

function allGone(name: string, reads: readonly Read[], previous: boolean): KfError {
  const before = !previous && reads.some(({ stream }) => hasPrevious(stream));
  return new KfError(
    Exit.notFound,
    `the logs of ${name} are gone: the node has removed them with their containers`,
    before ? { hint: 'the run before the last restart may be there: --previous' } : {},
  );
}

const hasPrevious = ({ pod, container }: Stream) => {
  const { current, previous } = servedIds(statusOf(pod, container));
  return previous !== undefined && previous !== current;
};

const whyNot = (pod: Pod) =>
  pod.status?.phase === 'Pending' ? whyPodWaits(pod) : (pod.status?.reason ?? 'its pod ended before');

const byAge = (a: Stream, b: Stream) => byText(a.pod.metadata.creationTimestamp, b.pod.metadata.creationTimestamp);
