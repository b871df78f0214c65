import type { Context } from '../cli/context.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import type { ComponentKind, ComponentState } from './component.ts';
import { servedKinds } from './components.ts';
import { reasonCreateFailed } from './create-failed.ts';
import { eventsWith, refused } from './events.ts';
import { reasonPodsWait } from './explain.ts';
import { reasonFailed } from './failure.ts';
import type { Pod } from './pod.ts';
import { listComponents, rootTest } from './project.ts';
import { ProjectPods } from './project-pods.ts';
import { type Reason, reason } from './reason.ts';
import { type SummaryData, summaryData } from './status-data.ts';

/** A component as the project's table shows it; its object is given up as soon as its line is made. */
export type ComponentRow = SummaryData;

export interface ProjectPage {
  rows: ComponentRow[];
  /** What may not be listed: `you may not list notebooks in team-a`. */
  refused?: string;
}

export interface StatusQuery {
  /** As `-l`. */
  selector?: string | undefined;
}

/**
 * Every component of the project with its state and why, kind by kind, page by page; plain pods last. The pods are read once,
 * and of each only what a line needs is kept. What may not be read is told, and the rest still comes.
 */
export async function* projectStatus(
  kube: Kube,
  context: Context,
  query: StatusQuery = {},
): AsyncGenerator<ProjectPage> {
  const [kinds, isRoot] = await Promise.all([servedKinds(kube, context), rootTest()]);
  const podKind = kinds.find(({ group, kind }) => group === '' && kind === 'Pod');
  const others = ({ group, kind }: ComponentKind) => group !== '' || kind !== 'Pod';
  const around = new Around(kube, podKind, isRoot, query);
  const reading = around.read();
  reading.catch(() => {});
  for await (const { kind, items, refused: no } of listComponents(kube, context, { ...query, kinds: others })) {
    if (no || items.length === 0) {
      yield { rows: [], ...(no ? { refused: no } : {}) };
      continue;
    }
    const pods = await reading;
    const rows: ComponentRow[] = [];
    for (const object of items) rows.push(await around.row(kind, object, pods?.of({ kind, object })));
    yield { rows };
  }
  if (await reading) yield { rows: around.loose };
  else yield { rows: [], refused: `you may not list pods in ${kube.namespace}: what they would tell is missing` };
}

/** What is asked for beside the components, once. */
class Around {
  /** Pods that nothing of ours made. */
  loose: ComponentRow[] = [];
  readonly #kube: Kube;
  readonly #podKind: ComponentKind | undefined;
  readonly #isRoot: (object: KubeObject) => boolean;
  readonly #query: StatusQuery;
  #refusals: Promise<Map<string, Reason>> | undefined;

  constructor(
    kube: Kube,
    podKind: ComponentKind | undefined,
    isRoot: (object: KubeObject) => boolean,
    query: StatusQuery,
  ) {
    this.#kube = kube;
    this.#podKind = podKind;
    this.#isRoot = isRoot;
    this.#query = query;
  }

  /** Reads all pods; undefined where they may not be read. */
  async read(): Promise<ProjectPods | undefined> {
    const all = new ProjectPods();
    const path = `/api/v1/namespaces/${encodeURIComponent(this.#kube.namespace)}/pods`;
    const { selector } = this.#query;
    try {
      for await (const { items, remaining } of pages<Pod & KubeObject>(this.#kube, path)) {
        if (remaining) await (await import('./stay-small.ts')).staySmall();
        for (const pod of items) {
          if (!this.#isRoot(pod)) all.add(pod);
          else if (!selector) this.#addLoose(pod);
        }
      }
      if (selector) {
        for await (const { items } of pages<Pod & KubeObject>(this.#kube, path, { labelSelector: selector })) {
          for (const pod of items) if (this.#isRoot(pod)) this.#addLoose(pod);
        }
      }
      return all;
    } catch (error) {
      if (refused(error)) return undefined;
      throw error;
    }
  }

  #addLoose(pod: Pod & KubeObject): void {
    if (!this.#podKind) return;
    const state = this.#podKind.state(pod, [pod]);
    const why = state.failure
      ? reasonFailed(state.failure)
      : state.phase === 'Pending'
        ? reasonOf(state, [pod])
        : undefined;
    this.loose.push(rowOf(pod, this.#podKind, state, why));
  }

  async row(kind: ComponentKind, object: KubeObject, pods: readonly Pod[] | undefined): Promise<ComponentRow> {
    const state = kind.state(object, pods);
    if (state.failure) return rowOf(object, kind, state, reasonFailed(state.failure));
    if (!['Pending', 'Resuming', 'Updating', 'Failed'].includes(state.phase))
      return rowOf(object, kind, state, undefined);
    if (pods && pods.length < Math.max(1, state.nodes.total) && !pods.some(isPending)) {
      this.#refusals ??= this.#askRefusals();
      const why = (await this.#refusals).get(object.metadata.name);
      if (why) return rowOf(object, kind, { ...state, why: why.text }, why);
    }
    return rowOf(object, kind, state, reasonOf(state, pods ?? []));
  }

  /** Quota, admission: what kept pods from being made, by the name of the component that they were for. */
  async #askRefusals(): Promise<Map<string, Reason>> {
    const found = new Map<string, Reason>();
    const events = await eventsWith(this.#kube, this.#kube.namespace, { reason: 'FailedCreate', type: 'Warning' });
    for (const { involvedObject: { kind, name = '' } = {}, message = '' } of events) {
      const why = reasonCreateFailed(message);
      found.set(name, why);
      // A TrainJob's and a JobSet's jobs are named <job>-<step>-<index>; a Deployment's sets <name>-<hash>.
      if (kind === 'Job') found.set(name.replace(/-[^-]+-\d+$/, ''), why);
      if (kind === 'ReplicaSet') found.set(name.replace(/-[^-]+$/, ''), why);
    }
    return found;
  }
}

const isPending = (pod: Pod) => pod.status?.phase === 'Pending';

function reasonOf(state: ComponentState, pods: readonly Pod[]): Reason | undefined {
  const found = reasonPodsWait(pods.filter(isPending), pods.length);
  if (found && found.text === state.why) return found;
  if (!state.why) return undefined;
  return reason(state.phase === 'Failed' ? 'controller' : (found?.code ?? 'starting'), state.why, found?.remedy);
}

const rowOf = (object: KubeObject, kind: ComponentKind, state: ComponentState, why: Reason | undefined): ComponentRow =>
  summaryData({ ...object, kind: kind.kind }, state, why, kind.url?.(object));
