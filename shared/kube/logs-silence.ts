import pLimit from 'p-limit';
import type { Kube, KubeRequest, KubeStream } from './kube.ts';
import type { LogLink } from './logs.ts';
import { type Cursor, stampEnd } from './logs-cursor.ts';
import { holding } from './trickle.ts';

/** Time, so that tests can make their own; shared/cli/context.ts is one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects early when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

interface Followed {
  path: string;
  query: NonNullable<KubeRequest['query']>;
  cursor: Cursor;
  clock: Clock;
  link: LogLink;
}

const firstPatience = 5000;
const longestPatience = 60_000;
/** Many logs fall silent together: so many are asked about at once. */
const inTurn = pLimit(8);

/**
 * A followed log that says nothing may be quiet, half open (the other end is gone and never said so), or stuck: the kubelet goes on
 * reading a rotated file if it was rotated before the first end of file (cri-client pkg/logs ReadLogs). After some silence we ask for the
 * log's last line and end a stream that should have brought it.
 */
export class Silence {
  /** The stream was given up and should be asked for again. */
  broken = false;
  /** The server did not answer when asked whether there is more. */
  unreachable = false;
  readonly #kube: Kube;
  readonly #of: Followed;
  readonly #end = new AbortController();
  #heard: number;
  #waiting = false;
  #patience = firstPatience;
  #giveUp: () => void = () => {};

  constructor(kube: Kube, of: Followed) {
    this.#kube = kube;
    this.#of = of;
    this.#heard = of.clock.now();
    this.#listen().catch(() => {});
  }

  stop(): void {
    this.#end.abort();
  }

  /** The stream's chunks; ends when the stream ends or is given up. */
  async *watch(stream: KubeStream): AsyncGenerator<Buffer> {
    const chunks = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        this.#waiting = true;
        // Not Promise.race with one long promise: that would keep something of every chunk.
        const result = await new Promise<IteratorResult<Buffer> | undefined>((resolve, reject) => {
          this.#giveUp = () => resolve(undefined);
          chunks.next().then(resolve, reject);
        });
        this.#waiting = false;
        if (!result || result.done) return;
        this.#heard = this.#of.clock.now();
        this.#patience = firstPatience;
        yield result.value;
      }
    } finally {
      stream.destroy();
    }
  }

  async #listen(): Promise<void> {
    const { clock, link } = this.#of;
    const signal = this.#end.signal;
    let doubts = link.doubts;
    while (!signal.aborted) {
      await clock.sleep(1000, signal);
      const doubted = doubts !== link.doubts;
      doubts = link.doubts;
      if (holding()) this.#heard = clock.now();
      const quiet = clock.now() - this.#heard;
      // Where nobody asks for more, the silence is ours.
      if (!this.#waiting || !(quiet > this.#patience || (doubted && quiet > 500))) continue;
      const heard = this.#heard;
      const verdict = await this.#probe();
      if (signal.aborted || heard !== this.#heard) continue;
      if (verdict === 'fine') {
        this.#patience = Math.min(this.#patience * 2, longestPatience);
        continue;
      }
      this.broken = true;
      this.unreachable = verdict === 'unreachable';
      this.#giveUp();
      return;
    }
  }

  /** Asks for the last line. A line that we don't have gets a second to arrive before the stream counts as stuck. */
  async #probe(): Promise<'fine' | 'stuck' | 'unreachable'> {
    const { path, query, cursor, clock } = this.#of;
    const { follow: _, sinceTime: __, sinceSeconds: ___, ...rest } = query;
    let last: Buffer;
    try {
      const ask = { path, query: { ...rest, tailLines: 1 }, timeoutMs: 10_000 };
      const text = await inTurn(() => this.#kube.text(ask));
      last = Buffer.from(text);
    } catch {
      return 'unreachable';
    }
    const stop = stampEnd(last, 0);
    if (stop < 0 || cursor.stamp.equals(last.subarray(0, stop))) return 'fine';
    const heard = this.#heard;
    await clock.sleep(1000, this.#end.signal);
    return heard === this.#heard ? 'stuck' : 'fine';
  }
}
