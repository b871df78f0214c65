import type { Output } from '../cli/context.ts';
import type { LogEnd } from '../kube/logs-contract.ts';
import { stampEnd } from '../kube/logs-cursor.ts';
import { safe } from '../view/text.ts';
import { Blocks } from './blocks.ts';
import { Records } from './records.ts';
import { Tail } from './tail.ts';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** A record that has begun waits so long for each next line of it, before lines of others may come in between; milliseconds. */
const patience = 300;
/** And so long in all. */
const longestPatience = 1500;
/** A record that is longer is not kept together any more. */
const longestRecord = 256 << 10;

export interface OutputOptions {
  /** Bytes as they came, on a terminal too. */
  raw: boolean;
  timestamps: boolean;
  /** SGR parameters for a source's name; nothing where there is to be no colour. */
  colour?: ((name: string) => string) | undefined;
  /** A JSON object for each line. */
  json?: boolean | undefined;
  /** Only records of which one line is like this. */
  matches?: ((text: string) => boolean) | undefined;
}

/** One log, or several after each other, under one name. */
export interface Source {
  readonly name: string;
  /** What stands before each line. */
  prefix: Buffer;
  readonly records: Records;
  /** A record that is not over yet. */
  held: Buffer | undefined;
  /** When it began to be held. */
  since: number;
  timer: NodeJS.Timeout | undefined;
  /** The end of it, where that was asked for before its first line. */
  tail: Tail | undefined;
}

/**
 * Writes the lines of several logs to one stream: each with its source's name, those of one record one after the other. Lines stay bytes:
 * only for a terminal, a filter and JSON they become text.
 */
export class LineOutput {
  readonly #blocks: Blocks;
  readonly #options: OutputOptions;
  readonly #clean: boolean;
  readonly #sources = new Map<string, Source>();
  #width = 0;

  constructor(out: Output, options: OutputOptions) {
    this.#blocks = new Blocks(out);
    this.#options = options;
    this.#clean = out.isTTY === true && !options.raw;
  }

  /** Called before lines are written. */
  set beforeWrite(call: () => void) {
    this.#blocks.beforeWrite = call;
  }

  /** Pending where the stream has enough. */
  get full(): Promise<void> | undefined {
    return this.#blocks.drained;
  }

  /** @param of for JSON: which container of which pod it is */
  source(name: string, of?: { pod: string; container: string }): Source {
    const key = of ? `${name} ${of.pod} ${of.container}` : name;
    const known = this.#sources.get(key);
    if (known) return known;
    const source: Source = {
      name,
      prefix: Buffer.alloc(0),
      records: new Records(),
      held: undefined,
      since: 0,
      timer: undefined,
      tail: undefined,
    };
    this.#sources.set(key, source);
    if (this.#options.json) {
      source.prefix = Buffer.from(`{"source":${JSON.stringify(name)},${JSON.stringify(of ?? {}).slice(1, -1)}`);
      return source;
    }
    this.#width = Math.max(this.#width, safe(name).length);
    for (const each of this.#sources.values()) each.prefix = this.#prefix(each.name);
    return source;
  }

  /** The end of a log is to be kept. */
  keepTail(source: Source): void {
    source.tail ??= new Tail();
  }

  #prefix(name: string): Buffer {
    const text = `${safe(name).padEnd(this.#width)} | `;
    const { colour } = this.#options;
    return Buffer.from(colour ? `\u001b[${colour(name)}m${text}\u001b[0m` : text);
  }

  /** Takes whole lines with their timestamps. What it returns must be awaited before more is given. */
  write(source: Source, lines: Buffer): Promise<void> | undefined {
    source.tail?.push(lines);
    const { records, held } = source;
    const all = held ? Buffer.concat([held, lines]) : lines;
    if (held) {
      records.reset();
      source.held = undefined;
    }
    let begin = 0;
    for (let at = 0; at < all.length; ) {
      let end = all.indexOf(NEWLINE, at);
      if (end < 0) end = all.length;
      const stop = stampEnd(all, at);
      // A line without a time is the rest of one that was too long.
      const joins = stop < 0 ? at > 0 : records.joins(all, stop + 1, end);
      if (!joins && at > begin) {
        this.#record(source, all, begin, at);
        begin = at;
      }
      at = end + 1;
    }
    const holds = records.open && all.length - begin < longestRecord;
    clearTimeout(source.timer);
    source.timer = undefined;
    if (holds) {
      const now = performance.now();
      if (!held || begin > 0) source.since = now;
      source.held = Buffer.from(all.subarray(begin));
      const left = source.since + longestPatience - now;
      source.timer = setTimeout(() => this.release(source), Math.max(0, Math.min(patience, left)));
    } else this.#record(source, all, begin, all.length);
    return this.#blocks.drained;
  }

  /** What was held of a record is all of it. */
  release(source: Source): void {
    clearTimeout(source.timer);
    source.timer = undefined;
    const { held } = source;
    source.held = undefined;
    source.records.reset();
    if (held) this.#record(source, held, 0, held.length);
  }

  /** Lines that belong together. */
  #record(source: Source, lines: Buffer, start: number, end: number): void {
    if (this.#options.matches && !this.#matches(lines, start, end)) return;
    for (let at = start; at < end; ) {
      let stop = lines.indexOf(NEWLINE, at);
      if (stop < 0 || stop > end) stop = end;
      this.#line(source, lines, at, stop);
      at = stop + 1;
    }
  }

  #matches(lines: Buffer, start: number, end: number): boolean {
    for (let at = start; at < end; ) {
      let stop = lines.indexOf(NEWLINE, at);
      if (stop < 0 || stop > end) stop = end;
      if (this.#options.matches!(lines.toString('utf8', textStart(lines, at), stop))) return true;
      at = stop + 1;
    }
    return false;
  }

  #line(source: Source, lines: Buffer, start: number, end: number): void {
    if (this.#options.json) {
      const stop = stampEnd(lines, start);
      const time = stop < 0 ? '' : `,"time":"${lines.toString('latin1', start, stop)}"`;
      const last = lines[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
      const message = JSON.stringify(lines.toString('utf8', stop < 0 ? start : stop + 1, Math.max(start, last)));
      const text = Buffer.from(`${time},"message":${this.#clean ? harmless(message) : message}}`);
      this.#blocks.line(source.prefix, text, 0, text.length);
      return;
    }
    const from = this.#options.timestamps ? start : textStart(lines, start);
    if (this.#clean) {
      const text = Buffer.from(forTerminal(lines, from, end));
      this.#blocks.line(source.prefix, text, 0, text.length);
    } else this.#blocks.line(source.prefix, lines, from, end);
  }

  /** Hands over what was gathered. */
  flush(): void {
    for (const source of this.#sources.values()) if (source.held) this.release(source);
    this.#blocks.flush();
  }

  /** Resolves when the stream has taken all. */
  async end(): Promise<void> {
    this.flush();
    await this.#blocks.end();
  }
}

const textStart = (lines: Buffer, start: number): number => {
  const stop = stampEnd(lines, start);
  return stop < 0 ? start : stop + 1;
};

/** JSON for a terminal: what `JSON.stringify` leaves as it is, and could rewrite a line, is escaped. */
const harmless = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Writes a log to its end, no faster than the output takes it. `unread`: it was gone before any of it came. */
export async function copyLog(
  log: AsyncGenerator<Buffer, LogEnd>,
  output: LineOutput,
  source: Source,
): Promise<'read' | 'unread'> {
  for (let read = false; ; read = true) {
    const next = await log.next();
    if (next.done) {
      output.release(source);
      return next.value === 'gone' && !read ? 'unread' : 'read';
    }
    // Of all that wait for room one goes first, and may leave none.
    while (output.full) await output.full;
    output.write(source, next.value);
  }
}

/** What a terminal would show in the end: of a progress bar that was drawn again and again, its last state. */
function forTerminal(buffer: Buffer, start: number, end: number): string {
  let last = end;
  while (last > start && buffer[last - 1] === CARRIAGE_RETURN) last--;
  const redrawn = last > start ? buffer.lastIndexOf(CARRIAGE_RETURN, last - 1) : -1;
  return safe(buffer.toString('utf8', Math.max(start, redrawn + 1), last));
}
