import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  at,
  base64,
  closeServers,
  connect,
  failure,
  folder,
  kubeconfig,
  makeCertificate,
  pemOf,
  reply,
  serve,
  usualCertificates,
} from './support.ts';

test.after(closeServers);
test.before(() => {
  usualCertificates();
  makeCertificate('alice', 'ca', '/CN=alice');
  makeCertificate('bob', 'ca', '/CN=bob');
});

test('a client certificate, from files and from data; data wins', async () => {
  const server = await serve(
    (request, response) => reply(response, 200, { cn: (request.socket as TLSSocket).getPeerCertificate().subject.CN }),
    { requestCert: true, rejectUnauthorized: true, ca: pemOf('ca.crt') },
  );
  const who = async (user: object) =>
    (await (await connect(server.url, { user })).json<{ cn: string }>({ path: '/' })).cn;
  assert.is(await who({ 'client-certificate': 'alice.crt', 'client-key': 'alice.key' }), 'alice');
  const data = { 'client-certificate-data': base64('bob.crt'), 'client-key-data': base64('bob.key') };
  assert.is(await who({ ...data, 'client-certificate': 'alice.crt', 'client-key': 'alice.key' }), 'bob');
  const error = await failure((await connect(server.url)).json({ path: '/' }));
  assert.is(error.exit, 5);
});

test('keys and certificates that can not be used are named before anything is sent', async () => {
  execFileSync('openssl', ['pkey', '-in', 'alice.key', '-aes256', '-passout', 'pass:secret', '-out', 'locked.key'], {
    cwd: folder,
    stdio: 'pipe',
  });
  writeFileSync(at('odd.crt'), 'hello');
  const server = await serve((_, response) => reply(response, 200, {}));
  const wrong = (user: object, cluster: object = {}) =>
    failure(async () => (await connect(server.url, { user, cluster })).json({ path: '/' }));
  const alice = { 'client-certificate': 'alice.crt', 'client-key': 'alice.key' };
  for (const [error, message] of [
    [
      await wrong({ ...alice, 'client-key': 'bob.key' }),
      'the client key of user "alice" does not belong to its certificate',
    ],
    [
      await wrong({ ...alice, 'client-key': 'locked.key' }),
      'the client key of user "alice" is protected by a password',
    ],
    [
      await wrong({ ...alice, 'client-certificate': 'odd.crt' }),
      'the client certificate of user "alice" is not a PEM certificate',
    ],
    [await wrong({ ...alice, 'client-key': 'odd.crt' }), 'the client key of user "alice" is not a PEM key'],
    [await wrong({ ...alice, 'client-key': undefined }), 'user "alice" has a client certificate without its key'],
    [
      await wrong({ ...alice, 'client-key': 'none.key' }),
      `cannot read the client key of user "alice" ${at('none.key')}: not there`,
    ],
    [await wrong({ ...alice, 'client-key-data': '!!!' }), 'the client key of user "alice" is not base64 of a PEM file'],
    [
      await wrong({}, { 'certificate-authority': 'none.crt' }),
      `cannot read the certificate authority of cluster "c" ${at('none.crt')}: not there`,
    ],
    [
      await wrong({}, { 'certificate-authority-data': Buffer.from('x').toString('base64') }),
      'the certificate authority of cluster "c" is not base64 of a PEM file',
    ],
  ] as const) {
    assert.match(error.message, message);
    assert.is(error.exit, 2);
    assert.ok(error.hint);
  }
  assert.is(server.connections(), 0);
});

test("without an authority in the kubeconfig the machine's are asked", async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  writeFileSync(at('no-authority'), kubeconfig({ server: server.url }));
  const root = new URL('../../../', import.meta.url).pathname;
  const script = `const { openKube } = await import('${root}shared/kube/open.ts');
    const { makeContext } = await import('${root}test/shared/kube/support.ts');
    const kube = await openKube({ kubeconfig: '${at('no-authority')}' }, makeContext());
    console.log(await kube.json({ path: '/' }).then(() => 'trusted', (error) => error.message));
    process.exit(0);`;
  const asked = async (env: object) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: process.env.PATH, ...env },
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.pipe(process.stderr);
    await new Promise((resolve) => child.on('close', resolve));
    return said.trim();
  };
  assert.match(await asked({}), 'signed by an unknown authority');
  assert.is(await asked({ SSL_CERT_FILE: at('ca.crt') }), 'trusted');
});

test.run();
