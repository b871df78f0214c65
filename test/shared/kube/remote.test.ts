import { PassThrough, Readable, Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RemoteCall } from '../../../shared/kube/remote.ts';
import { remote } from '../../../shared/kube/remote.ts';
import { channelServer, type Peer } from '../../support/channel-server.ts';
import { connect, failure, makeContext } from './support.ts';

class Sink extends Writable {
  bytes = Buffer.alloc(0);
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    done();
  }
}

const success = { status: 'Success' };
const exited = (code: number) => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
});
const stop = new AbortController();
const call = (over: Partial<RemoteCall> = {}) => {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const whole = {
    namespace: 'team-a',
    pod: 'p',
    command: ['cat', 'a b'],
    stdout,
    stderr,
    signal: stop.signal,
    ...over,
  };
  return { whole, stdout, stderr };
};
const on = (channel: number, text: string) => Buffer.concat([Buffer.of(channel), Buffer.from(text)]);

test('stdin goes there, both outputs come back apart, the exit code is the program\u2019s', async () => {
  const server = await channelServer((peer, opcode, payload) => {
    if (opcode !== 2) return;
    if (payload[0] === 0) peer.send(Buffer.concat([Buffer.of(1), payload.subarray(1)]));
    if (payload[0] === 255) {
      assert.is(payload[1], 0);
      peer.send(on(2, 'complaint'));
      peer.finish(exited(7));
    }
  });
  const kube = await connect(server.url);
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7) & 0xff));
  const { whole, stdout, stderr } = call({
    container: 'main',
    stdin: Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]),
  });
  assert.equal(await remote(kube, whole), { code: 7 });
  assert.ok(stdout.bytes.equals(bytes));
  assert.is(String(stderr.bytes), 'complaint');
  const { url, headers } = server.peers[0]!.request;
  assert.is(
    url,
    '/api/v1/namespaces/team-a/pods/p/exec?command=cat&command=a+b&container=main&stdin=true&stdout=true&stderr=true',
  );
  assert.is(headers['sec-websocket-protocol'], 'v5.channel.k8s.io, v4.channel.k8s.io');
  server.close();
});

test('without stdin none is opened; a terminal has one output and a size that changes', async () => {
  let resized = () => {};
  const sizes: string[] = [];
  const server = await channelServer((peer, opcode, payload) => {
    if (opcode !== 2 || payload[0] !== 4) return;
    sizes.push(payload.toString('utf8', 1));
    if (sizes.length === 1) resized();
    else peer.finish(success);
  });
  let columns = 80;
  const screen = {
    size: () => ({ columns, rows: 24 }),
    onResize(changed: () => void) {
      resized = () => {
        columns = 132;
        changed();
      };
      return () => {};
    },
  };
  const { whole } = call({ tty: true, screen, command: undefined });
  assert.equal(await remote(await connect(server.url), whole), { code: 0 });
  assert.equal(sizes, ['{"Width":80,"Height":24}', '{"Width":132,"Height":24}']);
  assert.is(server.peers[0]!.request.url, '/api/v1/namespaces/team-a/pods/p/attach?stdout=true&tty=true');
  server.close();
});

test('a sink that is full holds the server back, and nothing is lost', async () => {
  const total = 64 * 1024 * 1024;
  let written = 0;
  const flood = (peer: Peer) => {
    const piece = Buffer.concat([Buffer.of(1), Buffer.alloc(65_536, 9)]);
    const go = (): void => {
      while (written < total) {
        written += 65_536;
        peer.send(piece);
        if (peer.socket.writableNeedDrain) return void peer.socket.once('drain', go);
      }
      peer.finish(success);
    };
    go();
  };
  const server = await channelServer(() => {}, flood);
  let got = 0;
  let held = -1;
  let open = () => {};
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      got += chunk.length;
      if (held >= 0) return done();
      open = done;
      setTimeout(() => {
        held = written;
        open();
      }, 300);
    },
  });
  const { whole } = call({ stdout: slow });
  assert.equal(await remote(await connect(server.url), whole), { code: 0 });
  assert.ok(held > 0 && held < total / 2, `${held} bytes had been taken while nobody read`);
  await new Promise((resolve) => slow.end(resolve));
  assert.is(got, total);
  server.close();
});

test('a server that does not read holds our input back', async () => {
  const server = await channelServer(
    () => {},
    (peer) => peer.socket.pause(),
  );
  let read = 0;
  const endless = new Readable({
    read() {
      read += 65_536;
      this.push(Buffer.alloc(65_536));
    },
  });
  const abort = new AbortController();
  const { whole } = call({ stdin: endless, signal: abort.signal });
  setTimeout(() => abort.abort(), 400);
  assert.is((await failure(remote(await connect(server.url), whole))).exit, 130);
  assert.ok(read < 32 * 1024 * 1024, `${read} bytes were read`);
  server.close();
});

test('lost half way, closed with a code, silent, or speaking no WebSocket: exit 5 and why', async () => {
  const outcome = async (onPeer: (peer: Peer) => void, over: Partial<RemoteCall> = {}) => {
    const server = await channelServer(() => {}, onPeer);
    const error = await failure(remote(await connect(server.url), call(over).whole));
    server.close();
    return [error.exit, error.message, error.hint];
  };
  const goesOn = 'cat may go on there, or not; the rest of its output and its exit code are not known';
  const lost = 'the connection to pod p was lost: ';
  assert.equal(await outcome((peer) => peer.socket.destroy()), [5, `${lost}the connection was closed`, goesOn]);
  const reset = await outcome((peer) => peer.socket.resetAndDestroy());
  assert.match(String(reset[1]), /was lost: .*ECONNRESET/);
  const away = Buffer.concat([Buffer.of(3, 233), Buffer.from('going away')]);
  assert.equal((await outcome((peer) => peer.send(away, 8)))[1], `${lost}closed by the server (1001): going away`);
  assert.equal((await outcome((peer) => peer.send(Buffer.of(3, 232), 8)))[0], 5);
  const silent = await outcome(() => {}, { liveness: { every: 50, silence: 200 } });
  assert.equal(silent.slice(0, 2), [5, `${lost}no answer any more`]);
  const garbage = await outcome((peer) => peer.socket.write('HTTP/1.1 500 Oh no\r\n\r\n'));
  assert.match(String(garbage[1]), /not a frame of a WebSocket server/);
});

test('a handshake that is none, and a refusal in the words of any request', async () => {
  const outcome = async (options: Parameters<typeof channelServer>[2]) => {
    const server = await channelServer(() => {}, undefined, options);
    const error = await failure(remote(await connect(server.url), call().whole));
    server.close();
    return [error.exit, error.message.replace(server.url, 'SERVER')];
  };
  assert.match(String(await outcome({ accept: 'x' })), /^5,SERVER opens no WebSocket: its handshake is not right$/);
  assert.match(String(await outcome({ protocol: 'x' })), /^5,SERVER opens no WebSocket: it speaks none of v5/);
  const body = JSON.stringify({
    kind: 'Status',
    reason: 'Forbidden',
    message:
      'pods "p" is forbidden: User "bob" cannot create resource "pods/exec" in API group "" in the namespace "team-a"',
  });
  const refuse = `HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  assert.equal(await outcome({ refuse }), [4, 'not allowed: bob may not create pods/exec in team-a']);
  const page = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
  assert.match(String(await outcome({ refuse: page })), /^5,SERVER opens no WebSocket: it answered 200$/);
});

test('a server that answers pings stays, however long it says nothing', async () => {
  const server = await channelServer(
    (peer, opcode, payload) => opcode === 9 && peer.send(payload, 10),
    (peer) => void setTimeout(() => peer.finish(success), 500),
  );
  const { whole } = call({ liveness: { every: 30, silence: 150 } });
  assert.equal(await remote(await connect(server.url), whole), { code: 0 });
  server.close();
});

test('where it was us who stood still, the server has not been silent', async () => {
  const still = new Int32Array(new SharedArrayBuffer(4));
  const server = await channelServer(
    (peer, opcode, payload) => opcode === 9 && peer.send(payload, 10),
    (peer) => {
      setTimeout(() => Atomics.wait(still, 0, 0, 600), 50);
      setTimeout(() => peer.finish(success), 800);
    },
  );
  const { whole } = call({ liveness: { every: 100, silence: 400 } });
  assert.equal(await remote(await connect(server.url), whole), { code: 0 });
  server.close();
});

test('an older server is not told of the end of input, and the caller is', async () => {
  const server = await channelServer(
    (peer, _opcode, payload) => void (payload[0] === 0 && setTimeout(() => peer.finish(success), 50)),
    undefined,
    { protocol: 'v4.channel.k8s.io' },
  );
  let untold = 0;
  const { whole } = call({ stdin: Readable.from(['x']), inputEndUntold: () => untold++ });
  assert.equal(await remote(await connect(server.url), whole), { code: 0 });
  assert.is(untold, 1);
  assert.equal(
    server.frames.filter(({ payload }) => payload[0] === 255),
    [],
  );
  server.close();
});

test('Ctrl-C ends it at once', async () => {
  const server = await channelServer(() => {});
  const context = makeContext();
  const { whole } = call({ signal: context.signal, stdin: new PassThrough() });
  setTimeout(() => context.abort(), 50);
  const error = await failure(remote(await connect(server.url, { context }), whole));
  assert.is(error.exit, 130);
  server.close();
});

test.run();
