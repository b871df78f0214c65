import { Answer } from './answer.ts';
import { giveBack, takeBuffer } from './buffers.ts';

/** A stream that brings more than this between two looks is left to wait in the kernel. */
const mostGathered = 8 << 10;
/** What comes more often than this is gathered: nobody reads faster. */
const beatMs = 100;

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

const open = new Set<Gathered>();
let held = false;

/** Fewer than so many take no room that counts: they are read on, which is faster. */
const many = 8;

/**
 * While it is on, what comes waits in the kernel, of all answers where they are many: nobody takes what was read, and more of it
 * would only be in the way.
 */
export function hold(on: boolean): void {
  const holds = on && open.size >= many;
  if (held === holds) return;
  held = holds;
  for (const each of open) each.hold(holds);
}

/** Whether it is on: then silence says nothing. */
export const holding = (): boolean => held;

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
  #due = false;
  #paused = false;
  readonly #flush = () => {
    this.#scheduled = false;
    this.#give();
  };

  constructor(...given: ConstructorParameters<typeof Answer>) {
    super(...given);
    open.add(this);
    this.atRelease.push(() => open.delete(this));
  }

  hold(on: boolean): void {
    // Whether there is an answer at all must be heard: it has a time limit.
    if (on && !this.#paused && this.statusCode !== undefined) {
      this.#paused = true;
      this.wait();
    } else if (!on && this.#wanted && !this.#due) this.#resume();
  }

  #resume(): void {
    if (!this.#paused || held) return;
    this.#paused = false;
    this.goOn();
  }

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
    // What is due is read before more comes.
    this.#paused = (held && this.statusCode !== undefined) || (!this.#due && this.#used >= mostGathered);
    return !this.#paused;
  }

  protected override whole(): void {
    if (this.#used === 0) super.whole();
    else this.#schedule();
  }

  #schedule(): void {
    if (!this.#wanted || this.#due) return;
    // Much at once is a log that is read, not followed: taken before another stream brings more, it needs no room of its own.
    if (this.#used >= mostGathered || this.complete) this.#give();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      beat.add(this.#flush);
    }
  }

  /** What was gathered may be taken, if it was asked for. */
  #give(): void {
    if (!this.#wanted || this.#used === 0 || this.over) return;
    this.#due = true;
    this.wake();
  }

  protected override left(): void {
    for (const buffer of [this.#buffer, this.#given]) giveBack(buffer);
    this.#buffer = this.#given = empty;
    this.#used = 0;
  }

  protected override next(): Buffer | undefined {
    giveBack(this.#given);
    this.#given = empty;
    this.#wanted = true;
    if (this.#used > 0) this.#schedule();
    if (!this.#due) {
      // Only now, not while what was given is being written: fifty streams would each fill a buffer beside it.
      this.#resume();
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
    const chunk = buffer.subarray(0, lines);
    // An error's text is read as a whole.
    return this.statusCode! < 300 ? chunk : Buffer.from(chunk);
  }
}
