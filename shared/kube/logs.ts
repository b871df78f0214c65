import { KfError } from '../cli/errors.ts';
import type { Kube, KubeStream } from './kube.ts';
import { Cursor, Resume, stampEnd } from './logs-cursor.ts';
import { type Clock, Silence } from './logs-silence.ts';

const NEWLINE = 10;
/** A line longer than this is cut into several: memory must stay bounded whatever a container writes. */
const longestLine = 8 << 20;

/** One container of one pod. */
export interface LogTarget {
  namespace: string;
  pod: string;
  container: string;
}

/** What is known of one instance of the container (from a watch): a restart makes a new one. */
export interface LogInstance {
  /** How the kubelet serves its log: as the container's, with `previous=true`, or not any more. */
  place(): 'current' | 'previous' | 'gone';
  /** True once the container has ended: no line is added any more. */
  over(): boolean;
  /** Resolves at the next change of the two. */
  changed(): Promise<void>;
}

/** What happens to the connection: shared by all logs that are followed, so that a person reads each thing once. */
export interface LogLink {
  lost(who: object): void;
  restored(who: object): void;
  /** Lines may be missing: the node rotated the log while we could not read it. */
  gap(target: LogTarget): void;
  /** Counts the times when there was reason to doubt the connections (the watch broke). */
  readonly doubts: number;
}

export interface LogOptions {
  follow: boolean;
  clock: Clock;
  link: LogLink;
  signal: AbortSignal;
  sinceSeconds?: number | undefined;
  tailLines?: number | undefined;
}

/** `done`: to its last line. `gone`: it can't be read any more. `never`: the container ended without having started. */
export type LogEnd = 'done' | 'gone' | 'never';

/**
 * The log of one container instance: whole lines, each with its timestamp before it (see {@link stampEnd}), exactly once and in order,
 * across broken connections, restarts of the API server and of the kubelet. Reads no further than it is asked.
 * Throws KfError where reading is not allowed.
 */
export async function* podLog(
  kube: Kube,
  target: LogTarget,
  instance: LogInstance,
  options: LogOptions,
): AsyncGenerator<Buffer, LogEnd> {
  const { clock, link, signal } = options;
  const path = `/api/v1/namespaces/${target.namespace}/pods/${encodeURIComponent(target.pod)}/log`;
  const cursor = new Cursor();
  const began = clock.now();
  const refusals = new Refusals(clock);
  /** Read what is there first: an answer that ends shows for certain where we are, and comes faster than a followed one. */
  let catchUp = false;
  let failures = 0;
  for (;;) {
    signal.throwIfAborted();
    const place = instance.place();
    if (place === 'gone') return 'gone';
    const over = instance.over();
    const follow = options.follow && !over && !catchUp;
    const resume = cursor.started ? new Resume(cursor) : undefined;
    const answer = new Answer();
    let silence: Silence | undefined;
    let failed = false;
    try {
      const query = {
        container: target.container,
        timestamps: true,
        ...(follow ? { follow } : {}),
        ...(place === 'previous' ? { previous: true } : {}),
        ...(cursor.started ? { sinceTime: cursor.since } : from(options, clock.now() - began)),
      };
      const stream = await kube.stream({ path, query, signal, ...(follow ? { timeoutMs: 0 } : {}) });
      link.restored(instance);
      refusals.none();
      if (follow) silence = new Silence(kube, { path, query, cursor, stream, clock, link });
      for await (const lines of wholeLines(stream, answer, silence)) {
        const fresh = resume ? resume.push(lines) : lines;
        if (resume?.gap && place === instance.place()) link.gap(target);
        if (resume) resume.gap = false;
        if (!fresh.length) continue;
        failures = 0;
        cursor.advance(fresh);
        yield fresh;
      }
      failed = silence?.broken ?? false;
      if (silence?.unreachable) link.lost(instance);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KfError) && !isNetwork(error)) throw error;
      const verdict = refusals.judge(error, over, failures);
      if (verdict === 'throw') throw error;
      if (verdict === 'gone' || verdict === 'never') return cursor.started && over ? 'done' : verdict;
      failed = true;
      if (verdict === 'lost' && options.follow) link.lost(instance);
      if (verdict === 'lost' && !options.follow && failures >= 8) throw error;
    } finally {
      silence?.stop();
    }
    if (!failed && answer.error !== undefined) {
      // The kubelet began to answer and then could not (its message comes in place of lines): the log is just being rotated, or gone.
      failed = true;
      if (failures >= 5 && (over || !options.follow)) return cursor.started ? 'done' : 'gone';
    }
    if (!failed) {
      const rest = resume?.end() ?? Buffer.alloc(0);
      if (rest.length) {
        link.gap(target);
        cursor.advance(rest);
        yield rest;
      }
      if (over || !options.follow) {
        if (answer.rest.length) yield* lastLine(answer.rest, resume);
        return 'done';
      }
    }
    if (!failed && catchUp) {
      catchUp = false;
      continue;
    }
    // A follow that ended while, as far as we know, the container runs: it has ended and we shall hear of it, or the kubelet restarted.
    catchUp = true;
    const wait = clock.sleep(Math.min(3000, 100 * 2 ** Math.min(failures++, 5)) * (0.75 + Math.random() / 2), signal);
    await (failed ? wait : Promise.race([wait, instance.changed()]));
  }
}

/** What an answer ended with. */
class Answer {
  /** A last line without its end: whole if the container has ended. */
  rest: Buffer = Buffer.alloc(0);
  /** The kubelet's message in place of a line. */
  error: string | undefined;
}

/** Cuts the answer after its last whole line; the unfinished rest waits for its end. */
async function* wholeLines(stream: KubeStream, answer: Answer, silence: Silence | undefined): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of silence ? silence.watch(stream) : stream) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      parts.push(chunk);
      size += chunk.length;
      if (size < longestLine) continue;
      yield Buffer.concat([...parts, Buffer.of(NEWLINE)]);
      parts = [];
      size = 0;
      continue;
    }
    yield parts.length
      ? Buffer.concat([...parts, chunk.subarray(0, end)])
      : end < chunk.length
        ? chunk.subarray(0, end)
        : chunk;
    parts = end < chunk.length ? [chunk.subarray(end)] : [];
    size = chunk.length - end;
  }
  const rest = Buffer.concat(parts);
  if (rest.length && stampEnd(rest, 0) < 0) answer.error = rest.toString();
  else answer.rest = rest;
}

/** The last line of a container that ended without a line break: given one. */
function* lastLine(rest: Buffer, resume: Resume | undefined): Generator<Buffer> {
  const line = Buffer.concat([rest, Buffer.of(NEWLINE)]);
  const fresh = resume ? Buffer.concat([resume.push(line), resume.end()]) : line;
  if (fresh.length) yield fresh;
}

/** Where the first request begins; asked again later, it begins at the same place. */
function from(options: LogOptions, passedMs: number): { sinceSeconds?: number; tailLines?: number } {
  return {
    ...(options.sinceSeconds === undefined ? {} : { sinceSeconds: Math.ceil(options.sinceSeconds + passedMs / 1000) }),
    ...(options.tailLines === undefined ? {} : { tailLines: options.tailLines }),
  };
}

const isNetwork = (error: unknown): boolean =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';

/** Says what a refused request means for the log. */
class Refusals {
  readonly #clock: Clock;
  #since: number | undefined;
  #reached = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  none(): void {
    this.#reached = true;
    this.#since = undefined;
  }

  judge(error: unknown, over: boolean, failures: number): 'throw' | 'gone' | 'never' | 'wait' | 'lost' {
    const { code, message = '' } = (error instanceof KfError && error.status) || {};
    // The API server knows no such pod; a kubelet that was just restarted says 404 too, in other words.
    if (code === 404) return /^pods "/.test(message) || (over && failures >= 5) ? 'gone' : 'lost';
    if (code === 400) {
      if (/not found|not available/.test(message)) return over ? 'gone' : 'wait';
      if (/waiting to start|is terminated|not have a host assigned/.test(message)) return over ? 'never' : 'wait';
      return 'throw';
    }
    if (code === 401 || code === 403) {
      // An API server that is just starting refuses what it will allow once its caches are filled.
      this.#since ??= this.#clock.now();
      return this.#reached && this.#clock.now() - this.#since < 30_000 ? 'lost' : 'throw';
    }
    if (code === 422) return 'throw';
    return 'lost';
  }
}
