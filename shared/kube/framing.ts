const NEWLINE = 10;
const mostHead = 256 << 10;

/** What an answer's head says. */
export interface Head {
  status: number;
  message: string;
  /** Names in lower case; of several of one name the values in one, with commas. */
  headers: Record<string, string>;
}

/** The bytes are no HTTP/1.1 answer. */
const malformed = (what: string): Error =>
  Object.assign(new Error(`not an HTTP answer: ${what}`), { code: 'HPE_INVALID_CONSTANT' });

type Place = 'head' | 'length' | 'close' | 'size' | 'data' | 'end of data' | 'trailers' | 'over';

/**
 * Takes an HTTP/1.1 answer apart (RFC 9112) as its bytes come, with nothing made for each piece: a followed log is flushed line by line,
 * and 50,000 objects in a second would be more work than the lines. Throws where the bytes are no such answer.
 */
export class Framing {
  /** The answer has come to its end as it should. */
  get complete(): boolean {
    return this.#place === 'over';
  }
  readonly #onHead: (head: Head) => void;
  readonly #onBody: (bytes: Buffer, start: number, end: number) => void;
  #place: Place = 'head';
  /** The head, or the line of a chunk's size, as far as it has come. */
  #text = '';
  #left = 0;

  /** @param onBody gets a part of the body as its place in a buffer that is used again: to be copied at once */
  constructor(onHead: (head: Head) => void, onBody: (bytes: Buffer, start: number, end: number) => void) {
    this.#onHead = onHead;
    this.#onBody = onBody;
  }

  push(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      switch (this.#place) {
        case 'data':
        case 'length': {
          const end = Math.min(length, at + this.#left);
          this.#left -= end - at;
          this.#onBody(bytes, at, end);
          at = end;
          if (this.#left === 0) this.#place = this.#place === 'data' ? 'end of data' : 'over';
          break;
        }
        case 'close':
          this.#onBody(bytes, at, length);
          return;
        case 'size':
          at = this.#size(bytes, at, length);
          break;
        case 'over':
          return;
        default:
          at = this.#line(bytes, at, length);
      }
    }
  }

  /** The connection was closed: the end of an answer that says nothing of its length. */
  close(): void {
    if (this.#place === 'close') this.#place = 'over';
  }

  /** The line with a chunk's size, mostly all of it and short. */
  #size(bytes: Buffer, start: number, length: number): number {
    let size = 0;
    let at = start;
    if (this.#text === '') {
      for (; at < length && at < start + 8; at++) {
        const digit = hex(bytes[at]!);
        if (digit < 0) break;
        size = size * 16 + digit;
      }
      if (at > start && at + 1 < length && bytes[at] === 13 && bytes[at + 1] === NEWLINE) {
        this.#chunk(size);
        return at + 2;
      }
    }
    const line = this.#take(bytes, start, length);
    if (line === undefined) return length;
    const digits = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line.text)?.[1];
    if (digits === undefined) throw malformed('the size of a chunk');
    this.#chunk(Number.parseInt(digits, 16));
    return line.end;
  }

  #chunk(size: number): void {
    this.#left = size;
    this.#place = size > 0 ? 'data' : 'trailers';
  }

  #line(bytes: Buffer, start: number, length: number): number {
    if (this.#place === 'head') return this.#head(bytes, start, length);
    const line = this.#take(bytes, start, length);
    if (line === undefined) return length;
    if (this.#place === 'end of data') {
      if (line.text !== '') throw malformed('a chunk that is longer than its size');
      this.#place = 'size';
    } else if (line.text === '') this.#place = 'over';
    return line.end;
  }

  /** A line without its end, once it is whole. */
  #take(bytes: Buffer, start: number, length: number): { text: string; end: number } | undefined {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 || newline >= length ? length : newline + 1;
    this.#text += bytes.toString('latin1', start, end);
    if (this.#text.length > mostHead) throw malformed('a line without end');
    if (!this.#text.endsWith('\n')) return undefined;
    const text = this.#text.slice(0, this.#text.endsWith('\r\n') ? -2 : -1);
    this.#text = '';
    return { text, end };
  }

  #head(bytes: Buffer, start: number, length: number): number {
    const before = this.#text.length;
    this.#text += bytes.toString('latin1', start, length);
    const end = /\r?\n\r?\n/.exec(this.#text);
    if (!end) {
      if (this.#text.length > mostHead) throw malformed('a head without end');
      return length;
    }
    const head = parseHead(this.#text.slice(0, end.index));
    const next = start + end.index + end[0].length - before;
    this.#text = '';
    // What comes before the answer itself (100, 103).
    if (head.status < 200) return next;
    this.#place = this.#bodyOf(head);
    this.#onHead(head);
    return next;
  }

  #bodyOf({ status, headers }: Head): Place {
    if (status === 204 || status === 304) return 'over';
    if (headers['transfer-encoding'] !== undefined) {
      if (/^chunked$/i.test(headers['transfer-encoding'])) return 'size';
      throw malformed(`transfer-encoding ${headers['transfer-encoding']}`);
    }
    if (headers['content-length'] === undefined) return 'close';
    if (!/^\d{1,15}$/.test(headers['content-length'])) throw malformed('content-length');
    this.#left = Number(headers['content-length']);
    return this.#left > 0 ? 'length' : 'over';
  }
}

const hex = (byte: number): number =>
  byte >= 48 && byte <= 57 ? byte - 48 : (byte | 32) >= 97 && (byte | 32) <= 102 ? (byte | 32) - 87 : -1;

function parseHead(text: string): Head {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const [, status, message = ''] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first) ?? [];
  if (status === undefined) throw malformed('its first line');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value = ''] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) throw malformed('a header');
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return { status: Number(status), message, headers };
}
