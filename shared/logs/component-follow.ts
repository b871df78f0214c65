import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Component, ComponentState } from '../resources/component.ts';
import type { Pod } from '../resources/pod.ts';
import { componentLabel, componentPods } from '../resources/resolve.ts';
import { whyPending } from '../resources/why.ts';
import { duration } from '../view/age.ts';
import { safe } from '../view/text.ts';
import { byName } from './colours.ts';
import { type ComponentLogs, mayNotList } from './component-read.ts';
import { componentStreams, unknownContainer } from './component-streams.ts';
import { Follower, type Watched } from './follow.ts';

/** How often the server is asked again why a component waits; milliseconds. */
const explainEvery = 5000;
/** New pods come together: which of them are its own is asked once for all. */
const gatherMs = 150;

/**
 * Follows a component's logs over restarts and new pods. What runs on is followed until Ctrl-C, what ends to its end (exit 0, whether it
 * succeeded or failed: the logs were what was asked for). Throws KfError: 3 it was deleted, 5 timeoutMs passed, 130 Ctrl-C.
 */
export function followComponent(
  kube: Kube,
  context: Context,
  component: Component,
  options: ComponentLogs,
): Promise<number> {
  return new ComponentFollower(kube, context, component, options).run();
}

class ComponentFollower extends Follower<ComponentState> {
  readonly #component: Component;
  readonly #container: string | undefined;
  readonly #label: string;
  readonly #own = new Set<string>();
  readonly #seen = new Map<string, Pod>();
  #asking: Promise<void> | undefined;
  #again = false;
  #checked = false;
  #why = '';
  #explainAt = 0;

  constructor(kube: Kube, context: Context, component: Component, options: ComponentLogs) {
    const { container } = options;
    super(kube, context, component.object, options, byName, (pod) => componentStreams(component, pod, container));
    this.#component = component;
    this.#container = container;
    this.#label = componentLabel(component);
  }

  /** A package is no object; and who may not watch a component may see its pods all the same. */
  protected objectRequest(): Watched | undefined {
    const { path, name } = this.#component;
    if (!path) return undefined;
    return { path: path.slice(0, path.lastIndexOf('/')), query: { fieldSelector: `metadata.name=${name}` } };
  }

  protected override objectFailed(error: unknown): void {
    if (error instanceof KfError && error.exit === Exit.forbidden) return;
    this.fail(error);
  }

  protected podRequest(): Watched {
    const { kind, object, namespace } = this.#component;
    const labelSelector = kind.podSelector(object);
    return {
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
      query:
        kind.group === '' && kind.kind === 'Pod'
          ? { fieldSelector: `metadata.name=${this.#component.name}` }
          : labelSelector === undefined
            ? {}
            : { labelSelector },
    };
  }

  /** A watch gives what the selector finds, or all of the project's pods: which are its own says componentPods. */
  protected override seenAll(pods: Pod[]): void {
    this.#seen.clear();
    for (const pod of pods) this.#seen.set(uidOf(pod), pod);
    this.#ask();
  }

  protected override seenOne(pod: Pod, gone: boolean): void {
    const uid = uidOf(pod);
    if (gone) this.#seen.delete(uid);
    else this.#seen.set(uid, pod);
    if (this.#own.has(uid)) this.track(pod, gone);
    else if (!gone) this.#ask();
  }

  #ask(): void {
    this.#again = true;
    this.#asking ??= this.#askAll().finally(() => {
      this.#asking = undefined;
    });
  }

  async #askAll(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        const pods = await this.podsNow();
        for (const pod of pods) this.#own.add(uidOf(pod));
        // What the watch has seen is newer than a list that was under way; what neither has is gone.
        this.listed(pods.map((pod) => this.#newer(pod)));
        if (this.#again) await this.context.sleep(gatherMs, this.signal);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  #newer(pod: Pod): Pod {
    const seen = this.#seen.get(uidOf(pod));
    const version = (of: Pod | undefined) => Number(of?.metadata.resourceVersion ?? 0);
    return seen && version(seen) >= version(pod) ? seen : pod;
  }

  protected override async podsNow(): Promise<Pod[]> {
    const pods = await componentPods(this.kube, this.#component);
    if (!pods) throw mayNotList(this.namespace);
    return pods;
  }

  protected stateOf(object: KubeObject): ComponentState {
    return this.#component.kind.state(object, this.tracker.present);
  }

  protected isOver(state: ComponentState | undefined): boolean {
    if (state === undefined) return true;
    const { kind } = this.#component;
    const ends = kind.service === 'job' || (kind.group === '' && kind.kind === 'Pod');
    return ends && (state.phase === 'Succeeded' || state.phase === 'Failed');
  }

  protected tellWaiting(state: ComponentState, now: number): void {
    const pods = this.tracker.present;
    if (!this.#checked && pods.length > 0) {
      this.#checked = true;
      const wrong = unknownContainer(this.#component, pods, this.#container);
      if (wrong) throw wrong;
    }
    const waits = pods.length === 0 || pods.some((pod) => pod.status?.phase === 'Pending');
    if (!waits && state.phase !== 'Restarting') {
      this.notice.clear();
      return;
    }
    this.#explain(pods, now);
    const seconds = Math.round((now - this.began) / 1000);
    const why = this.#why || state.why || (pods.length === 0 ? `no pods (${state.phase})` : 'starting');
    const line = state.phase === 'Restarting' ? `restarting: ${state.why}` : why;
    if (seconds > 0) this.notice.show(`waiting ${seconds}s: ${line}`, line);
  }

  /** Events and free room tell more than the pods themselves: asked for now and then, never waited for. */
  #explain(pods: readonly Pod[], now: number): void {
    if (now < this.#explainAt) return;
    this.#explainAt = now + explainEvery;
    whyPending(this.kube, this.namespace, pods, this.object).then(
      (why) => {
        this.#why = why;
      },
      () => {},
    );
  }

  protected tellStopping(state: ComponentState | undefined, names: readonly string[]): void {
    const what = state ? state.phase.toLowerCase() : 'was deleted';
    if (names.length > 0)
      this.notice.show(`${this.#label} ${what}; waiting for ${[...new Set(names)].join(', ')} to stop`);
  }

  protected async end(state: ComponentState | undefined): Promise<number> {
    if (!state) throw new KfError(Exit.notFound, `${this.#label} was deleted`);
    if (this.tracker.pods.length === 0)
      throw new KfError(
        Exit.notFound,
        `the logs of ${this.#label} are gone: it ${state.phase.toLowerCase()} and its pods were deleted`,
        { hint: `what is known of it: kubectl kf status ${this.#label}` },
      );
    this.notice.say(`${this.#label} ${state.phase.toLowerCase()}${state.why ? `: ${state.why}` : ''}`);
    return Exit.ok;
  }

  protected stopped(): Error {
    return new KfError(Exit.interrupted, `stopped following; ${this.#label} goes on`);
  }

  protected timedOut(ms: number, state: ComponentState | undefined): Error {
    const why = state?.why ? ` (${safe(state.why)})` : '';
    const phase = state ? `: it is ${state.phase}${why}` : '';
    return new KfError(Exit.unreachable, `stopped following after ${duration(ms / 1000)}${phase}`, {
      hint: `${this.#label} goes on. Again: kubectl kf logs -f ${this.#label}`,
    });
  }
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? pod.metadata.name;
