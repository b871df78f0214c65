import { KfError } from '../cli/errors.ts';
import type { Kube } from './kube.ts';
import type { LogEnd, LogInstance, LogOptions, LogTarget } from './logs-contract.ts';
import { Cursor, Resume } from './logs-cursor.ts';
import { Answer, lastLine, wholeLines } from './logs-lines.ts';
import { Pace } from './logs-pace.ts';
import { isNetwork, Refusals } from './logs-refusals.ts';
import { Silence } from './logs-silence.ts';

export type { LogEnd, LogInstance, LogLink, LogOptions, LogTarget } from './logs-contract.ts';

/** Where the last seen line should be near the end, an answer is asked for from so many lines before it. */
const nearLines = 2000;
/** The kubelet looks every 10 s whether a log is to be rotated (containerLogMonitorInterval): no whole file fits in less. */
const rotationSeconds = 8;

/**
 * The log of one container instance: whole lines, each with its timestamp before it (see {@link stampEnd}), exactly once and in order,
 * across broken connections, restarts of the API server and of the kubelet. Reads no further than it is asked.
 * Throws KfError where reading is not allowed.
 */
export function podLog(
  kube: Kube,
  target: LogTarget,
  instance: LogInstance,
  options: LogOptions,
): AsyncGenerator<Buffer, LogEnd> {
  return new Reader(kube, target, instance, options).run();
}

/** One request and how it ended. */
interface Round {
  readonly follow: boolean;
  readonly place: 'current' | 'previous';
  readonly resume: Resume | undefined;
  readonly answer: Answer;
  /** Asked for from a few lines before the end. */
  readonly near: boolean;
  /** Stop where the last seen line is not in the answer, instead of taking what is. */
  readonly onlyIfFound: boolean;
  end: 'clean' | 'broken' | 'overtaken' | 'notFound' | 'moved';
}

class Reader {
  readonly #kube: Kube;
  readonly #target: LogTarget;
  readonly #instance: LogInstance;
  readonly #options: LogOptions;
  readonly #path: string;
  readonly #cursor = new Cursor();
  readonly #refusals: Refusals;
  readonly #began: number;
  #failures = 0;
  #drained = false;
  readonly #pace: Pace;

  constructor(kube: Kube, target: LogTarget, instance: LogInstance, options: LogOptions) {
    this.#kube = kube;
    this.#target = target;
    this.#instance = instance;
    this.#options = options;
    this.#path = `/api/v1/namespaces/${encodeURIComponent(target.namespace)}/pods/${encodeURIComponent(target.pod)}/log`;
    this.#refusals = new Refusals(options.clock);
    this.#began = options.clock.now();
    this.#pace = new Pace(options.clock);
  }

  async *run(): AsyncGenerator<Buffer, LogEnd> {
    const { signal, clock } = this.#options;
    // First what is there: an answer that ends shows for certain where we are, and comes faster than a followed one.
    let catchUp = true;
    // The last seen line is near the end of the log.
    let near = false;
    let misses = 0;
    for (;;) {
      signal.throwIfAborted();
      if (this.#failures > 0) await this.#instance.refresh();
      const place = this.#instance.place();
      if (place === 'gone') return 'gone';
      const over = this.#instance.over();
      const last = over || !this.#options.follow;
      const round = this.#round(!last && !catchUp, place, near && misses < 3 && (over || !catchUp));
      near = false;
      try {
        yield* this.#request(round);
      } catch (error) {
        const end = this.#failed(error, over);
        if (end) return end;
        round.end = 'broken';
      }
      if (round.end === 'clean' && round.answer.error !== undefined) {
        // The kubelet began to answer and then could not; its message comes in place of lines: the log is being rotated, or gone.
        round.end = 'broken';
        if (this.#failures >= 5 && last) return this.#cursor.started ? 'done' : 'gone';
      }
      if (round.end === 'clean') {
        const rest = round.resume?.end();
        if (rest?.length && round.near) round.end = 'notFound';
        else if (rest?.length && !(await this.#isOurs(place, rest))) round.end = 'moved';
        else if (rest?.length) yield this.#cursor.take(rest);
      }
      // Catching up finds it always: only a round of the other kinds shows that asking near the end is worth it again.
      if (round.end === 'notFound') misses++;
      else if (round.resume?.passing && (round.near || round.follow)) misses = 0;
      if (round.end === 'notFound' || round.end === 'moved') {
        catchUp = true;
        continue;
      }
      if (round.end === 'clean' && last) {
        if (round.answer.rest.length) yield* lastLine(round.answer.rest, round.resume);
        return 'done';
      }
      if (round.end === 'overtaken' || (round.end === 'clean' && catchUp)) {
        near = this.#cursor.started;
        catchUp = false;
        continue;
      }
      near = round.end === 'clean' && this.#cursor.started;
      // A follow that ended while, as far as we know, the container runs: it ended and we shall hear of it, or the kubelet restarted.
      catchUp = true;
      const delay = Math.min(3000, 100 * 2 ** Math.min(this.#failures++, 5)) * (0.75 + Math.random() / 2);
      const wait = clock.sleep(delay, signal);
      await (round.end === 'broken' ? wait : Promise.race([wait, this.#instance.changed()]));
    }
  }

  #round(follow: boolean, place: Round['place'], near: boolean): Round {
    const resume = this.#cursor.started ? new Resume(this.#cursor, near) : undefined;
    return { follow, place, near, resume, onlyIfFound: near, answer: new Answer(), end: 'clean' };
  }

  /** The new lines of one answer. */
  async *#request(round: Round): AsyncGenerator<Buffer> {
    const { follow, place, near, resume, answer } = round;
    const { clock, link, signal } = this.#options;
    const query = {
      container: this.#target.container,
      timestamps: true,
      ...(follow ? { follow } : {}),
      ...(place === 'previous' ? { previous: true } : {}),
      ...(near ? { tailLines: nearLines } : resume ? { sinceTime: this.#cursor.since } : this.#from()),
    };
    const path = this.#path;
    const stream = await this.#kube.stream({ path, query, signal, accept: '*/*', timeoutMs: 30_000, trickle: true });
    link.restored(this.#instance);
    this.#refusals.none();
    const silence = follow ? new Silence(this.#kube, { path, query, cursor: this.#cursor, clock, link }) : undefined;
    this.#pace.begin();
    try {
      for await (const lines of wholeLines(silence ? silence.watch(stream) : stream, answer)) {
        const fresh = resume ? resume.push(lines) : lines;
        if (resume?.gap) {
          if (round.onlyIfFound) {
            round.end = 'notFound';
            return;
          }
          resume.gap = false;
          if (!(await this.#isOurs(place, fresh))) {
            round.end = 'moved';
            return;
          }
        }
        if (!fresh.length) continue;
        this.#failures = 0;
        yield this.#cursor.take(fresh);
        if (follow && this.#pace.behind(fresh.length, this.#cursor) && (yield* this.#overtake(place))) {
          round.end = 'overtaken';
          return;
        }
      }
      if (silence?.broken) {
        round.end = 'broken';
        link.doubt();
        // A stream that is stuck while the server answers has come to the end of a file that was rotated.
        this.#drained = !silence.unreachable;
        if (silence.unreachable) link.lost(this.#instance);
      }
    } finally {
      silence?.stop();
    }
  }

  /** Fetches what there is beyond the cursor. False where the log was rotated: then only the followed stream has the rest of the old file. */
  async *#overtake(place: Round['place']): AsyncGenerator<Buffer, boolean> {
    if (!this.#pace.enter()) return false;
    const round: Round = { ...this.#round(false, place, false), onlyIfFound: true };
    try {
      yield* this.#request(round);
    } finally {
      this.#pace.leave();
    }
    if (round.end === 'clean' && round.resume?.passing) return true;
    this.#pace.rest();
    return false;
  }

  /**
   * The last seen line is not in the log. False where the answer is another instance's: the container was restarted and the watch has not
   * told yet. Otherwise the node rotated the log, and lines may be missing, unless the old file was read to its end just before.
   */
  async #isOurs(place: Round['place'], lines: Buffer): Promise<boolean> {
    const { clock, link, signal } = this.#options;
    await clock.sleep(1000, signal);
    await this.#instance.refresh();
    if (this.#instance.place() !== place) return false;
    if (!this.#drained || this.#cursor.secondsTo(lines) > rotationSeconds) link.gap(this.#target);
    this.#drained = false;
    return true;
  }

  /** What a failed request means; undefined: it is to be tried again. */
  #failed(error: unknown, over: boolean): LogEnd | undefined {
    const { follow, link } = this.#options;
    this.#options.signal.throwIfAborted();
    if (!(error instanceof KfError) && !isNetwork(error)) throw error;
    const verdict = this.#refusals.judge(error, over, this.#failures);
    if (verdict === 'throw' || (verdict === 'lost' && !follow && this.#failures >= 5)) throw error;
    if (verdict === 'gone' || verdict === 'never') return this.#cursor.started && over ? 'done' : verdict;
    if (verdict === 'lost' && follow) link.lost(this.#instance);
    return undefined;
  }

  /** Where the first request begins; asked again later, it begins at the same place. */
  #from(): { sinceSeconds?: number; tailLines?: number } {
    const { sinceSeconds, tailLines, clock } = this.#options;
    const passed = (clock.now() - this.#began) / 1000;
    return {
      ...(sinceSeconds === undefined ? {} : { sinceSeconds: Math.ceil(sinceSeconds + passed) }),
      ...(tailLines === undefined ? {} : { tailLines }),
    };
  }
}
