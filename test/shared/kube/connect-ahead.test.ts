import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { remote, remoteAhead } from '../../../shared/kube/remote.ts';
import { type ChannelServer, channelServer } from '../../support/channel-server.ts';
import { connect } from './support.ts';

const signal = new AbortController().signal;
const call = (pod: string) => {
  const stdout = new PassThrough();
  return { namespace: 'team-a', pod, command: ['cat'], typed: 'x', stdout, stderr: new PassThrough(), signal };
};

/** Says what it was given, and ends. */
const echo = () =>
  channelServer((peer, opcode, payload) => {
    if (opcode !== 2 || payload[0] !== 0) return;
    peer.send(Buffer.concat([Buffer.of(1), payload.subarray(1)]));
    peer.finish({ status: 'Success' });
  });
const until = async (is: () => boolean) => {
  for (let i = 0; i < 200 && !is(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(is());
};
const saysX = async (kube: Parameters<typeof remote>[0], pod: string) => {
  const wanted = call(pod);
  assert.equal(await remote(kube, wanted), { code: 0 });
  assert.is(String(wanted.stdout.read()), 'x');
};
const connections = ({ peers }: ChannelServer) => peers.length;

test('the call that was begun takes its connection, to which nothing was sent before; the next opens its own', async () => {
  const server = await echo();
  const ahead = remoteAhead(await connect(server.url), call('p'));
  await until(() => connections(server) === 1);
  assert.equal(server.frames, []);
  await saysX(ahead.kube, 'p');
  assert.is(connections(server), 1);
  await saysX(ahead.kube, 'p');
  assert.is(connections(server), 2);
  ahead.end();
  server.close();
});

test('another call than the one that was begun opens its own', async () => {
  const server = await echo();
  const ahead = remoteAhead(await connect(server.url), call('p'));
  await saysX(ahead.kube, 'q');
  assert.is(connections(server), 2);
  assert.ok(server.peers.some(({ request }) => request.url?.includes('/pods/q/exec')));
  ahead.end();
  server.close();
});

test('one that nobody took is let go of, and said nothing', async () => {
  const server = await echo();
  const ahead = remoteAhead(await connect(server.url), call('p'));
  await until(() => connections(server) === 1);
  ahead.end();
  await until(() => server.peers[0]!.socket.destroyed || server.peers[0]!.socket.readableEnded);
  assert.equal(server.frames, []);
  server.close();
});

test('a connection that was lost meanwhile is opened anew; a refusal is told to who wanted it', async () => {
  const server = await echo();
  const ahead = remoteAhead(await connect(server.url), call('p'));
  await until(() => connections(server) === 1);
  server.peers[0]!.socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await saysX(ahead.kube, 'p');
  assert.is(connections(server), 2);
  server.close();
  const refusing = await channelServer(
    () => {},
    () => {},
    { refuse: 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n' },
  );
  const refused = remoteAhead(await connect(refusing.url), call('p'));
  const error = await remote(refused.kube, call('p')).catch((thrown: unknown) => thrown as { exit: number });
  assert.is((error as { exit: number }).exit, 3);
  refused.end();
  refusing.close();
});

test.run();
