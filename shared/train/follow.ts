import type { Context } from '../cli/context.ts';
import { Exit } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { byNumber } from '../logs/colours.ts';
import { Follower, type Watched } from '../logs/follow.ts';
import type { JobKind, JobState } from '../resources/resource.ts';
import { after, deleted, failed, lastLinesOf, stopped, timedOut } from './follow-end.ts';
import { FollowNotices } from './follow-notices.ts';
import type { FollowOptions } from './follow-options.ts';
import { streamsOf, unknownWish, type Wanted } from './follow-pods.ts';

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
  return new JobFollower(kube, context, kind, job, options).run();
}

class JobFollower extends Follower<JobState> {
  readonly #kind: JobKind;
  readonly #wanted: Wanted;
  readonly #told: FollowNotices;
  readonly #jobs: Watched;
  #asked = false;

  constructor(kube: Kube, context: Context, kind: JobKind, job: KubeObject, options: FollowOptions) {
    const wanted = { ...options, ranks: options.ranks ?? [] };
    super(kube, context, job, options, byNumber, (pod) => streamsOf(pod, kind, wanted));
    this.#kind = kind;
    this.#wanted = wanted;
    this.#told = new FollowNotices(kube, this.namespace, this.name, this.notice, this.began);
    const { apiVersion = '' } = job;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    this.#jobs = {
      path: `${root}/namespaces/${this.namespace}/${kind.plural}`,
      query: { fieldSelector: `metadata.name=${this.name}` },
    };
  }

  protected objectRequest(): Watched {
    return this.#jobs;
  }

  protected podRequest(): Watched {
    return {
      path: `/api/v1/namespaces/${this.namespace}/pods`,
      query: { labelSelector: this.#kind.podSelector(this.name) },
    };
  }

  protected stateOf(job: KubeObject): JobState {
    return this.#kind.state(job, this.tracker.present);
  }

  protected isOver(state: JobState | undefined): boolean {
    return state === undefined || state.phase === 'Succeeded' || state.phase === 'Failed';
  }

  protected tellWaiting(state: JobState, now: number): void {
    if (state.phase === 'Running' && !this.#asked) {
      this.#asked = true;
      const wrong = unknownWish(this.name, this.tracker.present, this.#kind, this.#wanted);
      if (wrong) throw wrong;
    }
    this.#told.waiting(state, this.object, this.tracker.present, now);
  }

  protected tellStopping(state: JobState | undefined, names: readonly string[]): void {
    this.#told.stopping(state, names);
  }

  /** What a rank said last tells why it failed. */
  protected override reads(name: string): void {
    this.output.keepTail(this.output.source(name));
  }

  protected async end(state: JobState | undefined): Promise<number> {
    if (!state) throw deleted(this.name);
    const full = this.#kind.state(this.object!, this.tracker.pods);
    const took = after(this.object, full, this.context.now());
    if (state.phase === 'Succeeded') {
      if (this.tracker.pods.length === 0)
        this.notice.say(`the pods of ${this.name} are gone, and their logs with them`);
      this.notice.say(`${this.name} succeeded${took}`);
      return Exit.ok;
    }
    throw failed(this.name, took, full, await this.#failureLines(full));
  }

  async #failureLines(state: JobState): Promise<string[]> {
    const { failure } = state;
    if (!failure) return [];
    const lines = this.output.source(failure.rank).tail?.lines() ?? [];
    return lines.length ? lines : lastLinesOf(this.kube, this.namespace, failure);
  }

  protected stopped(): Error {
    return stopped(this.name);
  }

  protected timedOut(ms: number, state: JobState | undefined): Error {
    return timedOut(this.name, ms, state);
  }
}
