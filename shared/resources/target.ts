import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { Component } from './component.ts';
import { componentKindsNamed } from './components.ts';
import { whyPodWaits } from './explain.ts';
import { byText } from './order.ts';
import type { Container, ContainerStatus, Pod } from './pod.ts';
import { byRank } from './pods.ts';
import { componentLabel, componentPods, resolveComponent } from './resolve.ts';

/** What a person says of where a program is to run. */
export interface Wanted {
  /** `digits`, `trainjob/digits`, and with a pod of it: `digits/node-1`, `trainjob/digits/node-1`. */
  word: string;
  /** The component's main container where none is named. */
  container?: string | undefined;
  /** A pod's name. */
  pod?: string | undefined;
  /** A rank's number, or its name: `1`, `node-1`. */
  rank?: string | undefined;
}

/** A container that runs. */
export interface Target {
  namespace: string;
  pod: string;
  /** `node-1`; the pod's own name where it has none. */
  rank: string;
  /** Undefined where pods may not be read: the server then takes the pod's default. */
  container: string | undefined;
  /** How many pods it was chosen from. */
  of: number;
  /** What runs there; undefined where it may not be read. */
  object: Pod | undefined;
}

/** The component, and the word for its pod where one was given. */
export async function splitTarget(word: string): Promise<{ component: string; pod: string | undefined }> {
  const parts = word.split('/');
  if (parts.length > 3 || parts.includes(''))
    throw usageError(`"${word}" is not a component's name`, 'give a name, kind/name, or name/pod');
  const [first = '', second = '', third] = parts;
  if (third !== undefined) return { component: `${first}/${second}`, pod: third };
  if (parts.length === 1) return { component: word, pod: undefined };
  const isKind = /^(package|packages|pkg)$/i.test(first) || (await componentKindsNamed(first)).length > 0;
  return isKind ? { component: word, pod: undefined } : { component: first, pod: second };
}

/**
 * The pods and containers that are meant: one, the first ready one by rank; with `all`, each that runs.
 * Throws KfError: 3 where pod or container is not there (with what there is), 1 where nothing of it runs (and why), 4 where pods
 * may not be read and none is named.
 * @returns with `all`, what runs and, in plain words, what should and does not
 */
export async function findTargets(
  kube: Kube,
  context: Context,
  wanted: Wanted,
  all: boolean,
): Promise<{ targets: Target[]; absent: string[] }> {
  const split = await splitTarget(wanted.word);
  const given = [split.pod, wanted.pod, wanted.rank].filter((each) => each !== undefined);
  if (given.length > 1) throw usageError(`the pod is named more than once: ${given.join(', ')}`, 'name it once');
  const component = await resolveComponent(kube, context, split.component).catch(async (error) => {
    throw split.pod === undefined ? error : await slip(kube, context, wanted.word, error);
  });
  const pods = await componentPods(kube, component);
  if (!pods) return { targets: [unseen(component, split.pod ?? wanted.pod, wanted.container)], absent: [] };
  const named = given.length > 0 ? podsNamed(component, pods, split.pod, wanted) : pods;
  if (named.length === 0) throw noPods(component);
  const ordered = inOrder(component, named);
  const looked = ordered.map((pod) => look(component, pod, wanted.container, ordered.length));
  const running = looked.filter((each) => 'target' in each);
  const others = looked.filter((each) => 'error' in each);
  if (running.length === 0) throw (others.find(({ over }) => !over) ?? others[0])!.error;
  if (!all) return { targets: [(running.find(({ ready }) => ready) ?? running[0]!).target], absent: [] };
  const absent = others.filter(({ over }) => !over).map(({ error }) => error.message);
  return { targets: running.map(({ target }) => target), absent };
}

/** Where `name/pod` has no such component, the name may be a kind's with a slip: what is said then, of the two. */
async function slip(kube: Kube, context: Context, word: string, error: unknown): Promise<unknown> {
  if (!(error instanceof KfError) || error.exit !== Exit.notFound || /did you mean/.test(error.message)) return error;
  const asKind = await resolveComponent(kube, context, word).catch((other: unknown) => other);
  return asKind instanceof KfError && /did you mean/.test(asKind.message) ? asKind : error;
}

type Looked =
  | { target: Target; ready: boolean }
  /** `over`: it ended well, or goes: that it does not run is no trouble. */
  | { error: KfError; over: boolean };

const inOrder = ({ kind }: Component, pods: readonly Pod[]): Pod[] =>
  [...pods].sort(
    (a, b) => byRank(kind.rank(a), kind.rank(b)) || byText(b.metadata.creationTimestamp, a.metadata.creationTimestamp),
  );

/** The pods that the words mean: a pod's name, a rank's, or its number. */
function podsNamed(component: Component, pods: readonly Pod[], either: string | undefined, wanted: Wanted): Pod[] {
  const { rank } = component.kind;
  const byName = (name: string) => pods.filter((pod) => pod.metadata.name === name);
  const byRankName = (word: string) =>
    pods.filter((pod) => rank(pod) === word || (/^\d+$/.test(word) && rank(pod).endsWith(`-${word}`)));
  const found =
    wanted.rank !== undefined
      ? byRankName(wanted.rank)
      : [...byName(wanted.pod ?? either!), ...(either === undefined ? [] : byRankName(either))];
  const word = wanted.rank ?? wanted.pod ?? either;
  const what = wanted.rank === undefined ? 'pod' : 'rank';
  if (found.length === 0) {
    const there = inOrder(component, pods).map((pod) => (what === 'rank' ? rank(pod) : pod.metadata.name));
    if (there.length === 0) throw noPods(component);
    throw new KfError(Exit.notFound, `${componentLabel(component)} has no ${what} "${word}"`, {
      hint: `there are: ${listed([...new Set(there)])}`,
    });
  }
  const ranks = new Set(found.map(rank));
  if (ranks.size > 1)
    throw usageError(`"${word}" is more than one ${what}: ${listed([...ranks])}`, 'name one of them whole');
  return found;
}

/** The container of one pod, and whether it runs. */
function look({ kind, namespace }: Component, pod: Pod, wanted: string | undefined, of: number): Looked {
  const name = pod.metadata.name;
  const fail = (message: string, over = false): Looked => ({
    error: new KfError(Exit.failed, message, { hint: `more of it: kubectl kf status pod/${name}` }),
    over,
  });
  const container = wanted ?? (kind.mainContainer(pod) || pod.spec?.containers?.[0]?.name);
  const known = containersOf(pod).map((each) => each.name);
  if (container === undefined || !known.includes(container)) {
    const error = new KfError(Exit.notFound, `pod ${name} has no container "${container ?? ''}"`, {
      hint: `there are: ${known.join(', ')}`,
    });
    return { error, over: false };
  }
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') {
    const end = statusOf(pod, container)?.state?.terminated;
    return fail(`pod ${name} has ended${end ? ` (${container} exited ${end.exitCode})` : ''}`, phase === 'Succeeded');
  }
  const status = statusOf(pod, container);
  if (status?.state?.running) {
    const target: Target = { namespace, pod: name, rank: kind.rank(pod), container, of, object: pod };
    return { target, ready: status.ready === true && pod.metadata.deletionTimestamp === undefined };
  }
  if (pod.metadata.deletionTimestamp) return fail(`pod ${name} is being deleted`, true);
  if (status?.state?.terminated)
    return fail(`container ${container} of pod ${name} has ended (exit ${status.state.terminated.exitCode})`);
  return fail(`container ${container} of pod ${name} does not run: ${whyPodWaits(pod)}`);
}

/** All containers that can be entered, the pod's own first. */
export const containersOf = (pod: Pod): Container[] =>
  [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []),
    ...(pod.spec?.ephemeralContainers ?? []),
  ].filter((each) => typeof each?.name === 'string');

export const statusOf = ({ status }: Pod, container: string): ContainerStatus | undefined =>
  [
    ...(status?.containerStatuses ?? []),
    ...(status?.initContainerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ].find((each) => each?.name === container);

/** Pods may not be read, but whoever may exec into one can say which. */
function unseen(component: Component, pod: string | undefined, container: string | undefined): Target {
  const { namespace } = component;
  const own = component.kind.kind === 'Pod' ? component.name : pod;
  if (own === undefined)
    throw new KfError(Exit.forbidden, `not allowed: you may not read the pods of ${componentLabel(component)}`, {
      hint: 'name one: --pod POD',
    });
  return { namespace, pod: own, rank: own, container, of: 1, object: undefined };
}

function noPods(component: Component): KfError {
  const { phase, why } = component.kind.state(component.object, []);
  return new KfError(
    Exit.failed,
    `${componentLabel(component)} has no pods: it is ${phase.toLowerCase()}${why ? ` (${why})` : ''}`,
    { hint: `more of it: kubectl kf status ${componentLabel(component)}` },
  );
}

const listed = (names: readonly string[]) =>
  names.length > 20 ? `${names.slice(0, 20).join(', ')}, and ${names.length - 20} more` : names.join(', ');
