import type { ServerResponse } from 'node:http';
import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kube, KubeObject } from '../../../shared/kube/kube.ts';
import { type WatchOptions, watch } from '../../../shared/kube/watch.ts';
import { jsonLines } from '../../../shared/kube/watch-lines.ts';
import { listWatch } from '../../../shared/kube/watch-list.ts';
import { closeServers, connect, failure, makeContext, reply, serve, usualCertificates } from './support.ts';

test.after(closeServers);
test.before(usualCertificates);

const object = (name: string, resourceVersion: string, uid = name): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'x', uid, resourceVersion },
});

/** A small API server for one collection: lists what it has, and keeps watchers open. */
class Collection {
  items: KubeObject[] = [];
  version = 10;
  lists = 0;
  /** The query of each watch that was opened. */
  watches: URLSearchParams[] = [];
  open: ServerResponse[] = [];
  /** Answers in place of the usual, for as long as it is set. */
  instead: ((response: ServerResponse, watching: boolean) => void) | undefined;
  url = '';

  async start(): Promise<Kube> {
    const server = await serve((request, response) => {
      const query = new URL(request.url!, 'http://x').searchParams;
      const watching = query.get('watch') === 'true';
      if (this.instead) return this.instead(response, watching);
      if (!watching) {
        this.lists++;
        return reply(response, 200, {
          kind: 'PodList',
          metadata: { resourceVersion: String(this.version) },
          items: this.items,
        });
      }
      this.watches.push(query);
      response.writeHead(200);
      response.flushHeaders();
      this.open.push(response);
    });
    this.url = server.url;
    return connect(server.url);
  }
  send(type: string, value: object): void {
    this.open.at(-1)!.write(`${JSON.stringify({ type, object: value })}\n`);
  }
  async watched(count: number): Promise<void> {
    for (let i = 0; this.watches.length < count; i++) {
      if (i > 2000) throw new Error(`only ${this.watches.length} watches`);
      await sleep(10);
    }
  }
}

interface Log {
  events: string[];
  trouble: string[];
  restored: number;
  stop(): Promise<void>;
  /** What it ended with. */
  ended: Promise<unknown>;
  until(count: number): Promise<void>;
}

function follow(
  stream: (options: WatchOptions) => AsyncIterable<{ type: string; object?: unknown }>,
  over: object = {},
): Log {
  const stop = new AbortController();
  const { sleep: pause, now } = makeContext();
  const log: Log = {
    events: [],
    trouble: [],
    restored: 0,
    stop: async () => {
      stop.abort();
      await log.ended;
    },
    ended: Promise.resolve(),
    until: async (count) => {
      for (let i = 0; log.events.length < count; i++) {
        if (i > 800) throw new Error(`only ${log.events.join(', ')}`);
        await sleep(10);
      }
    },
  };
  const options = {
    signal: stop.signal,
    sleep: pause,
    now,
    onTrouble: (message: string) => log.trouble.push(message),
    onRestored: () => log.restored++,
    ...over,
  };
  log.ended = (async () => {
    for await (const event of stream(options)) {
      const { metadata } = (event.object ?? {}) as Partial<KubeObject>;
      log.events.push(metadata ? `${event.type} ${metadata.name}@${metadata.resourceVersion}` : event.type);
    }
  })();
  log.ended.catch(() => {});
  return log;
}

test('goes on where it was after the server ends it, and after a broken connection', async () => {
  const pods = new Collection();
  const kube = await pods.start();
  const log = follow((options) => watch(kube, '/pods', { resourceVersion: '10', labelSelector: 'a=b' }, options));
  await pods.watched(1);
  pods.send('ADDED', object('a', '11'));
  pods.send('BOOKMARK', { metadata: { resourceVersion: '15' } });
  await log.until(1);
  pods.open[0]!.end();
  await pods.watched(2);
  pods.send('MODIFIED', object('a', '16'));
  await log.until(2);
  pods.open[1]!.socket!.destroy();
  await pods.watched(3);
  pods.send('DELETED', object('a', '17'));
  await log.until(3);
  assert.equal(log.events, ['ADDED a@11', 'MODIFIED a@16', 'DELETED a@17']);
  assert.equal(
    pods.watches.map((query) => query.get('resourceVersion')),
    ['10', '15', '16'],
  );
  const asked = Object.fromEntries(pods.watches[0]!);
  assert.is(asked.labelSelector, 'a=b');
  assert.is(asked.allowWatchBookmarks, 'true');
  assert.ok(Number(asked.timeoutSeconds) >= 240 && Number(asked.timeoutSeconds) <= 360);
  assert.equal(log.trouble, [], 'one broken connection is no trouble');
  await log.stop();
});

test('silence does not end it; a connection that is silent for too long is replaced', async () => {
  const pods = new Collection();
  const kube = await pods.start();
  const log = follow((options) => watch(kube, '/pods', { resourceVersion: '10' }, options), { silenceMs: 150 });
  await pods.watched(4);
  // On a busy machine the connection may be given up as this is sent: the next one brings it.
  while (log.events.length === 0) {
    const { length } = pods.watches;
    pods.send('ADDED', object('a', '11'));
    for (let i = 0; i < 100 && log.events.length === 0 && pods.watches.length === length; i++) await sleep(10);
  }
  assert.is(log.events[0], 'ADDED a@11');
  assert.equal(log.trouble, []);
  await log.stop();
});

test('410, as an answer and as an event: RESYNC, and the end', async () => {
  const pods = new Collection();
  const kube = await pods.start();
  const log = follow((options) => watch(kube, '/pods', { resourceVersion: '10' }, options));
  await pods.watched(1);
  pods.send('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
  await log.ended;
  assert.equal(log.events, ['RESYNC']);
  pods.instead = (response) => reply(response, 410, { kind: 'Status', code: 410 });
  const again = follow((options) => watch(kube, '/pods', { resourceVersion: '10' }, options));
  await again.ended;
  assert.equal(again.events, ['RESYNC']);
});

test('a refusal is thrown; one that comes after it worked is waited out', async () => {
  const pods = new Collection();
  const kube = await pods.start();
  pods.instead = (response) => reply(response, 403, { kind: 'Status', message: 'no' });
  const refused = follow((options) => watch(kube, '/pods', { resourceVersion: '10' }, options));
  assert.is((await failure(refused.ended)).exit, 4);
  pods.instead = undefined;
  const log = follow((options) => watch(kube, '/pods', { resourceVersion: '10' }, options));
  await pods.watched(1);
  pods.instead = (response) => reply(response, 403, { kind: 'Status', message: 'not yet' });
  pods.open[0]!.socket!.destroy();
  await sleep(300);
  pods.instead = undefined;
  await pods.watched(2);
  await log.stop();
});

test('a refusal that lasts is thrown, however well it worked before', async () => {
  const pods = new Collection();
  const kube = await pods.start();
  let now = 0;
  const log = follow((options) => watch(kube, '/pods', { resourceVersion: '10' }, options), {
    now: () => (now += 9000),
  });
  await pods.watched(1);
  pods.instead = (response) => reply(response, 403, { kind: 'Status', message: 'no more' });
  pods.open[0]!.socket!.destroy();
  assert.is((await failure(log.ended)).exit, 4);
});

test('an error of the one who reads comes out, and closes the connection', async () => {
  const pods = new Collection();
  const kube = await pods.start();
  const { sleep: pause, now, signal } = makeContext();
  const reading = (async () => {
    for await (const _ of watch(kube, '/pods', { resourceVersion: '10' }, { sleep: pause, now, signal }))
      throw new RangeError('mine');
  })();
  await pods.watched(1);
  const closed = new Promise((resolve) => pods.open[0]!.once('close', resolve));
  pods.send('ADDED', object('a', '11'));
  assert.instance(await reading.catch((error) => error), RangeError);
  await closed;
});

/** Passes bytes on to a port until it is cut or frozen. */
async function link(port: number) {
  const sockets = new Set<Socket>();
  const frozen = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = dial(port, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => !frozen.has(from) && to.write(chunk));
      from.on('close', () => !frozen.has(from) && to.destroy());
      from.on('error', () => {});
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const bound = (server.address() as { port: number }).port;
  const drop = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `https://127.0.0.1:${bound}`,
    /** Nobody listens any more, what was open is reset. */
    down: () => {
      server.close();
      drop();
    },
    up: () => listen(bound),
    /** What is open takes bytes and passes none on, as a connection whose other end has lost power. */
    freeze: () => {
      for (const socket of sockets) frozen.add(socket);
    },
  };
}

test('a server that is gone for a while: said once, back once, nothing missed or doubled', async () => {
  const pods = new Collection();
  await pods.start();
  const between = await link(Number(new URL(pods.url).port));
  const kube = await connect(between.url);
  pods.items = [object('a', '9')];
  const log = follow((options) => listWatch(kube, '/pods', {}, options));
  await log.until(2);
  await pods.watched(1);
  between.down();
  for (let i = 0; log.trouble.length === 0 && i < 800; i++) await sleep(10);
  await sleep(500);
  await between.up();
  await pods.watched(2);
  pods.send('ADDED', object('b', '11'));
  await log.until(3);
  assert.equal(log.events, ['ADDED a@9', 'SYNCED', 'ADDED b@11']);
  assert.is(log.trouble.length, 1);
  assert.match(log.trouble[0]!, 'connection refused');
  assert.is(log.restored, 1);
  await log.stop();
  between.down();
});

test('a connection that is half open is given up and replaced', async () => {
  const pods = new Collection();
  await pods.start();
  const between = await link(Number(new URL(pods.url).port));
  const kube = await connect(between.url);
  const log = follow((options) => watch(kube, '/pods', { resourceVersion: '10' }, options), { silenceMs: 1000 });
  await pods.watched(1);
  between.freeze();
  pods.send('ADDED', object('lost', '11'));
  await pods.watched(2);
  assert.is(pods.watches[1]!.get('resourceVersion'), '10');
  assert.equal(log.events, []);
  pods.send('ADDED', object('lost', '11'));
  await log.until(1);
  assert.is(log.events[0], 'ADDED lost@11');
  await log.stop();
  between.down();
});

test('listWatch after 410 lists again and gives what differs', async () => {
  const pods = new Collection();
  const kube = await pods.start();
  pods.items = [object('stays', '1'), object('changes', '2'), object('goes', '3'), object('anew', '4', 'old')];
  const log = follow((options) => listWatch(kube, '/pods', {}, options));
  await log.until(5);
  await pods.watched(1);
  pods.items = [object('stays', '1'), object('changes', '22'), object('anew', '24', 'new'), object('comes', '25')];
  pods.version = 30;
  pods.send('ERROR', { kind: 'Status', code: 410 });
  await pods.watched(2);
  await log.until(10);
  assert.equal(log.events.slice(0, 5), ['ADDED stays@1', 'ADDED changes@2', 'ADDED goes@3', 'ADDED anew@4', 'SYNCED']);
  assert.equal(log.events.slice(5).sort(), [
    'ADDED anew@24',
    'ADDED comes@25',
    'DELETED anew@4',
    'DELETED goes@3',
    'MODIFIED changes@22',
  ]);
  assert.is(pods.watches[1]!.get('resourceVersion'), '30');
  await log.stop();
});

test('listWatch throws at once where the server is not there at the start', async () => {
  const kube = await connect('https://127.0.0.1:9');
  const log = follow((options) => listWatch(kube, '/pods', {}, options));
  assert.is((await failure(log.ended)).exit, 5);
});

test('property: lines come out whole however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.integer({ min: 1, max: 9 })), async (values, cuts) => {
      const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
      async function* pieces() {
        let from = 0;
        for (const cut of cuts) {
          yield bytes.subarray(from, from + cut);
          from += cut;
        }
        yield bytes.subarray(from);
      }
      const read: unknown[] = [];
      for await (const value of jsonLines(pieces())) read.push(value);
      assert.equal(read, JSON.parse(JSON.stringify(values)));
    }),
  );
});

test.run();
