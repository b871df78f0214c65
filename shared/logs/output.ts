import type { Output } from '../cli/context.ts';
import type { LogEnd } from '../kube/logs-contract.ts';
import { stampEnd } from '../kube/logs-cursor.ts';
import { safe } from '../view/text.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** What goes to stdout in one write. */
const blockSize = 64 << 10;
/** SGR foregrounds that read well on dark and light. */
const colours = [36, 33, 32, 35, 34, 31];

export interface OutputOptions {
  /** Bytes as they came, on a terminal too. */
  raw: boolean;
  timestamps: boolean;
  colour: boolean;
}

/** One name before the lines of a log. */
export interface Source {
  readonly name: string;
  prefix: Buffer;
  readonly tail: Tail;
}

/**
 * Writes the lines of several logs to one stream: each with its source's name, gathered into blocks, no faster than the stream takes
 * them. Lines stay bytes: only for a terminal they become text, where control characters are removed.
 */
export class LineOutput {
  readonly #out: Output;
  readonly #options: OutputOptions;
  readonly #clean: boolean;
  readonly #sources = new Map<string, Source>();
  #width = 0;
  #block = Buffer.allocUnsafeSlow(blockSize);
  #used = 0;
  #scheduled = false;
  #drained: Promise<void> | undefined;
  /** Called before lines are written: a notice that stands on the terminal must go first. */
  beforeWrite: () => void = () => {};

  constructor(out: Output, options: OutputOptions) {
    this.#out = out;
    this.#options = options;
    this.#clean = out.isTTY === true && !options.raw;
  }

  source(name: string): Source {
    const known = this.#sources.get(name);
    if (known) return known;
    const source: Source = { name, prefix: Buffer.alloc(0), tail: new Tail() };
    this.#sources.set(name, source);
    this.#width = Math.max(this.#width, name.length);
    for (const each of this.#sources.values()) each.prefix = this.#prefix(each.name);
    return source;
  }

  #prefix(name: string): Buffer {
    const text = `${safe(name).padEnd(this.#width)} | `;
    if (!this.#options.colour) return Buffer.from(text);
    const number = /(\d+)\D*$/.exec(name)?.[1];
    return Buffer.from(`\u001b[${colours[Number(number ?? 5) % colours.length]}m${text}\u001b[0m`);
  }

  /** Takes whole lines with their timestamps. What it returns must be awaited before more is given. */
  write(source: Source, lines: Buffer): Promise<void> | undefined {
    source.tail.push(lines);
    let at = 0;
    while (at < lines.length) {
      let end = lines.indexOf(NEWLINE, at);
      if (end < 0) end = lines.length;
      const stop = stampEnd(lines, at);
      this.line(source, lines, this.#options.timestamps || stop < 0 ? at : stop + 1, end);
      at = end + 1;
    }
    return this.#drained;
  }

  /** One line, given as its place in a buffer, without its timestamp unless that is wanted. */
  line(source: Source, buffer: Buffer, start: number, end: number): Promise<void> | undefined {
    if (this.#clean) {
      this.#append(source.prefix, 0, source.prefix.length);
      const text = Buffer.from(`${forTerminal(buffer, start, end)}\n`);
      this.#append(text, 0, text.length);
    } else {
      const { prefix } = source;
      const size = prefix.length + end - start + 1;
      if (this.#used + size > blockSize) this.flush();
      if (size > blockSize) {
        this.#append(prefix, 0, prefix.length);
        this.#append(buffer, start, end);
        this.#append(lineBreak, 0, 1);
      } else {
        const block = this.#block;
        let used = this.#used;
        used += prefix.copy(block, used);
        used += buffer.copy(block, used, start, end);
        block[used] = NEWLINE;
        this.#used = used + 1;
      }
    }
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
    return this.#drained;
  }

  #append(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      if (this.#used === blockSize) this.flush();
      const copied = bytes.copy(this.#block, this.#used, at, Math.min(end, at + blockSize - this.#used));
      this.#used += copied;
      at += copied;
    }
  }

  /** Hands over what was gathered. */
  flush(): void {
    if (this.#used === 0) return;
    this.beforeWrite();
    const block = this.#block.subarray(0, this.#used);
    // A block that is nearly empty is copied; a full one is given away.
    if (this.#used < blockSize / 4) this.#give(Buffer.from(block));
    else {
      this.#block = Buffer.allocUnsafeSlow(blockSize);
      this.#give(block);
    }
    this.#used = 0;
  }

  #give(block: Buffer): void {
    if (this.#out.write(block) || this.#drained) return;
    this.#drained = new Promise((resolve) => {
      this.#out.once('drain', () => {
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

const lineBreak = Buffer.of(NEWLINE);

/** Writes a log to its end, no faster than the output takes it. `unread`: it was gone before any of it came. */
export async function copyLog(
  log: AsyncGenerator<Buffer, LogEnd>,
  output: LineOutput,
  source: Source,
): Promise<'read' | 'unread'> {
  for (let read = false; ; read = true) {
    const next = await log.next();
    if (next.done) return next.value === 'gone' && !read ? 'unread' : 'read';
    const full = output.write(source, next.value);
    if (full) await full;
  }
}

/** What a terminal would show in the end: of a progress bar that was drawn again and again, its last state. */
function forTerminal(buffer: Buffer, start: number, end: number): string {
  let last = end;
  while (last > start && buffer[last - 1] === CARRIAGE_RETURN) last--;
  const redrawn = last > start ? buffer.lastIndexOf(CARRIAGE_RETURN, last - 1) : -1;
  return safe(buffer.toString('utf8', Math.max(start, redrawn + 1), last));
}

const tailSize = 16 << 10;

/** The end of a log, kept for what is said of a failure. */
export class Tail {
  #buffer: Buffer | undefined;
  #used = 0;

  push(lines: Buffer): void {
    this.#buffer ??= Buffer.allocUnsafeSlow(2 * tailSize);
    if (lines.length >= tailSize) {
      this.#used = lines.copy(this.#buffer, 0, lines.length - tailSize);
      return;
    }
    if (this.#used + lines.length > this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#used - tailSize, this.#used);
      this.#used = tailSize;
    }
    this.#used += lines.copy(this.#buffer, this.#used);
  }

  /** The last whole lines, without timestamps. */
  lines(): string[] {
    if (!this.#buffer) return [];
    const text = this.#buffer.subarray(Math.max(0, this.#used - tailSize), this.#used);
    const lines: string[] = [];
    for (let at = 0; at < text.length; ) {
      let end = text.indexOf(NEWLINE, at);
      if (end < 0) end = text.length;
      const stop = stampEnd(text, at);
      if (stop >= 0) lines.push(safe(text.toString('utf8', stop + 1, end).replace(/\r$/, '')));
      at = end + 1;
    }
    return lines;
  }
}
