import { Answer } from './answer.ts';

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
/** Buffers of all answers that are free, by the power of two that is their size. */
const free: Buffer[][] = [];
const smallest = 12;
/** What is kept of each size, in bytes. */
const mostFree = 1 << 20;

function takeBuffer(size: number): Buffer {
  const power = Math.max(smallest, Math.ceil(Math.log2(size)));
  return free[power]?.pop() ?? Buffer.allocUnsafeSlow(2 ** power);
}

function giveBack(buffer: Buffer): void {
  if (buffer.length === 0) return;
  const power = Math.log2(buffer.length);
  free[power] ??= [];
  if (free[power].length < mostFree >> power) free[power].push(buffer);
}

/**
 * An answer that comes in many small pieces over a long time. node:http makes several objects of each TLS record, and the server flushes
 * every line of a followed log; here they are gathered into few and larger chunks, in buffers that are used again: a chunk holds until
 * the next one is asked for.
 */
export class Gathered extends Answer {
  #buffer: Buffer = empty;
  #used = 0;
  /** What is being read. */
  #given: Buffer = empty;
  #wanted = false;
  #scheduled = false;
  #soon = false;
  #due = false;
  #paused = false;
  readonly #flush = () => this.#give();

  protected override gather(bytes: Buffer, start: number, end: number): void {
    const size = this.#used + end - start;
    if (size > this.#buffer.length) {
      const grown = takeBuffer(size);
      this.#buffer.copy(grown, 0, 0, this.#used);
      giveBack(this.#buffer);
      this.#buffer = grown;
    }
    this.#used += bytes.copy(this.#buffer, this.#used, start, end);
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

  /** What was gathered may be taken, if it was asked for. */
  #give(): void {
    this.#scheduled = false;
    this.#soon = false;
    if (!this.#wanted || this.#used === 0 || this.over) return;
    this.#due = true;
    this.wake();
  }

  protected override next(): Buffer | undefined {
    giveBack(this.#given);
    this.#given = empty;
    if (!this.#due) {
      this.#wanted = true;
      if (this.#used > 0) this.#schedule();
      return undefined;
    }
    this.#due = false;
    this.#wanted = false;
    const buffer = this.#buffer;
    const used = this.#used;
    // Whole lines where there are: nobody has to put them together again.
    const lines = this.complete ? used : buffer.lastIndexOf(NEWLINE, used - 1) + 1 || used;
    this.#given = buffer;
    this.#buffer = empty;
    this.#used = 0;
    if (lines < used) this.gather(buffer, lines, used);
    if (this.complete) super.whole();
    else if (this.#paused) {
      this.#paused = false;
      this.goOn();
    }
    const chunk = buffer.subarray(0, lines);
    // An error's text is read as a whole.
    return this.statusCode! < 300 ? chunk : Buffer.from(chunk);
  }
}
