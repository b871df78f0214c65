import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listWatch } from '../kube/watch-list.ts';
import { runtimeNodes } from './detail.ts';
import { type FoundJob, jobPath } from './find.ts';
import type { Pod } from './pod.ts';
import type { JobState, Phase } from './resource.ts';
import { whyPending } from './why.ts';

/** What is waited for. A job that is over ends every wait: it comes no nearer. */
export const waitTargets = ['complete', 'running', 'suspended', 'deleted'] as const;
export type WaitTarget = (typeof waitTargets)[number];

export interface WaitOptions {
  until: WaitTarget;
  /** Milliseconds; 0 or undefined is no end. */
  timeoutMs?: number | undefined;
  /** Called about once a second while it waits, and at each change. */
  onState?: (state: JobState, waitedMs: number) => void;
  /** One line: the server can't be reached, or can again. */
  onTrouble?: (message: string) => void;
}

/** The job as it was at the end of the wait; undefined where it is gone. */
export type Waited = { state: JobState; object: KubeObject } | undefined;

type Waiting = Pick<FoundJob, 'kind' | 'object' | 'name' | 'namespace'>;

/**
 * Waits for a job by watching it and its pods; no polling. Throws KfError: exit 5 when timeoutMs has passed, 130 on Ctrl-C.
 * A job of the same name that was made since is another job: ours is gone then.
 */
export function waitFor(kube: Kube, context: Context, job: Waiting, options: WaitOptions): Promise<Waited> {
  return new Waiter(kube, context, job, options).run();
}

/** Phases in which a reason is looked for beyond what the pods say. */
const waits: readonly Phase[] = ['Pending', 'Resuming', 'Restarting'];
/** How old a reason may get before it is asked for again. */
const whyMs = 5000;

class Waiter {
  readonly #kube: Kube;
  readonly #context: Context;
  readonly #job: Waiting;
  readonly #options: WaitOptions;
  readonly #began: number;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #pods = new Map<string, Pod>();
  /** Names of the pods that were there while the job was: another job of its name has others. */
  readonly #ours = new Set<string>();
  #object: KubeObject | undefined;
  #known = { job: false, pods: false };
  #nodes: number | undefined;
  #failure: JobState['failure'];
  #why = { text: '', at: Number.NEGATIVE_INFINITY, asking: false };
  #error: unknown;
  #wake: () => void = () => {};

  constructor(kube: Kube, context: Context, job: Waiting, options: WaitOptions) {
    this.#kube = kube;
    this.#context = context;
    this.#job = job;
    this.#options = options;
    this.#began = context.now();
    this.#object = job.object;
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
  }

  async run(): Promise<Waited> {
    this.#watchJob().catch((error) => this.#fail(error));
    this.#watchPods().catch((error) => this.#fail(error));
    try {
      this.#nodes = await runtimeNodes(this.#kube, this.#job);
      return await this.#loop();
    } catch (error) {
      if (this.#context.signal.aborted) throw new Interrupted();
      throw error;
    } finally {
      this.#stop.abort();
    }
  }

  async #loop(): Promise<Waited> {
    const { timeoutMs, onState } = this.#options;
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const waited = this.#context.now() - this.#began;
      const state = this.#object && this.#state(this.#object);
      if (this.#known.job && this.#known.pods) {
        if ((!state || !this.#object) && this.#left() === 0) return undefined;
        if (state && this.#object && this.#reached(state)) return { state, object: this.#object };
      }
      if (timeoutMs && waited >= timeoutMs) throw this.#timedOut(state);
      if (state && this.#known.job) this.#lookForWhy(state);
      if (this.#known.job) onState?.(state ?? this.#remains(), waited);
      await this.#change(timeoutMs ? Math.min(1000, timeoutMs - waited) : 1000);
    }
  }

  #state(object: KubeObject): JobState {
    const state = this.#job.kind.state(object, this.#known.pods ? [...this.#pods.values()] : undefined, this.#nodes);
    // The Job controller may take a failed pod away when it gives up: what was seen of it is the cause.
    this.#failure = state.failure ?? this.#failure;
    if (state.phase === 'Failed' && !state.failure && this.#failure) {
      return { ...state, failure: this.#failure, why: `${this.#failure.rank} ${this.#failure.text}` };
    }
    return waits.includes(state.phase) && this.#why.text && !state.failure ? { ...state, why: this.#why.text } : state;
  }

  /** Pods of ours that outlive the job's object; only who waits for the deletion waits for them. */
  #left(): number {
    if (this.#options.until !== 'deleted') return 0;
    return [...this.#ours].filter((name) => this.#pods.has(name)).length;
  }

  #remains(): JobState {
    const left = this.#left();
    const none = { restarts: 0, started: undefined, finished: undefined, failure: undefined };
    const why = left ? `${left} ${left === 1 ? 'pod' : 'pods'} still to go` : '';
    return { phase: 'Deleting', why, nodes: { ready: 0, total: 0 }, ...none };
  }

  #reached({ phase, why }: JobState): boolean {
    const over = phase === 'Succeeded' || phase === 'Failed';
    switch (this.#options.until) {
      case 'deleted':
        return false;
      case 'complete':
        return over;
      case 'running':
        return over || phase === 'Running';
      case 'suspended':
        // Its pods have stopped too.
        return (
          over || (phase === 'Suspended' && why === '') || (phase === 'Pending' && why.startsWith('queued by Kueue'))
        );
    }
  }

  /** Does not hold up the wait: the answer shows at the next turn. */
  #lookForWhy({ phase }: JobState): void {
    const now = this.#context.now();
    if (!waits.includes(phase)) this.#why.text = '';
    else if (!this.#why.asking && now - this.#why.at >= whyMs) {
      this.#why.asking = true;
      whyPending(this.#kube, this.#job.namespace, [...this.#pods.values()], this.#object)
        .then((text) => {
          this.#why = { text, at: this.#context.now(), asking: false };
          this.#wake();
        })
        // It is only an explanation: what is really wrong shows in the watches.
        .catch(() => {
          this.#why = { text: '', at: this.#context.now(), asking: false };
        });
    }
  }

  async #watchJob(): Promise<void> {
    const { kind, name, namespace, object } = this.#job;
    const path = jobPath(kind, namespace);
    const { uid } = object.metadata;
    for await (const event of listWatch(this.#kube, path, { fieldSelector: `metadata.name=${name}` }, this.#how())) {
      if (event.type === 'SYNCED') {
        // Gone between the two requests, or replaced by another.
        if (!this.#known.job) this.#object = undefined;
        this.#known.job = true;
      } else if (event.object.metadata.uid === uid) {
        this.#object = event.type === 'DELETED' ? undefined : { ...event.object, kind: kind.kind };
        this.#known.job = true;
      }
      this.#wake();
    }
  }

  async #watchPods(): Promise<void> {
    const { kind, name, namespace } = this.#job;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    const query = { labelSelector: kind.podSelector(name) };
    try {
      for await (const event of listWatch<Pod & KubeObject>(this.#kube, path, query, this.#how())) {
        if (event.type === 'SYNCED') this.#known.pods = true;
        else if (event.type === 'DELETED') this.#pods.delete(event.object.metadata.name);
        else {
          this.#pods.set(event.object.metadata.name, event.object);
          if (this.#object || !this.#known.pods) this.#ours.add(event.object.metadata.name);
        }
        if (this.#known.pods) this.#wake();
      }
    } catch (error) {
      // Who may not see pods can still wait for the job.
      if (!(error instanceof KfError) || error.exit !== Exit.forbidden) throw error;
      this.#known.pods = true;
      this.#wake();
    }
  }

  #how() {
    const { sleep, now } = this.#context;
    const { onTrouble } = this.#options;
    return {
      signal: this.#signal,
      sleep,
      now,
      ...(onTrouble ? { onTrouble, onRestored: () => onTrouble('connected again') } : {}),
    };
  }

  #fail(error: unknown): void {
    if (this.#signal.aborted) return;
    this.#error ??= error;
    this.#wake();
  }

  async #change(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const turn = new AbortController();
    const pause = this.#context.sleep(ms, AbortSignal.any([this.#signal, turn.signal])).catch((error) => {
      if (!turn.signal.aborted) throw error;
    });
    await Promise.race([woken, pause]).finally(() => turn.abort());
  }

  #timedOut(state: JobState | undefined): KfError {
    const { timeoutMs = 0, until } = this.#options;
    const { name } = this.#job;
    const is = state ? `: it is ${state.phase}${state.why ? ` (${state.why})` : ''}` : '';
    const goal = until === 'complete' ? 'has not finished' : `is not ${until}`;
    return new KfError(Exit.unreachable, `${name} ${goal} after ${timeoutMs / 1000}s${is}`, {
      hint: `look at it: kubectl kf train get ${name}`,
    });
  }
}
