import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connectEarly } from '../../../shared/kube/early.ts';
import { at, closeServers, kubeconfig, makeContext, reply, serve, usualCertificates } from './support.ts';

test.before(usualCertificates);
test.after(closeServers);

let count = 0;
function contextFor(server: string, user: object = { token: 't' }) {
  const file = at(`early-${count++}`);
  writeFileSync(file, kubeconfig({ server, 'certificate-authority': 'ca.crt' }, user));
  return makeContext({ KUBECONFIG: file });
}

async function until(done: () => boolean) {
  for (let i = 0; i < 200 && !done(); i++) await sleep(10);
  assert.ok(done(), 'in 2 s');
}

test('the first request takes the connection that was begun, the next one too', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const kubeFor = await connectEarly(contextFor(server.url));
  await until(() => server.connections() === 1);
  const kube = kubeFor!({ namespace: 'team-b' })!;
  assert.equal([kube.namespace, kube.namespaceGiven], ['team-b', true]);
  await kube.json({ path: '/' });
  await kube.json({ path: '/' });
  assert.is(server.connections(), 1);
  kube.close();
});

test('a request that comes before the connection is there waits for it', async () => {
  const server = await serve((_, response) => reply(response, 200, { a: 1 }));
  const kube = (await connectEarly(contextFor(server.url)))!({})!;
  assert.equal(await kube.json({ path: '/' }), { a: 1 });
  assert.is(server.connections(), 1);
});

test('a connection that was lost meanwhile is made anew', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const kube = (await connectEarly(contextFor(server.url)))!({})!;
  await until(() => server.connections() === 1);
  server.server.closeAllConnections();
  await sleep(50);
  await kube.json({ path: '/' });
  assert.is(server.connections(), 2);
});

test('flags that choose another cluster or person get none of it', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const kubeFor = (await connectEarly(contextFor(server.url)))!;
  for (const flags of [
    { context: 'x' },
    { as: 'bob' },
    { kubeconfig: 'f' },
    { verbosity: 6 },
    { requestTimeout: '5s' },
  ])
    assert.is(kubeFor(flags), undefined, JSON.stringify(flags));
});

test('no credential plugin is run ahead, and what is wrong is left to the command', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'false', interactiveMode: 'Never' };
  assert.is(await connectEarly(contextFor(server.url, { exec })), undefined);
  assert.is(await connectEarly(makeContext({ KUBECONFIG: '/nowhere/config' })), undefined);
  assert.is(server.connections(), 0);
});

test.run();
