import type { Context } from '../cli/context.ts';
import type { Kube, KubeList, KubeObject, KubeRequest } from '../kube/kube.ts';
import { podLog } from '../kube/logs.ts';
import type { Pod } from '../resources/pod.ts';
import { Notice } from '../view/notice.ts';
import { type Instance, PodTracker, podNow, type Stream } from './instances.ts';
import { FollowLink } from './link.ts';
import { observe } from './observe.ts';
import { type LogsOptions, outputOptions } from './options.ts';
import { copyLog, LineOutput } from './output.ts';

/** How long logs that still run are waited for once all is over: what a pod is given to stop, and a little. */
const lingerMs = 40_000;

/** What is watched: a collection. */
export type Watched = Pick<KubeRequest, 'path' | 'query'>;

/** Follows the logs of pods that come and go, and the object that they belong to. Who follows what says the rest. */
export abstract class Follower<State> {
  protected readonly kube: Kube;
  protected readonly context: Context;
  protected readonly name: string;
  protected readonly namespace: string;
  protected readonly began: number;
  protected readonly notice: Notice;
  protected readonly output: LineOutput;
  protected readonly tracker: PodTracker;
  protected readonly signal: AbortSignal;
  /** As it is now; undefined once it was deleted. */
  protected object: KubeObject | undefined;
  readonly #options: LogsOptions;
  readonly #uid: string | undefined;
  readonly #stop = new AbortController();
  readonly #link: FollowLink;
  #listed = false;
  #error: unknown;
  #wake: () => void = () => {};

  constructor(
    kube: Kube,
    context: Context,
    object: KubeObject,
    options: LogsOptions,
    colour: (name: string) => string,
    streamsOf: (pod: Pod) => Stream[],
  ) {
    this.kube = kube;
    this.context = context;
    this.object = object;
    this.#options = options;
    this.#uid = object.metadata.uid;
    this.name = object.metadata.name;
    this.namespace = object.metadata.namespace ?? kube.namespace;
    this.began = context.now();
    this.signal = AbortSignal.any([context.signal, this.#stop.signal]);
    this.notice = new Notice(context);
    this.output = new LineOutput(context.stdout, outputOptions(context, options, colour));
    this.output.beforeWrite = () => this.notice.clear();
    this.#link = new FollowLink(
      (line) => this.notice.say(line),
      ({ pod, container }) => {
        const found = this.tracker.pods.find((p) => p.metadata.name === pod);
        return (found && streamsOf(found).find((s) => s.container === container)?.name) ?? pod;
      },
    );
    this.tracker = new PodTracker(streamsOf, (instance) => this.#read(instance));
    this.tracker.onIdle = () => this.#wake();
    this.tracker.onAsk = (pod) => this.#ask(pod);
    this.tracker.onError = (error) => this.fail(error);
  }

  /** The object in its collection; undefined where it is none, or may not be watched. */
  protected abstract objectRequest(): Watched | undefined;
  protected abstract podRequest(): Watched;
  protected abstract stateOf(object: KubeObject): State;
  /** Nothing will be printed any more; `undefined`: it was deleted. */
  protected abstract isOver(state: State | undefined): boolean;
  /** It is not over: says what it waits for. */
  protected abstract tellWaiting(state: State, now: number): void;
  /** It is over, and some still run. */
  protected abstract tellStopping(state: State | undefined, names: readonly string[]): void;
  /** All was read: gives the exit code, or throws. */
  protected abstract end(state: State | undefined): Promise<number>;
  /** What Ctrl-C, and --timeout, end with. */
  protected abstract stopped(): Error;
  protected abstract timedOut(ms: number, state: State | undefined): Error;

  /** Which of all these pods are its own; told again when others come. */
  protected seenAll(pods: Pod[]): void {
    this.listed(pods);
  }

  protected seenOne(pod: Pod, gone: boolean): void {
    this.track(pod, gone);
  }

  /** All of its pods. */
  protected listed(pods: Pod[]): void {
    this.#listed = true;
    this.tracker.replace(pods);
    this.#wake();
  }

  protected track(pod: Pod, gone: boolean): void {
    this.tracker.set(pod, gone);
    this.#wake();
  }

  /** All of its pods, asked for once more. */
  protected async podsNow(): Promise<Pod[]> {
    const list = await this.kube.json<KubeList<Pod>>({ ...this.podRequest(), signal: this.signal });
    return list.items;
  }

  async run(): Promise<number> {
    const { collectSoon, stayPlain } = await import('../resources/stay-small.ts');
    await stayPlain();
    const letGrow = await collectSoon();
    this.#observe();
    try {
      return await this.#loop();
    } catch (error) {
      this.notice.clear();
      this.output.flush();
      if (this.context.signal.aborted) throw this.stopped();
      throw error;
    } finally {
      this.#stop.abort();
      letGrow();
    }
  }

  #observe(): void {
    const how = { clock: this.context, link: this.#link, signal: this.signal };
    const object = this.objectRequest();
    const all = (found: KubeObject[]) => this.#setObject(found[0]);
    const one = (found: KubeObject, gone: boolean) => this.#setObject(gone ? undefined : found);
    if (object) observe<KubeObject>(this.kube, object, { all, one }, how).catch((error) => this.objectFailed(error));
    const seen = {
      all: (pods: Pod[]) => this.seenAll(pods),
      one: (pod: Pod, gone: boolean) => this.seenOne(pod, gone),
    };
    observe<Pod>(this.kube, this.podRequest(), seen, how).catch((error) => this.fail(error));
  }

  protected objectFailed(error: unknown): void {
    this.fail(error);
  }

  /** Another of the same name is not ours. */
  #setObject(object: KubeObject | undefined): void {
    const ours = object && (this.#uid === undefined || object.metadata.uid === this.#uid) ? object : undefined;
    // A list's items have no kind of their own.
    const { apiVersion = '', kind = '' } = this.object ?? {};
    this.object = ours && { ...ours, apiVersion: ours.apiVersion ?? apiVersion, kind: ours.kind ?? kind };
    this.#wake();
  }

  /** Ends following with this error. */
  protected fail(error: unknown): void {
    if (this.signal.aborted) return;
    this.#error ??= error;
    this.#wake();
  }

  async #ask(pod: Pod): Promise<void> {
    const now = await podNow(this.kube, this.namespace, pod, this.signal);
    if (now === 'gone') this.tracker.set(pod, true);
    else if (now) this.tracker.set(now);
  }

  async #read(instance: Instance): Promise<void> {
    const { name, container } = instance.stream;
    const target = { namespace: this.namespace, pod: instance.stream.pod.metadata.name, container };
    const source = this.output.source(name, this.#options.json ? target : undefined);
    this.reads(name);
    const { sinceSeconds, tailLines } = this.#options;
    const how = { follow: true, clock: this.context, link: this.#link, signal: this.signal, sinceSeconds, tailLines };
    const log = podLog(this.kube, target, instance, how);
    try {
      if ((await copyLog(log, this.output, source)) === 'unread') {
        this.notice.say(`the log of ${name} is gone: its container was removed before it could be read`);
      }
    } finally {
      this.#link.restored(instance);
    }
  }

  /** A log of this name begins. */
  protected reads(_name: string): void {}

  async #loop(): Promise<number> {
    const { timeoutMs } = this.#options;
    let over: number | undefined;
    let settled = false;
    for (;;) {
      await this.#change();
      if (this.#error !== undefined) throw this.#error;
      const now = this.context.now();
      const state = this.object && this.stateOf(this.object);
      if (timeoutMs && now - this.began >= timeoutMs) throw this.timedOut(timeoutMs, state);
      if (!this.#listed) continue;
      if (state !== undefined && !this.isOver(state)) {
        over = undefined;
        settled = false;
        this.tellWaiting(state, now);
        continue;
      }
      over ??= now;
      // It may be seen as over before its last pods are seen: look once more at what there is.
      if (!settled) {
        this.tracker.replace(await this.podsNow());
        settled = true;
      }
      if (!this.tracker.idle && now - over < lingerMs) {
        if (now - over > 2000) this.tellStopping(state, this.tracker.reading);
        continue;
      }
      await this.output.end();
      this.notice.clear();
      return await this.end(state);
    }
  }

  /** Until something happened, or a second has passed. */
  async #change(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([woken, this.context.sleep(1000, this.signal)]);
  }
}
