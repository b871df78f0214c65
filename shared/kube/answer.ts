import { Interrupted } from '../cli/errors.ts';
import { timeoutError, type Where } from './errors.ts';
import { Framing, type Head } from './framing.ts';
import type { Reply, Send } from './transport.ts';
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
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (send.signal.aborted) {
      wire.socket.destroy();
      return reject(new Interrupted());
    }
    const answer = new Kind(wire, target, send, (error) => {
      for (const timer of timers) clearTimeout(timer);
      if (error) reject(send.signal.aborted ? new Interrupted() : error);
      else resolve(answer);
    });
    const abort = () => answer.destroy(new Interrupted());
    send.signal.addEventListener('abort', abort, { once: true });
    answer.atRelease.push(() => send.signal.removeEventListener('abort', abort));
    const after = (ms: number, error: () => Error) =>
      ms > 0 ? setTimeout(() => answer.destroy(error()), ms) : undefined;
    const late = () => Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' });
    const connecting = wire.ready ? undefined : after(connectTimeout, late);
    const timers = [after(send.timeoutMs, () => timeoutError(send.timeoutMs, where)), connecting];
    if (!wire.ready) wire.socket.once(target.tls ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
  });
}

/** What may wait to be read, before the connection waits. */
const mostWaiting = 256 << 10;

/** An answer on a connection of its own. It is no stream: of those, too, much is compiled anew at each start. */
export class Answer implements Reply {
  statusCode: number | undefined;
  statusMessage = '';
  headers: Record<string, string> = {};
  readonly #framing: Framing;
  readonly #wire: Wire;
  readonly #listeners = [
    ['end', () => this.#closed()],
    ['close', () => this.#closed()],
    ['error', (error: Error) => this.destroy(error)],
  ] as const;
  /** Called once, when the connection is let go of. */
  readonly atRelease: (() => void)[] = [];
  protected over = false;
  readonly #chunks: Buffer[] = [];
  #waiting = 0;
  #full = false;
  #wake: () => void = () => {};
  #error: Error | undefined;
  #settled: Settled | undefined;
  #released = false;

  constructor(wire: Wire, target: Target, send: Send, settled: Settled) {
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
        const head = requestHead(target, send, wire.free !== undefined);
        socket.cork();
        socket.write(head, 'latin1');
        if (send.body) socket.write(send.body);
        socket.uncork();
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

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        if (this.#error) throw this.#error;
        const chunk = this.next();
        if (chunk) yield chunk;
        else if (this.over) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.destroy();
      this.left();
    }
  }

  /** Who read it reads no more. */
  protected left(): void {}

  /** What came and was not read yet; who asks is done with what this gave before. */
  protected next(): Buffer | undefined {
    const chunk = this.#chunks.shift();
    this.#waiting -= chunk?.length ?? 0;
    if (this.#full && this.#waiting === 0) {
      this.#full = false;
      this.goOn();
    }
    return chunk;
  }

  /** Something came, or ended: whoever waits looks again. */
  protected wake(): void {
    this.#wake();
  }

  /** A part of the body, which is to be copied at once. */
  protected gather(bytes: Buffer, start: number, end: number): void {
    this.#chunks.push(Buffer.from(bytes.subarray(start, end)));
    this.#waiting += end - start;
  }

  /** After each piece of the answer; false leaves what comes next in the kernel until the socket is resumed. */
  protected taken(): boolean {
    this.wake();
    this.#full = this.#waiting >= mostWaiting;
    return !this.#full;
  }

  /** The whole body was taken. */
  protected whole(): void {
    this.over = true;
    this.wake();
  }

  protected goOn(): void {
    this.#wire.socket.resume();
  }

  protected wait(): void {
    this.#wire.socket.pause();
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
    if (this.#released) return;
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
    for (const call of this.atRelease) call();
    const { socket, free } = this.#wire;
    for (const [event, listener] of this.#listeners) socket.off(event, listener);
    if (!free || !this.#framing.complete || /\bclose\b/i.test(this.headers.connection ?? '')) {
      socket.destroy();
      return;
    }
    // Who says more than it was asked is not to be asked again.
    this.#wire.read = () => !socket.destroy();
    // What came at the end may have been more than was wanted at once.
    this.goOn();
    free();
  }

  /** Lets go of it. Who reads it gets this error, unless all has come. */
  destroy(error?: Error): void {
    if (this.over) return;
    this.over = true;
    this.#error = error;
    this.#chunks.length = 0;
    this.#release();
    this.#settle(error ?? new Interrupted());
    this.wake();
  }
}
