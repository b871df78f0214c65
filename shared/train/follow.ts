import type { Context } from '../cli/context.ts';
import { Exit } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { podLog } from '../kube/logs.ts';
import { type Instance, PodTracker, podNow } from '../logs/instances.ts';
import { FollowLink } from '../logs/link.ts';
import { observe } from '../logs/observe.ts';
import { copyLog, LineOutput } from '../logs/output.ts';
import type { Pod } from '../resources/pod.ts';
import type { JobKind, JobState } from '../resources/resource.ts';
import { Notice } from '../view/notice.ts';
import { after, deleted, failed, lastLinesOf, stopped, timedOut } from './follow-end.ts';
import { FollowNotices } from './follow-notices.ts';
import type { FollowOptions } from './follow-options.ts';
import { streamsOf, unknownWish, type Wanted } from './follow-pods.ts';

/** How long logs that still run are waited for once the job is over: what a pod is given to stop, and a little. */
const lingerMs = 40_000;

/**
 * Follows the job's logs from the first line to the last, waits for its start, and ends as it does: gives 0 where it succeeded. Throws
 * KfError: 1 it failed, 3 it was deleted, 5 timeoutMs passed, 130 Ctrl-C; in the last two it goes on.
 */
export function follow(
  kube: Kube,
  context: Context,
  kind: JobKind,
  job: KubeObject,
  options: FollowOptions = {},
): Promise<number> {
  return new Follower(kube, context, kind, job, options).run();
}

class Follower {
  readonly #kube: Kube;
  readonly #context: Context;
  readonly #kind: JobKind;
  readonly #options: FollowOptions;
  readonly #wanted: Wanted;
  readonly #name: string;
  readonly #namespace: string;
  readonly #began: number;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #output: LineOutput;
  readonly #notice: Notice;
  readonly #told: FollowNotices;
  readonly #link: FollowLink;
  readonly #tracker: PodTracker;
  #job: KubeObject | undefined;
  #uid: string | undefined;
  #listed = false;
  #error: unknown;
  #wake: () => void = () => {};

  constructor(kube: Kube, context: Context, kind: JobKind, job: KubeObject, options: FollowOptions) {
    this.#kube = kube;
    this.#context = context;
    this.#kind = kind;
    this.#job = job;
    this.#uid = job.metadata.uid;
    this.#options = options;
    this.#name = job.metadata.name;
    this.#namespace = job.metadata.namespace ?? kube.namespace;
    this.#began = context.now();
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
    this.#notice = new Notice(context);
    this.#told = new FollowNotices(kube, this.#namespace, this.#name, this.#notice, this.#began);
    const colour = context.stdout.isTTY === true && context.colorDepth > 1;
    this.#output = new LineOutput(context.stdout, {
      raw: options.raw ?? false,
      timestamps: options.timestamps ?? false,
      colour,
    });
    this.#output.beforeWrite = () => this.#notice.clear();
    this.#link = new FollowLink(
      (line) => this.#notice.say(line),
      (target) => this.#rankOf(target.pod),
    );
    this.#wanted = { ...options, ranks: options.ranks ?? [] };
    this.#tracker = new PodTracker(
      (pod) => streamsOf(pod, kind, this.#wanted),
      (instance) => this.#read(instance),
    );
    this.#tracker.onIdle = () => this.#wake();
    this.#tracker.onAsk = (pod) => this.#ask(pod);
    this.#tracker.onError = (error) => this.#fail(error);
  }

  #rankOf(name: string): string {
    const pod = this.#tracker.pods.find((p) => p.metadata.name === name);
    return pod ? this.#kind.rank(pod) : name;
  }

  async run(): Promise<number> {
    this.#observe();
    try {
      return await this.#loop();
    } catch (error) {
      this.#notice.clear();
      this.#output.flush();
      if (this.#context.signal.aborted) throw stopped(this.#name);
      throw error;
    } finally {
      this.#stop.abort();
    }
  }

  #observe(): void {
    const { metadata, apiVersion = '' } = this.#job!;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const jobs = `${root}/namespaces/${this.#namespace}/${this.#kind.plural}`;
    const how = { clock: this.#context, link: this.#link, signal: this.#signal };
    const fail = (error: unknown) => this.#fail(error);
    observe<KubeObject>(
      this.#kube,
      { path: jobs, query: { fieldSelector: `metadata.name=${metadata.name}` } },
      {
        all: (found) => this.#setJob(found[0]),
        one: (object, gone) => this.#setJob(gone ? undefined : object),
      },
      how,
    ).catch(fail);
    observe<Pod>(
      this.#kube,
      this.#podRequest(),
      {
        all: (pods) => {
          this.#listed = true;
          this.#tracker.replace(pods);
          this.#wake();
        },
        one: (pod, gone) => {
          this.#tracker.set(pod, gone);
          this.#wake();
        },
      },
      how,
    ).catch(fail);
  }

  #podRequest() {
    return {
      path: `/api/v1/namespaces/${this.#namespace}/pods`,
      query: { labelSelector: this.#kind.podSelector(this.#name) },
    };
  }

  /** Another job of the same name is not ours. */
  #setJob(job: KubeObject | undefined): void {
    this.#uid ??= job?.metadata.uid;
    const ours = job?.metadata.uid === this.#uid ? job : undefined;
    // A list's items have no kind of their own.
    this.#job = ours && { ...ours, apiVersion: ours.apiVersion ?? this.#job?.apiVersion, kind: this.#kind.kind };
    this.#wake();
  }

  #fail(error: unknown): void {
    if (this.#signal.aborted) return;
    this.#error ??= error;
    this.#wake();
  }

  async #ask(pod: Pod): Promise<void> {
    const now = await podNow(this.#kube, this.#namespace, pod, this.#signal);
    if (now === 'gone') this.#tracker.set(pod, true);
    else if (now) this.#tracker.set(now);
  }

  async #read(instance: Instance): Promise<void> {
    const { stream } = instance;
    const source = this.#output.source(stream.name);
    const target = { namespace: this.#namespace, pod: stream.pod.metadata.name, container: stream.container };
    const { sinceSeconds, tailLines } = this.#options;
    const how = { follow: true, clock: this.#context, link: this.#link, signal: this.#signal, sinceSeconds, tailLines };
    const log = podLog(this.#kube, target, instance, how);
    try {
      if ((await copyLog(log, this.#output, source)) === 'unread') {
        this.#notice.say(`the log of ${stream.name} is gone: its container was removed before it could be read`);
      }
    } finally {
      this.#link.restored(instance);
    }
  }

  async #loop(): Promise<number> {
    const { timeoutMs } = this.#options;
    let over: number | undefined;
    let settled = false;
    let asked = false;
    for (;;) {
      await this.#change();
      if (this.#error !== undefined) throw this.#error;
      const now = this.#context.now();
      const state = this.#job && this.#kind.state(this.#job, this.#tracker.present);
      if (timeoutMs && now - this.#began >= timeoutMs) throw timedOut(this.#name, timeoutMs, state);
      if (!this.#listed) continue;
      const finished = state === undefined || state.phase === 'Succeeded' || state.phase === 'Failed';
      if (!finished) {
        over = undefined;
        settled = false;
        if (state.phase === 'Running' && !asked) {
          asked = true;
          const wrong = unknownWish(this.#name, this.#tracker.present, this.#kind, this.#wanted);
          if (wrong) throw wrong;
        }
        this.#told.waiting(state, this.#job, this.#tracker.present, now);
        continue;
      }
      over ??= now;
      // The job may be seen as over before its last pods are seen: look once more at what there is.
      if (!settled) {
        const list = await this.#kube.json<KubeList<Pod>>({ ...this.#podRequest(), signal: this.#signal });
        this.#tracker.replace(list.items);
        settled = true;
      }
      if (!this.#tracker.idle && now - over < lingerMs) {
        if (now - over > 2000) this.#told.stopping(state, this.#tracker.reading);
        continue;
      }
      return await this.#end(state);
    }
  }

  /** Until something happened, or a second has passed. */
  async #change(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([woken, this.#context.sleep(1000, this.#signal)]);
  }

  async #end(state: JobState | undefined): Promise<number> {
    await this.#output.end();
    this.#notice.clear();
    if (!state) throw deleted(this.#name);
    const full = this.#kind.state(this.#job!, this.#tracker.pods);
    const took = after(this.#job, full, this.#context.now());
    if (state.phase === 'Succeeded') {
      if (this.#tracker.pods.length === 0)
        this.#notice.say(`the pods of ${this.#name} are gone, and their logs with them`);
      this.#notice.say(`${this.#name} succeeded${took}`);
      return Exit.ok;
    }
    throw failed(this.#name, took, full, await this.#failureLines(full));
  }

  async #failureLines(state: JobState): Promise<string[]> {
    const { failure } = state;
    if (!failure) return [];
    const lines = this.#output.source(failure.rank).tail.lines();
    return lines.length ? lines : lastLinesOf(this.#kube, this.#namespace, failure);
  }
}
