import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askAhead } from '../../../shared/kube/early.ts';
import { at, closeServers, failure, kubeconfig, makeContext, reply, serve, usualCertificates } from './support.ts';

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
