import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import type { Kube, KubeRequest } from '../../../shared/kube/kube.ts';
import { dialPod, forwardPort } from '../../../shared/kube/port-forward.ts';

/** A message as a server sends it: not masked. */
function message(channel: number, text: string | Buffer): Buffer {
  const payload = Buffer.concat([Buffer.of(channel), Buffer.from(text)]);
  assert.ok(payload.length < 126);
  return Buffer.concat([Buffer.of(0x82, payload.length), payload]);
}
const close = Buffer.of(0x88, 2, 1000 >> 8, 1000 & 0xff);
const port = Buffer.of(0x90, 0x1f);

/** A kubelet's end of the connection, and what was asked for. */
function kubelet() {
  const [up, down] = [new PassThrough(), new PassThrough()];
  const asked: { request?: KubeRequest; protocols?: readonly string[] } = {};
  const kube = {
    async connect(request: KubeRequest, protocols: readonly string[]) {
      Object.assign(asked, { request, protocols });
      return { socket: Duplex.from({ readable: down, writable: up }), protocol: protocols[0]! };
    },
  } as Pick<Kube, 'connect'> as Kube;
  return { kube, asked, send: (...parts: Buffer[]) => down.write(Buffer.concat(parts)) };
}

const web = { namespace: 'team-a', pod: 'web-1', port: 8080 };
async function all(stream: Duplex): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

test("the port's number goes before the bytes of each channel, however they are cut", async () => {
  const { kube, asked, send } = kubelet();
  const tunnel = await dialPod(kube, web);
  assert.is(asked.request?.path, '/api/v1/namespaces/team-a/pods/web-1/portforward');
  assert.equal([asked.request?.query, asked.protocols], [{ ports: 8080 }, ['v4.channel.k8s.io']]);
  const text = all(tunnel);
  send(message(0, port.subarray(0, 1)));
  send(message(0, Buffer.concat([port.subarray(1), Buffer.from('hel')])), message(1, port));
  send(message(0, 'lo'), close);
  assert.is(await text, 'hello');
});

test('what goes wrong is said in plain words', async () => {
  const { kube, send } = kubelet();
  const tunnel = await dialPod(kube, web);
  const failed = once(tunnel, 'error');
  tunnel.resume();
  send(
    message(0, port),
    message(1, port),
    message(1, 'failed to connect: dial tcp4 127.0.0.1:8080: connection refused'),
  );
  send(close);
  const [error] = await failed;
  assert.is(error.message, 'nothing listens on port 8080 of web-1');
});

/** Gives back what it gets. */
const echo = () => Promise.resolve(new PassThrough() as Duplex);

test('each connection has a tunnel of its own', async () => {
  const forward = await forwardPort({ port: 0, dial: echo, onTrouble: assert.unreachable });
  const talk = async (text: string) => {
    const socket = connect(forward.port, '127.0.0.1');
    socket.write(text);
    const [chunk] = await once(socket, 'data');
    socket.destroy();
    return String(chunk);
  };
  assert.equal(await Promise.all(['a', 'b', 'c'].map(talk)), ['a', 'b', 'c']);
  forward.close();
});

test('a connection that can not be made is told, and closed; the next one is tried anew', async () => {
  const told: string[] = [];
  let tries = 0;
  const dial = () => (tries++ === 0 ? Promise.reject(new KfError(1, 'no pod')) : echo());
  const forward = await forwardPort({ port: 0, dial, onTrouble: (line) => told.push(line) });
  const first = connect(forward.port, '127.0.0.1').on('error', () => {});
  await once(first, 'close');
  assert.equal(told, ['no pod']);
  const second = connect(forward.port, '127.0.0.1');
  second.write('x');
  assert.is(String((await once(second, 'data'))[0]), 'x');
  // Closing ends what is under way.
  forward.close();
  await once(second.resume(), 'close');
});

test('a port that is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: taken } = other.address() as { port: number };
  try {
    await forwardPort({ port: taken, dial: echo, onTrouble: assert.unreachable });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, KfError);
    assert.equal([(error as KfError).exit, (error as KfError).message], [1, `port ${taken} of this machine is taken`]);
  } finally {
    other.close();
  }
});

test.run();
