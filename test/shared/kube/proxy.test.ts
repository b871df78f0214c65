import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proxyFor } from '../../../shared/kube/proxy.ts';
import { closeServers, connect, failure, makeContext, reply, serve, servePlain } from './support.ts';

const open: Server[] = [];
test.after(() => {
  closeServers();
  for (const server of open) server.close();
});

interface Proxy {
  url: string;
  /** host:port as the client asked for them. */
  asked: string[];
}

/** Pipes both ways to the port on the loopback, whatever the name was. */
function tunnel(client: Socket, port: number, ready: () => void, head?: Buffer): void {
  const upstream = dial(port, '127.0.0.1', () => {
    ready();
    if (head?.length) upstream.write(head);
    client.pipe(upstream).pipe(client);
  });
  upstream.on('error', () => client.destroy());
  client.on('error', () => upstream.destroy());
}

/** An HTTP proxy that knows CONNECT; with `login`, only for that Proxy-Authorization. */
async function httpProxy(login?: string): Promise<Proxy> {
  const asked: string[] = [];
  const served = await servePlain((_, response) => reply(response, 400, {}));
  served.server.on('connect', (request, socket: Socket, head: Buffer) => {
    if (login && request.headers['proxy-authorization'] !== login)
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    asked.push(request.url ?? '');
    tunnel(socket, Number(request.url!.split(':').at(-1)), () => socket.write('HTTP/1.1 200 OK\r\n\r\n'), head);
  });
  return { url: served.url, asked };
}

/** A SOCKS5 proxy (RFC 1928) without login. */
async function socksProxy(): Promise<Proxy> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (data) => {
        const name = data[3] === 3;
        const end = name ? 5 + data[4]! : 8;
        const host = name ? data.subarray(5, end).toString() : data.subarray(4, 8).join('.');
        const port = data.readUInt16BE(end);
        asked.push(`${host}:${port}`);
        tunnel(socket, port, () => socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return { url: `socks5://127.0.0.1:${(server.address() as { port: number }).port}`, asked };
}

const answering = () => serve((_, response) => reply(response, 200, { ok: true }));

test('HTTPS_PROXY is used, one tunnel for many requests, the name resolved by the proxy', async () => {
  const server = await answering();
  const proxy = await httpProxy();
  const kube = await connect(`https://kube.test:${server.port}`, { context: makeContext({ HTTPS_PROXY: proxy.url }) });
  for (let i = 0; i < 3; i++) assert.equal(await kube.json({ path: '/' }), { ok: true });
  assert.equal(proxy.asked, [`kube.test:${server.port}`]);
});

test('proxy-url in the kubeconfig wins over the environment and reaches this machine too', async () => {
  const server = await answering();
  const [mine, other] = [await httpProxy(), await httpProxy()];
  const cluster = { 'proxy-url': mine.url };
  await (await connect(server.url, { cluster, context: makeContext({ https_proxy: other.url, NO_PROXY: '*' }) })).json({
    path: '/',
  });
  assert.equal([mine.asked.length, other.asked.length], [1, 0]);
});

test('socks5, with the name resolved by the proxy; streams too', async () => {
  const server = await answering();
  const proxy = await socksProxy();
  const kube = await connect(`https://kube.test:${server.port}`, { cluster: { 'proxy-url': proxy.url } });
  assert.equal(await kube.json({ path: '/' }), { ok: true });
  let text = '';
  for await (const chunk of await kube.stream({ path: '/' })) text += chunk;
  assert.is(text, '{"ok":true}');
  assert.equal(proxy.asked, [`kube.test:${server.port}`]);
});

test('http:// servers go through a proxy as well', async () => {
  const server = await servePlain((_, response) => reply(response, 200, { ok: true }));
  const proxy = await httpProxy();
  const kube = await connect(`http://kube.test:${server.port}`, { context: makeContext({ http_proxy: proxy.url }) });
  assert.equal(await kube.json({ path: '/' }), { ok: true });
  assert.is(proxy.asked.length, 1);
});

test('a proxy with a login: the right one, the wrong one; the password is never shown', async () => {
  const server = await answering();
  const proxy = await httpProxy(`Basic ${Buffer.from('me:s3cret').toString('base64')}`);
  const through = (login: string) =>
    connect(`https://kube.test:${server.port}`, { cluster: { 'proxy-url': proxy.url.replace('//', `//${login}@`) } });
  assert.equal(await (await through('me:s3cret')).json({ path: '/' }), { ok: true });
  const error = await failure((await through('me:wr0ng')).json({ path: '/' }));
  assert.match(error.message, 'wants a name and password (407)');
  assert.not.match(error.message, 'wr0ng');
  assert.is(error.exit, 5);
});

for (const scheme of ['http', 'socks5']) {
  test(`a ${scheme} proxy that is not there`, async () => {
    const kube = await connect('https://kube.test:1', { cluster: { 'proxy-url': `${scheme}://127.0.0.1:9` } });
    const error = await failure(kube.json({ path: '/' }));
    assert.is(error.exit, 5);
    assert.match(error.message, `the proxy ${scheme}://127.0.0.1:9`);
    assert.match(error.message, 'refuses connections');
  });
}

for (const [noProxy, server, direct] of [
  ['', 'https://a.example.org', false],
  ['*', 'https://a.example.org', true],
  ['example.org', 'https://a.example.org', true],
  ['example.org', 'https://example.org', true],
  ['example.org', 'https://notexample.org', false],
  ['.example.org', 'https://a.example.org', true],
  ['.example.org', 'https://example.org', false],
  ['*.example.org', 'https://a.example.org', true],
  ['x, EXAMPLE.org ', 'https://a.example.org:6443', true],
  ['example.org:6443', 'https://a.example.org:6443', true],
  ['example.org:443', 'https://a.example.org:6443', false],
  ['example.org:443', 'https://a.example.org', true],
  ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
  ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
  ['10.1.2.3', 'https://10.1.2.3:6443', true],
  ['fd00::/8', 'https://[fd00::1]:6443', true],
  ['fd00::1', 'https://[fd00::1]:6443', true],
  ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
  ['10.0.0.0/99', 'https://10.1.2.3:6443', false],
  ['', 'https://localhost:6443', true],
  ['', 'https://127.0.0.9:6443', true],
  ['', 'https://[::1]:6443', true],
] as const) {
  test(`NO_PROXY=${noProxy} ${direct ? 'leaves out' : 'does not leave out'} ${server}`, () => {
    assert.is(proxyFor(server, undefined, { HTTPS_PROXY: 'proxy:3128', NO_PROXY: noProxy }) === undefined, direct);
  });
}

test('the variable is chosen by scheme, capitals first; ALL_PROXY is not read; a bad one is named', () => {
  assert.is(proxyFor('https://a.b', undefined, { HTTPS_PROXY: 'one:1', https_proxy: 'two:2' })!.host, 'one:1');
  assert.is(proxyFor('http://a.b', undefined, { HTTPS_PROXY: 'one:1' }), undefined);
  assert.is(proxyFor('https://a.b', undefined, { ALL_PROXY: 'one:1' }), undefined);
  assert.throws(
    () => proxyFor('https://a.b', 'ftp://user:pass@x', {}),
    (error: Error) => /ftp:\/\/x/.test(error.message) && !/pass/.test(error.message),
  );
});

test('property: NO_PROXY never throws', () => {
  fc.assert(
    fc.property(
      fc.string(),
      (text) => void proxyFor('https://10.0.0.1', undefined, { HTTPS_PROXY: 'p:1', NO_PROXY: text }),
    ),
  );
});

test.run();
