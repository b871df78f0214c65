import { Answer, type Settled } from './answer.ts';
import type { Send } from './transport.ts';
import type { Target, Wire } from './wire.ts';

/** A stream that brings more than this between two looks is left to wait in the kernel. */
const mostGathered = 16 << 10;
/** What comes more often than this is gathered: nobody reads faster. */
const beatMs = 50;

/** When streams hand over what they gathered: all of them at once, so that it is written at once too; the first without waiting. */
class Beat {
  #last = 0;
  #waiting: (() => void)[] = [];

  add(give: () => void): void {
    this.#waiting.push(give);
    if (this.#waiting.length > 1) return;
    const wait = this.#last + beatMs - performance.now();
    if (wait > 1) setTimeout(() => this.#run(), wait);
    else setImmediate(() => this.#run());
  }

  #run(): void {
    const all = this.#waiting;
    this.#waiting = [];
    this.#last = performance.now();
    for (const give of all) give();
  }
}
const beat = new Beat();

const empty = Buffer.alloc(0);
const NEWLINE = 10;

/**
 * An answer that comes in many small pieces over a long time. node:http makes several objects of each TLS record, and the server flushes
 * every line of a followed log; here they are gathered into few and larger chunks, in buffers that are used again: a chunk holds until
 * the next one is asked for.
 */
export class Gathered extends Answer {
  /** Filled in turn: while one is read another waits in the stream. */
  readonly #buffers: Buffer[] = [empty, empty, empty];
  #turn = 0;
  #used = 0;
  #wanted = false;
  #scheduled = false;
  #soon = false;
  #paused = false;
  readonly #flush = () => this.#give();

  constructor(wire: Wire, target: Target, send: Send, settled: Settled) {
    super(wire, target, send, settled, 1);
  }

  protected override gather(bytes: Buffer, start: number, end: number): void {
    const size = this.#used + end - start;
    let buffer = this.#buffers[this.#turn]!;
    if (size > buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(8 << 10, 2 ** Math.ceil(Math.log2(size))));
      buffer.copy(grown, 0, 0, this.#used);
      this.#buffers[this.#turn] = buffer = grown;
    }
    this.#used += bytes.copy(buffer, this.#used, start, end);
  }

  protected override taken(): boolean {
    if (this.#used > 0) this.#schedule();
    this.#paused = this.#used >= mostGathered;
    return !this.#paused;
  }

  protected override whole(): void {
    if (this.#used === 0) super.whole();
    else this.#schedule();
  }

  #schedule(): void {
    const much = this.#used >= mostGathered || this.complete;
    if (!this.#wanted || this.#soon || (this.#scheduled && !much)) return;
    this.#scheduled = true;
    // Much at once is a log that is read, not followed: it does not wait for the beat, though that was asked for before.
    this.#soon = much;
    if (much) setImmediate(this.#flush);
    else beat.add(this.#flush);
  }

  /** Hands over what was gathered, if it was asked for. */
  #give(): void {
    this.#scheduled = false;
    this.#soon = false;
    if (!this.#wanted || this.#used === 0 || this.destroyed) return;
    this.#wanted = false;
    const buffer = this.#buffers[this.#turn]!;
    const used = this.#used;
    // Whole lines where there are: nobody has to put them together again.
    const lines = this.complete ? used : buffer.lastIndexOf(NEWLINE, used - 1) + 1 || used;
    const chunk = buffer.subarray(0, lines);
    this.#turn = (this.#turn + 1) % this.#buffers.length;
    this.#used = 0;
    if (lines < used) this.gather(buffer, lines, used);
    // An error's text is read as a whole.
    this.push(this.statusCode! < 300 ? chunk : Buffer.from(chunk));
    if (this.complete) super.whole();
    else if (this.#paused) {
      this.#paused = false;
      this.goOn();
    }
  }

  override _read(): void {
    this.#wanted = true;
    if (this.#used > 0) this.#schedule();
  }
}
