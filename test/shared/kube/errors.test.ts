import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { statusError } from '../../../shared/kube/errors.ts';
import {
  at,
  base64,
  closeServers,
  connect,
  failure,
  makeAuthority,
  makeCertificate,
  pemOf,
  reply,
  serve,
  usualCertificates,
} from './support.ts';

test.after(closeServers);

const where = { server: 'https://s:6443', contextName: 'x', userName: 'alice' };
const status = (code: number, message: string, more: object = {}) =>
  statusError(
    code,
    JSON.stringify({ kind: 'Status', code, message, ...more }),
    { path: '/apis/g/v1/namespaces/team-b/trainjobs/bert' },
    where,
  );

for (const [code, exit, message, hint, said, more] of [
  [401, 4, 'the credentials of user "alice" were not accepted (expired?)', 'log in again', 'Unauthorized', {}],
  [
    403,
    4,
    'not allowed: alice may not create trainjobs in team-b',
    'an owner of team-b',
    'trainjobs.trainer.kubeflow.org is forbidden: User "alice" cannot create resource "trainjobs" in API group "trainer.kubeflow.org" in the namespace "team-b"',
    {},
  ],
  [
    403,
    4,
    'not allowed: alice may not list nodes in the whole cluster',
    'who runs the cluster',
    'nodes is forbidden: User "alice" cannot list resource "nodes" in API group "" at the cluster scope',
    {},
  ],
  [
    404,
    3,
    'trainjobs.trainer.kubeflow.org "bert" not found',
    'looked in namespace team-b',
    'trainjobs.trainer.kubeflow.org "bert" not found',
    { details: { name: 'bert' } },
  ],
  [404, 3, 'does not serve /apis/g/v1/', 'installed', 'the server could not find the requested resource', {}],
  [409, 1, 'trainjobs "bert" already exists', '', 'trainjobs "bert" already exists', { reason: 'AlreadyExists' }],
  [422, 2, 'X "y" is invalid: spec: bad', '', 'X "y" is invalid: spec: bad', {}],
  [
    400,
    2,
    'strict decoding error: unknown field "spec.trainr"',
    '',
    'strict decoding error: unknown field "spec.trainr"',
    {},
  ],
  [429, 5, 'https://s:6443 (context x) is too busy', 'try again', 'slow', {}],
  [503, 5, 'cannot answer now (503)', 'try again', 'etcd', {}],
  [500, 1, 'failed (500): oops', 'tell', 'oops', {}],
] as const) {
  test(`${code}: ${message}`, () => {
    const error = status(code, said, more);
    assert.is(error.exit, exit);
    assert.match(error.message, message);
    assert.match(error.hint ?? '', hint);
    assert.is(error.status?.code, code);
    assert.not.match(`${error.message}${error.hint}`, '\n');
  });
}

test('several causes are listed, each on its line', () => {
  const causes = [
    { field: 'spec.a', message: 'bad' },
    { field: 'spec.b', message: 'worse\u001b[2J' },
  ];
  const error = status(422, 'X "y" is invalid: [spec.a: bad, spec.b: worse]', { details: { causes } });
  assert.is(error.message, 'X "y" is invalid');
  assert.equal(error.details, ['  spec.a: bad', '  spec.b: worse']);
});

test('an HTML page and control characters do not reach the terminal', () => {
  assert.not.match(statusError(502, '<html><b>bad</b></html>', { path: '/' }, where).message, '<');
  assert.not.match(statusError(500, 'a\u001b]0;x\u0007b', { path: '/' }, where).message, '\u001b');
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const asked = async (url: string, over: Parameters<typeof connect>[1] = {}) =>
  failure((await connect(url, over)).json({ path: '/' }));

test('nobody there, no such name, no TLS there', async () => {
  usualCertificates();
  const port = await freePort();
  const refused = await asked(`https://127.0.0.1:${port}`);
  assert.is(refused.message, `cannot reach https://127.0.0.1:${port} (context test): connection refused`);
  assert.match(refused.hint!, 'kubectl cluster-info --context test');
  assert.is(refused.exit, 5);
  const unknown = await asked('https://no-such-host.invalid:6443');
  assert.match(unknown.message, 'no such host no-such-host.invalid');
  const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const odd = await asked(`https://127.0.0.1:${(plain.address() as { port: number }).port}`);
  assert.match(odd.message, 'it does not speak TLS');
  plain.close();
});

test('a login page is no API server', async () => {
  const server = await serve((_, response) => reply(response, 200, '<html>please log in</html>'));
  const error = await asked(server.url);
  assert.is(error.exit, 5);
  assert.match(error.message, 'does not answer as an API server does: / gave no JSON');
});

test('certificates: unknown authority, expired, another name, and each way out', async () => {
  usualCertificates();
  makeAuthority('other');
  makeCertificate('stranger', 'other', '/CN=s', 'IP:127.0.0.1');
  makeCertificate('old', 'ca', '/CN=s', 'IP:127.0.0.1', -1);
  makeCertificate('elsewhere', 'ca', '/CN=s', 'DNS:elsewhere.test');
  const ok = (_: unknown, response: ServerResponse) => reply(response, 200, {});
  const with_ = (name: string) => serve(ok, { cert: pemOf(`${name}.crt`), key: pemOf(`${name}.key`) });
  const stranger = await with_('stranger');
  const error = await asked(stranger.url);
  assert.match(error.message, 'its certificate is signed by an unknown authority');
  assert.is(error.exit, 5);
  assert.match((await asked((await with_('old')).url)).message, 'its certificate has expired');
  const elsewhere = await with_('elsewhere');
  const wrong = await asked(elsewhere.url);
  assert.match(wrong.message, 'its certificate is for another name');
  assert.match(wrong.hint!, 'tls-server-name');
  await (await connect(elsewhere.url, { cluster: { 'tls-server-name': 'elsewhere.test' } })).json({ path: '/' });
  const insecure = { 'insecure-skip-tls-verify': true, 'certificate-authority': undefined };
  await (await connect(stranger.url, { cluster: insecure })).json({ path: '/' });
  await (await connect(stranger.url, { cluster: { 'certificate-authority-data': base64('other.crt') } })).json({
    path: '/',
  });
  await (await connect(stranger.url, { cluster: { 'certificate-authority': at('stranger.crt') } })).json({ path: '/' });
  assert.is((await failure(connect(stranger.url, { cluster: { 'insecure-skip-tls-verify': true } }))).exit, 2);
});

test.run();
