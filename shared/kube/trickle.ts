import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { validateHeaderValue } from 'node:http';
import * as net from 'node:net';
import { Readable } from 'node:stream';
import * as tls from 'node:tls';
import { Interrupted } from '../cli/errors.ts';
import { timeoutError, type Where } from './errors.ts';
import { Framing, type Head } from './framing.ts';
import type { Send } from './transport.ts';

/** Where to connect to, and with TLS as what. */
export interface Target {
  host: string;
  port: number;
  /** The name and port for the Host header. */
  authority: string;
  tls?: Pick<tls.ConnectionOptions, 'secureContext' | 'rejectUnauthorized' | 'servername'> | undefined;
}

const connectTimeout = 30_000;
const keepAliveDelay = 15_000;
/** All connections read into one buffer: what is in it is taken before the next one reads. */
let shared: Buffer | undefined;
const sharedSize = 64 << 10;
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
 * Asks on a connection of its own for an answer that comes in many small pieces over a long time. node:http makes several objects of each
 * TLS record, and the server flushes every line of a followed log; here they are gathered into few and larger chunks, in buffers that are
 * used again: a chunk holds until the next one is asked for.
 */
export function trickle(target: Target, send: Send, where: Where): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (send.signal.aborted) return reject(new Interrupted());
    const gathered = new Gathered(target, send, (error) => {
      settle();
      if (error) reject(send.signal.aborted ? new Interrupted() : error);
      // What reads it needs no more of a node:http answer than this has.
      else resolve(gathered as unknown as IncomingMessage);
    });
    const abort = () => void gathered.destroy(new Interrupted());
    send.signal.addEventListener('abort', abort, { once: true });
    gathered.once('close', () => send.signal.removeEventListener('abort', abort));
    // An error before the head is the promise's, one after it the reader's.
    gathered.on('error', () => {});
    const after = (ms: number, error: () => Error) =>
      ms > 0 ? setTimeout(() => gathered.destroy(error()), ms) : undefined;
    const late = () => Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' });
    const timers = [
      after(send.timeoutMs, () => timeoutError(send.timeoutMs, where)),
      gathered.connecting(after(connectTimeout, late)),
    ];
    const settle = () => {
      for (const timer of timers) clearTimeout(timer);
    };
  });
}

class Gathered extends Readable {
  statusCode: number | undefined;
  statusMessage = '';
  headers: Record<string, string> = {};
  readonly #socket: net.Socket;
  readonly #framing: Framing;
  #settled: ((error?: Error) => void) | undefined;
  /** Filled in turn: while one is read another waits in the stream. */
  readonly #buffers: Buffer[] = [empty, empty, empty];
  #turn = 0;
  #used = 0;
  #wanted = false;
  #scheduled = false;
  #paused = false;
  readonly #flush = () => this.#give();

  constructor(target: Target, send: Send, settled: (error?: Error) => void) {
    super({ highWaterMark: 1 });
    this.#settled = settled;
    this.#framing = new Framing(
      (head) => this.#head(head),
      (bytes, start, end) => this.#gather(bytes, start, end),
    );
    shared ??= Buffer.allocUnsafeSlow(sharedSize);
    const onread = { buffer: shared, callback: (length: number, bytes: Buffer) => this.#data(length, bytes) };
    const { host, port } = target;
    const socket = target.tls
      ? // `onread` is missing in the types, not in Node.
        tls.connect({ host, port, ...target.tls, ALPNProtocols: ['http/1.1'], onread } as tls.ConnectionOptions)
      : net.connect({ host, port, onread } as net.NetConnectOpts);
    this.#socket = socket;
    socket.setKeepAlive(true, keepAliveDelay);
    socket.once(target.tls ? 'secureConnect' : 'connect', () => {
      try {
        socket.write(requestHead(target, send));
        // A server that wants another certificate than ours says so only now: without a read nothing would be heard of it.
        socket.read(0);
      } catch (error) {
        this.destroy(error as Error);
      }
    });
    socket.once('end', () => this.#closed());
    socket.once('error', (error) => this.destroy(error));
    socket.once('close', () => this.#closed());
  }

  /** As node:http has it: the body has come whole. */
  get complete(): boolean {
    return this.#framing.complete;
  }

  /** Stops the timer once connected. */
  connecting(timer: NodeJS.Timeout | undefined): NodeJS.Timeout | undefined {
    this.#socket.once('connect', () => clearTimeout(timer));
    return timer;
  }

  /** Gives false to be asked again later: what comes meanwhile waits in the kernel. */
  #data(length: number, bytes: Buffer): boolean {
    try {
      this.#framing.push(bytes, length);
    } catch (error) {
      this.destroy(error as Error);
      return true;
    }
    if (this.#framing.complete) this.#closed();
    else if (this.#used > 0) this.#schedule();
    this.#paused = this.#used >= mostGathered;
    return !this.#paused;
  }

  #head({ status, message, headers }: Head): void {
    this.statusCode = status;
    this.statusMessage = message;
    this.headers = headers;
    this.#settle();
  }

  #settle(error?: Error): void {
    this.#settled?.(error);
    this.#settled = undefined;
  }

  #gather(bytes: Buffer, start: number, end: number): void {
    const size = this.#used + end - start;
    let buffer = this.#buffers[this.#turn]!;
    if (size > buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(4096, 2 ** Math.ceil(Math.log2(size))));
      buffer.copy(grown, 0, 0, this.#used);
      this.#buffers[this.#turn] = buffer = grown;
    }
    this.#used += bytes.copy(buffer, this.#used, start, end);
  }

  #schedule(): void {
    if (this.#scheduled || !this.#wanted) return;
    this.#scheduled = true;
    if (this.#used >= mostGathered) setImmediate(this.#flush);
    else beat.add(this.#flush);
  }

  /** Hands over what was gathered, if it was asked for. */
  #give(): void {
    this.#scheduled = false;
    if (!this.#wanted || this.#used === 0 || this.destroyed) return;
    this.#wanted = false;
    const buffer = this.#buffers[this.#turn]!;
    const used = this.#used;
    // Whole lines where there are: nobody has to put them together again.
    const lines = this.#framing.complete ? used : buffer.lastIndexOf(NEWLINE, used - 1) + 1 || used;
    const chunk = buffer.subarray(0, lines);
    this.#turn = (this.#turn + 1) % this.#buffers.length;
    this.#used = 0;
    if (lines < used) this.#gather(buffer, lines, used);
    // An error's text is read as a whole.
    this.push(this.statusCode! < 300 ? chunk : Buffer.from(chunk));
    if (this.#framing.complete) this.#finish();
    else if (this.#paused) {
      this.#paused = false;
      this.#socket.resume();
    }
  }

  /** No more will come: rightly, or because the connection broke. */
  #closed(): void {
    this.#framing.close();
    if (this.#framing.complete) {
      if (this.#used === 0) this.#finish();
      else this.#schedule();
      this.#socket.destroy();
      return;
    }
    this.destroy(Object.assign(new Error('the answer was cut short'), { code: 'ECONNRESET' }));
  }

  #finish(): void {
    if (!this.readableEnded) this.push(null);
  }

  override _read(): void {
    this.#wanted = true;
    if (this.#used > 0) this.#schedule();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    this.#used = 0;
    this.#settle(error ?? new Interrupted());
    done(error);
  }
}

function requestHead({ authority }: Target, { method, path, headers }: Send): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${authority}`, 'Connection: close'];
  for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each === undefined) continue;
      validateHeaderValue(name, String(each));
      lines.push(`${name}: ${each}`);
    }
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
