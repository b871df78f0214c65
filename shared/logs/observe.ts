import { KfError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject, KubeRequest } from '../kube/kube.ts';
import type { Clock } from '../kube/logs-silence.ts';
import type { FollowLink } from './link.ts';

export interface Seen<T> {
  /** All that is there now. */
  all(objects: T[]): void;
  one(object: T, deleted: boolean): void;
}

type Event<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: T & { code?: number } };

/** How long the server lets a watch last; then it is asked for again from where it was, which costs little. Seconds. */
const watchSeconds = 50;
/** A watch that lasts so much longer has died without a word; milliseconds. */
const lateMs = 8000;

/**
 * Lists, then watches, for as long as the signal lets it: a watch that breaks or is too old begins again with a list. Throws KfError where
 * that is not allowed or there is no such resource.
 */
export async function observe<T extends { metadata: KubeObject['metadata'] }>(
  kube: Kube,
  request: Pick<KubeRequest, 'path' | 'query'>,
  seen: Seen<T>,
  { clock, link, signal }: { clock: Clock; link: FollowLink; signal: AbortSignal },
): Promise<void> {
  let version: string | undefined;
  let failures = 0;
  let reached = false;
  while (!signal.aborted) {
    const watchdog = new Watchdog(clock, link);
    try {
      if (version === undefined) {
        const list = await kube.json<KubeList<T>>({ ...request, signal, timeoutMs: 20_000 });
        version = list.metadata.resourceVersion ?? '';
        for (const object of list.items) slim(object);
        seen.all(list.items);
      }
      const query = {
        ...request.query,
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: version,
        timeoutSeconds: watchSeconds,
      };
      const ended = AbortSignal.any([signal, watchdog.signal]);
      const stream = await kube.stream({ ...request, query, signal: ended, timeoutMs: 20_000 });
      link.restored(seen);
      failures = 0;
      reached = true;
      for await (const event of events<T>(stream)) {
        if (event.type === 'ERROR') {
          version = undefined;
          break;
        }
        version = event.object.metadata.resourceVersion ?? version;
        if (event.type === 'BOOKMARK') continue;
        slim(event.object);
        seen.one(event.object, event.type === 'DELETED');
      }
    } catch (error) {
      if (signal.aborted) return;
      if (watchdog.signal.aborted) continue;
      const code = error instanceof KfError ? error.status?.code : 0;
      if (!(error instanceof KfError) || (code && code < 500 && code !== 410 && code !== 429 && !reached)) throw error;
      if (code === 410) version = undefined;
      link.lost(seen);
    } finally {
      watchdog.stop();
    }
    if (signal.aborted) return;
    await clock.sleep(Math.min(3000, 50 * 2 ** Math.min(failures++, 6)) * (0.75 + Math.random() / 2), signal);
  }
}

/** Who set which field is half of a pod, and it is kept as long as its log is followed. */
function slim({ metadata }: { metadata: KubeObject['metadata'] }): void {
  delete metadata.managedFields;
}

/** Ends a watch that has lasted too long, or whose connection is in doubt because another died. */
class Watchdog {
  readonly #end = new AbortController();
  readonly #stop = new AbortController();

  constructor(clock: Clock, link: FollowLink) {
    this.#run(clock, link).catch(() => {});
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(clock: Clock, link: FollowLink): Promise<void> {
    const { doubts } = link;
    const late = clock.now() + watchSeconds * 1000 + lateMs;
    while (link.doubts === doubts && clock.now() < late) await clock.sleep(1000, this.#stop.signal);
    this.#end.abort();
  }
}

/** A watch's events: one JSON object a line. */
async function* events<T>(stream: AsyncIterable<Buffer>): AsyncGenerator<Event<T>> {
  let rest: Buffer[] = [];
  for await (const chunk of stream) {
    let at = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, at)) {
      rest.push(chunk.subarray(at, end));
      const line = Buffer.concat(rest).toString();
      rest = [];
      at = end + 1;
      if (line.trim()) yield JSON.parse(line) as Event<T>;
    }
    rest.push(chunk.subarray(at));
  }
}
