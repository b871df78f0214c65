import { Readable, Writable } from 'node:stream';
import type { Output } from '../cli/context.ts';
import type { Size } from '../kube/remote.ts';

/** A frame of what goes to a run (in-cluster.py): a letter, the length, the data. */
export function frameOf(kind: 'D' | 'E' | 'R', data: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(5, kind);
  head.writeUInt32BE(data.length, 1);
  return Buffer.concat([head, data]);
}

/**
 * A person's input in frames. It never ends, also where the input does: for who runs it, an end means that the client is gone.
 */
export class Frames extends Readable {
  readonly #source: Readable;
  readonly #take = (chunk: Buffer | string) => {
    const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!this.push(frameOf('D', data))) this.#source.pause();
  };
  readonly #finish = () => void this.push(frameOf('E'));

  constructor(source: Readable) {
    super();
    this.#source = source;
    if (source.readableEnded || source.destroyed) this.#finish();
    else source.on('data', this.#take).once('end', this.#finish).once('error', this.#finish).pause();
  }

  override _read(): void {
    if (!this.#source.readableEnded && !this.#source.destroyed) this.#source.resume();
  }

  resize({ columns, rows }: Size): void {
    this.push(frameOf('R', Buffer.from(`${columns} ${rows}`)));
  }

  /** Leaves the rest of the input to others. */
  release(): void {
    this.#source.off('data', this.#take).off('end', this.#finish).off('error', this.#finish).pause();
    this.destroy();
  }
}

/** Passes a run's output on, and keeps the outcome that stands in it: from U+001E and the nonce to the line's end. */
export class Cutter extends Writable {
  readonly #to: Output;
  readonly #mark: Buffer;
  /** What may be the beginning of the mark. */
  #held: Buffer = Buffer.alloc(0);
  #inside: Buffer[] | undefined;
  #outcome = '';

  constructor(to: Output, nonce: string) {
    super();
    this.#to = to;
    this.#mark = Buffer.from(`\u001e${nonce}:`);
  }

  /** '' where there was none. */
  get outcome(): string {
    return this.#outcome;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    const out: Buffer[] = [];
    while (rest.length > 0) {
      if (this.#inside) {
        const end = rest.indexOf(10);
        this.#inside.push(Buffer.from(end < 0 ? rest : rest.subarray(0, end)));
        if (end < 0) break;
        this.#outcome = Buffer.concat(this.#inside).toString('utf8');
        this.#inside = undefined;
        rest = rest.subarray(end + 1);
        continue;
      }
      const at = rest.indexOf(this.#mark);
      const upTo = at < 0 ? rest.length - this.#possible(rest) : at;
      if (upTo > 0) out.push(rest.subarray(0, upTo));
      if (at < 0) {
        this.#held = Buffer.from(rest.subarray(upTo));
        break;
      }
      this.#inside = [];
      rest = rest.subarray(at + this.#mark.length);
    }
    this.#pass(out, done);
  }

  override _final(done: () => void): void {
    this.#pass([this.#held], done);
  }

  #pass(pieces: Buffer[], done: () => void): void {
    const data = Buffer.concat(pieces);
    if (data.length === 0 || this.#to.write(data)) done();
    else this.#to.once('drain', done);
  }

  /** How many of the last bytes begin the mark. */
  #possible(data: Buffer): number {
    for (let n = Math.min(this.#mark.length - 1, data.length); n > 0; n--)
      if (data.subarray(data.length - n).equals(this.#mark.subarray(0, n))) return n;
    return 0;
  }
}
