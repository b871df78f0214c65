import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askAhead } from '../../../shared/kube/early.ts';
import {
  at,
  closeServers,
  failure,
  kubeconfig,
  makeContext,
  reply,
  serve,
  servePlain,
  usualCertificates,
} from './support.ts';

test.before(usualCertificates);
test.after(closeServers);

const jobs = (namespace: string | undefined) => ({ path: `/of/${namespace}`, query: { limit: 100 } });
const ahead = { namespace: undefined, ask: async (namespace: string | undefined) => jobs(namespace) };

let count = 0;
function contextFor(server: string, user: object = { token: 't' }) {
  const file = at(`early-${count++}`);
  writeFileSync(file, kubeconfig({ server, 'certificate-authority': 'ca.crt' }, user, { namespace: 'team-a' }));
  return makeContext({ KUBECONFIG: file });
}

/** A server that remembers what it was asked. */
async function server(answer: RequestListener = (_, response) => reply(response, 200, { a: 1 })) {
  const asked: string[] = [];
  const served = await serve((request, response) => {
    asked.push(request.url!);
    answer(request, response);
  });
  return { ...served, asked };
}

test('whoever asks for the same gets the answer that is on its way, once; all go over one connection', async () => {
  const { url, asked, server: s, connections } = await server();
  const request = once(s, 'request');
  const early = await askAhead(ahead, contextFor(url));
  await request;
  const kube = early!({ namespace: undefined })!;
  assert.equal([kube.namespace, kube.namespaceGiven], ['team-a', false]);
  const wanted = { path: '/of/team-a', query: { labelSelector: undefined, limit: 100 } };
  assert.equal(await kube.json(wanted), { a: 1 });
  assert.equal(asked, ['/of/team-a?limit=100']);
  await kube.json(wanted);
  assert.is(asked.length, 2);
  assert.is(connections(), 1);
  kube.close();
});

test('another request is sent itself', async () => {
  const { url, asked } = await server();
  const kube = (await askAhead({ ...ahead, namespace: 'b' }, contextFor(url)))!({ namespace: 'b' })!;
  assert.equal([kube.namespace, kube.namespaceGiven], ['b', true]);
  await kube.json({ path: '/of/b', query: { limit: 100, labelSelector: 'x' } });
  assert.equal(asked.sort(), ['/of/b?limit=100', '/of/b?limit=100&labelSelector=x']);
});

test('a refusal is told to who asks, and to nobody else', async () => {
  const { url } = await server((_, response) => reply(response, 403, { kind: 'Status', code: 403, message: 'no' }));
  const kube = (await askAhead(ahead, contextFor(url)))!({})!;
  await sleep(50);
  assert.is((await failure(kube.json(jobs('team-a')))).exit, 4);
});

test('a connection that breaks at once is made anew', async () => {
  let first = true;
  const { url, connections } = await server((request, response) => {
    if (!first) return reply(response, 200, { a: 2 });
    first = false;
    request.socket.destroy();
  });
  const kube = (await askAhead(ahead, contextFor(url)))!({})!;
  assert.equal(await kube.json(jobs('team-a')), { a: 2 });
  assert.is(connections(), 2);
});

test('the connection serves one request after another; what is asked meanwhile has another', async () => {
  const { url, asked, connections } = await server();
  const kube = (await askAhead(ahead, contextFor(url)))!({})!;
  await kube.json(jobs('team-a'));
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on('warning', warned);
  for (let i = 0; i < 20; i++) await kube.json({ path: `/${i}` });
  await sleep(10);
  process.off('warning', warned);
  assert.equal([connections(), warnings], [1, []]);
  await Promise.all([kube.json({ path: '/three' }), kube.json({ path: '/four' })]);
  assert.is(connections(), 2);
  await kube.json({ path: '/five', method: 'POST', body: {} });
  assert.equal([asked.length, connections()], [24, 2]);
  kube.close();
});

test('a server that closes after each answer is connected to again', async () => {
  const { url, connections } = await server((_, response) => reply(response, 200, { a: 3 }, { connection: 'close' }));
  const kube = (await askAhead(ahead, contextFor(url)))!({})!;
  assert.equal(await kube.json(jobs('team-a')), { a: 3 });
  assert.equal(await kube.json({ path: '/again' }), { a: 3 });
  assert.is(connections(), 2);
});

test('a server without TLS is asked in the same way', async () => {
  const { url, connections } = await servePlain((_, response) => reply(response, 200, { a: 5 }));
  const kube = (await askAhead(ahead, contextFor(url)))!({})!;
  assert.equal(await kube.json(jobs('team-a')), { a: 5 });
  assert.equal(await kube.json({ path: '/again' }), { a: 5 });
  assert.is(connections(), 1);
  kube.close();
});

test('a large answer comes whole: packed in chunks, by length, and read slowly', async () => {
  const large = { text: Array.from({ length: 200_000 }, (_, i) => `${i} ä`).join() };
  const body = Buffer.from(JSON.stringify(large));
  const { url } = await server((request, response) => {
    if (request.url === '/length') return void response.writeHead(200, { 'content-length': body.length }).end(body);
    if (request.url === '/slow') return reply(response, 200, large);
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const packed = gzipSync(body);
    for (let at = 0; at < packed.length; at += 10_000) response.write(packed.subarray(at, at + 10_000));
    response.end();
  });
  const kube = (await askAhead(ahead, contextFor(url)))!({})!;
  assert.equal(await kube.json(jobs('team-a')), large);
  assert.equal(await kube.json({ path: '/length' }), large);
  let size = 0;
  for await (const chunk of await kube.stream({ path: '/slow' })) {
    size += chunk.length;
    await sleep(5);
  }
  assert.is(size, body.length);
});

test('what is no HTTP, or says more than was asked, is found out', async () => {
  const { url, connections } = await server((request, response) => {
    if (request.url === '/next') return reply(response, 200, { a: 4 });
    response.socket!.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\n');
    setTimeout(() => response.socket?.write('more'), 10);
  });
  const kube = (await askAhead(ahead, contextFor(url)))!({})!;
  assert.equal(await kube.json(jobs('team-a')), {});
  await sleep(50);
  assert.equal(await kube.json({ path: '/next' }), { a: 4 });
  assert.is(connections(), 2);
  const bad = await server((_, response) => void response.socket!.end('SSH-2.0-x\r\n\r\n'));
  assert.is((await failure((await askAhead(ahead, contextFor(bad.url)))!({})!.json(jobs('team-a')))).exit, 5);
});

test('flags that choose another cluster, person or namespace get none of it', async () => {
  const { url } = await server();
  const early = (await askAhead(ahead, contextFor(url)))!;
  const others = [{ context: 'x' }, { as: 'bob' }, { kubeconfig: 'f' }, { verbosity: 6 }, { requestTimeout: '5s' }];
  for (const flags of [...others, { namespace: 'b' }]) assert.is(early(flags), undefined, JSON.stringify(flags));
});

test('no credential plugin is run ahead, and what is wrong is left to the command', async () => {
  const { url, connections } = await server();
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'false', interactiveMode: 'Never' };
  assert.is(await askAhead(ahead, contextFor(url, { exec })), undefined);
  assert.is(await askAhead(ahead, makeContext({ KUBECONFIG: '/nowhere/config' })), undefined);
  assert.is(connections(), 0);
});

test.run();
