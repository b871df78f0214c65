import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import { networkError } from './errors.ts';
import type { Kube, KubeObject } from './kube.ts';
import { jsonLines } from './watch-lines.ts';

export type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T } | { type: 'RESYNC' };

export interface WatchOptions {
  /** What ends the watch. */
  signal: AbortSignal;
  sleep: Context['sleep'];
  now: Context['now'];
  /** Called once when the server can't be reached any more, with one line on why. */
  onTrouble?: (message: string) => void;
  /** Called when it is back after that. */
  onRestored?: () => void;
  /** Milliseconds without a word after which the connection is taken for dead. */
  silenceMs?: number;
}

type Query = Record<string, string | number | boolean | undefined>;

/** Seconds after which the server is asked to end a watch; a new one follows at once. Spread, as client-go's reflectors do. */
const rotation = () => Math.round(240 + Math.random() * 120);
/** Bookmarks come about once a minute: a connection that brings nothing for this long is taken for dead. */
const usualSilence = 100_000;
/** How long the head of the answer may take. */
const headMs = 15_000;
/**
 * A server that starts again refuses for a while what it allowed before: rights and custom kinds are not loaded yet. A refusal
 * that lasts longer is meant.
 */
const refusalMs = 20_000;
const longestWait = 5_000;

/**
 * Changes of a collection from `query.resourceVersion` on. Reconnects where it was, whatever breaks; silence never ends it, only the
 * signal does (then it returns). The one exception is 410: it yields RESYNC and returns, and the caller lists again.
 * Throws KfError where the server refuses (401, 403, 404, 400).
 */
export async function* watch<T extends KubeObject = KubeObject>(
  kube: Kube,
  path: string,
  query: Query & { resourceVersion: string },
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>, void> {
  const { signal } = options;
  const outage = new Outage(options);
  let { resourceVersion } = query;
  let connected = false;
  while (!signal.aborted) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal.addEventListener('abort', abort, { once: true });
    let silence: NodeJS.Timeout | undefined;
    let rotated = false;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        rotated = true;
        stop.abort();
      }, options.silenceMs ?? usualSilence);
    };
    try {
      const stream = await kube.stream({
        path,
        query: { ...query, resourceVersion, watch: true, allowWatchBookmarks: true, timeoutSeconds: rotation() },
        signal: stop.signal,
        timeoutMs: headMs,
      });
      connected = true;
      outage.over();
      heard();
      for await (const line of jsonLines(stream)) {
        heard();
        const event = line as { type: string; object: T };
        if (event.type === 'ERROR') {
          const { code = 0, message = '' } = event.object as unknown as { code?: number; message?: string };
          if (code === 410) return yield { type: 'RESYNC' };
          throw networkError(new Error(message || `the watch failed (${code})`), watchWhere(kube));
        }
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        outage.calm();
        if (event.type !== 'BOOKMARK') yield event as WatchEvent<T>;
      }
      // Ended by the server, as asked; or it has just come up and closes at once.
      await outage.breathe();
    } catch (error) {
      if (signal.aborted) return;
      if (rotated) continue;
      if (error instanceof KfError && error.status?.code === 410) return yield { type: 'RESYNC' };
      await outage.failed(error, connected);
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', abort);
      stop.abort();
    }
  }
}

const watchWhere = (kube: Kube) => ({ server: kube.server, contextName: kube.contextName, userName: kube.userName });

/** One time of trouble: says so once, waits longer each time, tells a refusal that is meant from one that passes. */
export class Outage {
  readonly #options: WatchOptions;
  #failures = 0;
  #told = false;
  #refusedSince: number | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** The server answers again. */
  over(): void {
    this.#refusedSince = undefined;
    if (this.#told) this.#options.onRestored?.();
    this.#told = false;
  }

  /** It did more than answer: the next failure is a new one. */
  calm(): void {
    this.#failures = 0;
  }

  /** A moment between two connections, so that a server that ends each at once is not flooded. */
  async breathe(): Promise<void> {
    await this.#wait(Math.min(50 * 2 ** this.#failures++, longestWait));
  }

  /**
   * Waits before the next try, or throws what will not pass by waiting.
   * @param before true where it worked before: then a refusal may be a server that is starting
   */
  async failed(error: unknown, before: boolean): Promise<void> {
    if (error instanceof Interrupted) throw error;
    const kf = error instanceof KfError ? error : undefined;
    if (!kf) throw error;
    if (kf.exit !== Exit.unreachable && kf.status?.code !== 500) {
      const { now } = this.#options;
      this.#refusedSince ??= now();
      if (!before || now() - this.#refusedSince > refusalMs) throw error;
    } else {
      this.#refusedSince = undefined;
    }
    // The first failure may be one dropped connection: it is told where the next try fails too.
    if (this.#failures > 0 && !this.#told) {
      this.#told = true;
      this.#options.onTrouble?.(kf.message);
    }
    await this.#wait(Math.min(100 * 2 ** this.#failures++, longestWait));
  }

  async #wait(ms: number): Promise<void> {
    const { sleep, signal } = this.#options;
    await sleep(ms * (0.5 + Math.random()), signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
  }
}
