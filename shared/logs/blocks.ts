import type { Output } from '../cli/context.ts';
import { giveBack, takeBuffer } from '../kube/buffers.ts';
import { hold } from '../kube/trickle.ts';

/** What goes to stdout in one write. */
const blockSize = 64 << 10;
/** Bytes that come sooner after a write than this wait for the next one. */
const beatMs = 20;

/** Gathers bytes into blocks, no faster than the stream takes them; a block that was written is filled again. */
export class Blocks {
  readonly #out: Output;
  #block: Buffer = takeBuffer(blockSize);
  #used = 0;
  #scheduled = false;
  #written = 0;
  #drained: Promise<void> | undefined;
  /** Called before anything is written: a notice that stands on the terminal must go first. */
  beforeWrite: () => void = () => {};

  constructor(out: Output) {
    this.#out = out;
  }

  /** Pending where the stream has enough; to be awaited before more is given. */
  get drained(): Promise<void> | undefined {
    return this.#drained;
  }

  /** A line with what stands before it; its line break is added. */
  line(prefix: Buffer, bytes: Buffer, start: number, end: number): void {
    const size = prefix.length + end - start + 1;
    if (this.#used + size > blockSize) this.flush();
    if (size > blockSize) {
      this.append(prefix, 0, prefix.length);
      this.append(bytes, start, end);
      this.append(lineBreak, 0, 1);
    } else {
      const block = this.#block;
      let used = this.#used;
      used += prefix.copy(block, used);
      used += bytes.copy(block, used, start, end);
      block[used] = lineBreak[0]!;
      this.#used = used + 1;
    }
    this.#schedule();
  }

  append(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      if (this.#used === blockSize) this.flush();
      const copied = bytes.copy(this.#block, this.#used, at, Math.min(end, at + blockSize - this.#used));
      this.#used += copied;
      at += copied;
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const run = () => {
      this.#scheduled = false;
      this.flush();
    };
    const wait = this.#written + beatMs - performance.now();
    if (wait > 1) setTimeout(run, wait);
    else setImmediate(run);
  }

  /** Hands over what was gathered. */
  flush(): void {
    if (this.#used === 0) return;
    this.beforeWrite();
    this.#written = performance.now();
    const block = this.#block;
    this.#block = takeBuffer(blockSize);
    const full = !this.#out.write(block.subarray(0, this.#used), () => giveBack(block));
    this.#used = 0;
    if (!full || this.#drained) return;
    hold(true);
    this.#drained = new Promise((resolve) => {
      this.#out.once('drain', () => {
        hold(false);
        this.#drained = undefined;
        resolve();
      });
    });
  }

  /** Resolves when the stream has taken all. */
  async end(): Promise<void> {
    this.flush();
    await this.#drained;
  }
}

const lineBreak = Buffer.of(10);
