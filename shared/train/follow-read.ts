import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { byNumber } from '../logs/colours.ts';
import { readStreams } from '../logs/read.ts';
import { podsOf } from '../resources/find.ts';
import type { JobKind } from '../resources/resource.ts';
import { whyPending } from '../resources/why.ts';
import { safe } from '../view/text.ts';
import type { FollowOptions } from './follow-options.ts';
import { streamsOf, unknownWish, type Wanted } from './follow-pods.ts';

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
  const streams = pods.flatMap((pod) => streamsOf(pod, kind, wanted));
  return readStreams(kube, context, { name, namespace, streams, colour: byNumber }, options);
}

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
