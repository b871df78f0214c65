import { Exit, KfError } from '../cli/errors.ts';
import type { Stream } from '../logs/instances.ts';
import type { Pod } from '../resources/pod.ts';
import { byRank } from '../resources/pods.ts';
import type { JobKind } from '../resources/resource.ts';

/** Which logs are wanted. */
export interface Wanted {
  /** Numbers (`1`) or names (`worker-0`); all where empty. */
  ranks: readonly string[];
  /** `node`, `dataset-initializer`: the rank's name without its number. */
  step?: string | undefined;
  /** In place of the main container. */
  container?: string | undefined;
  allContainers?: boolean | undefined;
}

const stepOf = (rank: string) => rank.replace(/-\d+$/, '');
const isRank = (rank: string, word: string) => rank === word || /(\d+)$/.exec(rank)?.[1] === word;
const containersOf = (pod: Pod) =>
  [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map((c) => c.name);

/** The wanted containers of a pod, in the order of its spec: those that prepare it first. */
export function streamsOf(pod: Pod, kind: JobKind, wanted: Wanted): Stream[] {
  const rank = kind.rank(pod);
  if (wanted.ranks.length && !wanted.ranks.some((r) => isRank(rank, r))) return [];
  if (wanted.step !== undefined && wanted.step !== stepOf(rank)) return [];
  const main = kind.mainContainer(pod);
  const all = containersOf(pod);
  const names = wanted.allContainers ? all : all.filter((name) => name === (wanted.container ?? main));
  const single = !wanted.allContainers && (wanted.container === undefined || wanted.container === main);
  return names.map((container) => ({ name: single ? rank : `${rank}/${container}`, pod, container }));
}

/** Where the pods have nothing of what is wanted: what there is (exit 3). */
export function unknownWish(job: string, pods: readonly Pod[], kind: JobKind, wanted: Wanted): KfError | undefined {
  const ranks = [...new Set(pods.map((pod) => kind.rank(pod)))].sort(byRank);
  const none = (what: string, there: string[]) =>
    new KfError(Exit.notFound, `${job} has no ${what}`, { hint: `there are: ${there.join(', ')}` });
  for (const rank of wanted.ranks) if (!ranks.some((r) => isRank(r, rank))) return none(`rank ${rank}`, ranks);
  const { step, container } = wanted;
  if (step !== undefined && !ranks.some((r) => stepOf(r) === step))
    return none(`step ${step}`, [...new Set(ranks.map(stepOf))]);
  if (container === undefined || pods.some((pod) => streamsOf(pod, kind, wanted).length > 0)) return undefined;
  return none(`container ${container}`, [...new Set(pods.flatMap(containersOf))]);
}
