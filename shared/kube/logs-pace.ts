import type { Cursor } from './logs-cursor.ts';
import type { Clock } from './logs-silence.ts';

/**
 * A followed log is flushed line by line; a plain request is many times cheaper. When more than this comes in a second and falls behind by
 * one, the rest is fetched in one piece.
 */
const hotBytes = 256 << 10;
const hotMs = 1000;
/** After a try that found the log rotated, the followed stream, which has the old file, is left in peace so long. */
const hotPauseMs = 10_000;
/** So many logs are fetched at once, each over a connection beside its followed one; the others are followed until it is their turn. */
const mostAtOnce = 4;
let atOnce = 0;

/** Whether a followed stream brings a log as fast as it is written. */
export class Pace {
  readonly #clock: Clock;
  #leastLag = Number.POSITIVE_INFINITY;
  #since = 0;
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A request begins. */
  begin(): void {
    this.#bytes = 0;
  }

  /**
   * More comes than a followed stream brings: much in a second, and later and later after it was written, whatever the clocks say.
   * @param bytes that came just now
   * @param cursor where we are with them
   */
  behind(bytes: number, cursor: Cursor): boolean {
    const now = this.#clock.now();
    const passed = now - this.#since;
    if (passed < 0) return false;
    const lag = now - cursor.milliseconds;
    this.#leastLag = Math.min(this.#leastLag, lag);
    if (passed > hotMs) {
      this.#since = now;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return this.#bytes > hotBytes && lag - this.#leastLag > hotMs;
  }

  /** Takes one of the places for those that fetch; false where there is none. `leave` gives it back. */
  enter(): boolean {
    if (atOnce >= mostAtOnce) return false;
    atOnce++;
    return true;
  }

  leave(): void {
    atOnce--;
  }

  /** Nothing is fetched for a while. */
  rest(): void {
    this.#since = this.#clock.now() + hotPauseMs;
  }
}
