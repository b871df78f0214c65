import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Interrupted } from '../cli/errors.ts';
import { timeoutError, type Where } from './errors.ts';
import { Framing, type Head } from './framing.ts';
import type { Send } from './transport.ts';
import { connectTimeout, requestHead, type Target, type Wire } from './wire.ts';

/** Told of the answer's head, or of the error before it. */
export type Settled = (error?: Error) => void;

/**
 * Asks on a connection of its own and resolves with the head of the answer; whatever ends it early is a rejection.
 * node:http, of which most is compiled anew at each start (10 ms), is not loaded for it.
 */
export function ask(
  wire: Wire,
  target: Target,
  send: Send,
  where: Where,
  Kind: new (wire: Wire, target: Target, send: Send, settled: Settled) => Answer = Answer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (send.signal.aborted) {
      wire.socket.destroy();
      return reject(new Interrupted());
    }
    const answer = new Kind(wire, target, send, (error) => {
      settle();
      if (error) reject(send.signal.aborted ? new Interrupted() : error);
      // What reads it needs no more of a node:http answer than this has.
      else resolve(answer as unknown as IncomingMessage);
    });
    const abort = () => void answer.destroy(new Interrupted());
    send.signal.addEventListener('abort', abort, { once: true });
    answer.once('close', () => send.signal.removeEventListener('abort', abort));
    // An error before the head is the promise's, one after it the reader's.
    answer.on('error', () => {});
    const after = (ms: number, error: () => Error) =>
      ms > 0 ? setTimeout(() => answer.destroy(error()), ms) : undefined;
    const late = () => Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' });
    const connecting = wire.ready ? undefined : after(connectTimeout, late);
    const timers = [after(send.timeoutMs, () => timeoutError(send.timeoutMs, where)), connecting];
    if (!wire.ready) wire.socket.once(target.tls ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
    const settle = () => {
      for (const timer of timers) clearTimeout(timer);
    };
  });
}

/** An answer on a connection of its own, with as much of node:http's as is read here. */
export class Answer extends Readable {
  statusCode: number | undefined;
  statusMessage = '';
  headers: Record<string, string> = {};
  readonly #framing: Framing;
  readonly #wire: Wire;
  readonly #listeners = [
    ['end', () => this.#closed()],
    ['close', () => this.#closed()],
    ['error', (error: Error) => void this.destroy(error)],
  ] as const;
  #settled: Settled | undefined;
  #full = false;
  #released = false;

  constructor(wire: Wire, target: Target, send: Send, settled: Settled, highWaterMark = 256 << 10) {
    super({ highWaterMark });
    this.#settled = settled;
    this.#framing = new Framing(
      (head) => this.#head(head),
      (bytes, start, end) => this.gather(bytes, start, end),
    );
    this.#wire = wire;
    const { socket } = wire;
    wire.read = (length, bytes) => this.#data(length, bytes);
    const write = () => {
      try {
        socket.write(requestHead(target, send, wire.free !== undefined), 'latin1');
        // A server that wants another certificate than ours says so only now: without a read nothing would be heard of it.
        socket.read(0);
      } catch (error) {
        queueMicrotask(() => this.destroy(error as Error));
      }
    };
    if (wire.ready) write();
    else socket.once(target.tls ? 'secureConnect' : 'connect', write);
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
  }

  /** As node:http has it: the body has come whole. */
  get complete(): boolean {
    return this.#framing.complete;
  }

  /** A part of the body, which is to be copied at once. */
  protected gather(bytes: Buffer, start: number, end: number): void {
    this.#full = !this.push(Buffer.from(bytes.subarray(start, end)));
  }

  /** After each piece of the answer; false leaves what comes next in the kernel until the socket is resumed. */
  protected taken(): boolean {
    return !this.#full;
  }

  /** The whole body was taken. */
  protected whole(): void {
    this.push(null);
  }

  protected goOn(): void {
    this.#wire.socket.resume();
  }

  override _read(): void {
    if (!this.#full) return;
    this.#full = false;
    this.goOn();
  }

  #data(length: number, bytes: Buffer): boolean {
    try {
      this.#framing.push(bytes, length);
    } catch (error) {
      this.destroy(error as Error);
      return true;
    }
    if (!this.#framing.complete) return this.taken();
    this.#release();
    this.whole();
    return true;
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

  /** No more will come: rightly, or because the connection broke. */
  #closed(): void {
    if (this.#released || this.destroyed) return;
    this.#framing.close();
    if (this.#framing.complete) {
      this.#release();
      this.whole();
    } else this.destroy(Object.assign(new Error('the answer was cut short'), { code: 'ECONNRESET' }));
  }

  /** Lets go of the connection: it is the next request's, or over. */
  #release(): void {
    if (this.#released) return;
    this.#released = true;
    const { socket, free } = this.#wire;
    for (const [event, listener] of this.#listeners) socket.off(event, listener);
    if (!free || !this.#framing.complete || /\bclose\b/i.test(this.headers.connection ?? '')) {
      socket.destroy();
      return;
    }
    // Who says more than it was asked is not to be asked again.
    this.#wire.read = () => !socket.destroy();
    free();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#release();
    this.#settle(error ?? new Interrupted());
    done(error);
  }
}
