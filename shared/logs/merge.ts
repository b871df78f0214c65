import { compareStamps, stampEnd } from '../kube/logs-cursor.ts';
import { Records } from './records.ts';

const NEWLINE = 10;

/** A log being merged: the line that is next in it. */
export class Head<T> {
  readonly of: T;
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  /** Behind the line, before its line break. */
  end = 0;
  /** Behind the timestamp; -1 where the line has none. */
  stamp = -1;
  /** Place among the logs: what decides between equal times. */
  readonly index: number;
  /** The line belongs to the record of the one before it. */
  joins = false;
  readonly #records = new Records();
  readonly #chunks: AsyncIterator<Buffer, unknown>;

  constructor(of: T, index: number, chunks: AsyncIterator<Buffer, unknown>) {
    this.of = of;
    this.index = index;
    this.#chunks = chunks;
  }

  /** Goes to the next line of what was read; false where more must be read. */
  step(): boolean {
    const start = this.end + (this.buffer.length ? 1 : 0);
    if (start >= this.buffer.length) return false;
    this.#line(start);
    return true;
  }

  #line(start: number): void {
    this.start = start;
    const end = this.buffer.indexOf(NEWLINE, start);
    this.end = end < 0 ? this.buffer.length : end;
    this.stamp = stampEnd(this.buffer, start);
    // A line without a time is the rest of one that was too long.
    this.joins = this.stamp < 0 || this.#records.joins(this.buffer, this.stamp + 1, this.end);
  }

  /** Reads on; false at the log's end. */
  async read(): Promise<boolean> {
    for (;;) {
      const next = await this.#chunks.next();
      if (next.done) return false;
      if (!next.value.length) continue;
      this.buffer = next.value;
      // step() begins behind the last line: the first one begins at 0.
      this.#line(0);
      return true;
    }
  }

  before(other: Head<T>): boolean {
    // Where a log begins with a line without a time.
    if (this.stamp < 0 || other.stamp < 0) return this.stamp < 0 && (other.stamp >= 0 || this.index < other.index);
    const order = compareStamps(this.buffer, this.start, this.stamp, other.buffer, other.start, other.stamp);
    return order === 0 ? this.index < other.index : order < 0;
  }
}

/**
 * Merges logs by their lines' times, holding no more than a chunk of each. Each log's own order is kept, whatever its clock did, and lines
 * that belong together stay so.
 * @param emit takes the line at the head; what it returns is awaited
 * @param whole told when no line of the same record follows
 */
export async function mergeLogs<T>(
  heads: Head<T>[],
  emit: (head: Head<T>) => Promise<void> | undefined,
  whole: (head: Head<T>) => void = () => {},
): Promise<void> {
  const ready = await Promise.all(heads.map((head) => head.read()));
  // A binary heap, the earliest line on top.
  const heap = heads.filter((_, i) => ready[i]);
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i);
  while (heap.length > 0) {
    const top = heap[0]!;
    const full = emit(top);
    if (full) await full;
    const more = top.step() || (await top.read());
    if (more && top.joins) continue;
    whole(top);
    if (!more) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      if (last !== top) heap[0] = last;
    }
    sink(heap, 0);
  }
}

function sink<T>(heap: Head<T>[], from: number): void {
  const item = heap[from]!;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.before(heap[child]!)) child++;
    if (item.before(heap[child]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
}
