import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { at, bodyText, closeServers, connect, failure, makeContext, reply, serve, servePlain } from './support.ts';

test.after(closeServers);

test('many requests share few connections, and one after the other share one', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const kube = await connect(server.url);
  for (let i = 0; i < 10; i++) await kube.json({ path: '/api' });
  assert.is(server.connections(), 1);
  kube.close();
});

test('what comes is kept as it is: unknown fields, timestamps as text, long numbers as written by the server', async () => {
  const object = { metadata: { creationTimestamp: '2026-01-02T03:04:05Z', new: { a: [1] } }, spec: null };
  const server = await serve((_, response) => reply(response, 200, object));
  assert.equal(await (await connect(server.url)).json({ path: '/x' }), object);
});

test('path, query, method, body and headers arrive', async () => {
  const seen: unknown[] = [];
  const server = await serve(async (request, response) => {
    seen.push(request.method, request.url, request.headers['content-type'], await bodyText(request));
    reply(response, 200, {});
  });
  const kube = await connect(`${server.url}/prefix/`);
  await kube.json({
    method: 'PATCH',
    path: '/a/b',
    query: { q: 'a=b&c', n: 1, no: undefined },
    contentType: 'application/apply-patch+yaml',
    body: { ü: 1 },
  });
  assert.equal(seen, ['PATCH', '/prefix/a/b?q=a%3Db%26c&n=1', 'application/apply-patch+yaml', '{"ü":1}']);
});

test('packed answers are unpacked, and asked for unless disable-compression is set', async () => {
  const asked: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    asked.push(request.headers['accept-encoding'] as string | undefined);
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(gzipSync('{"a":1}'));
  });
  assert.equal(await (await connect(server.url)).json({ path: '/' }), { a: 1 });
  await (await connect(server.url, { cluster: { 'disable-compression': true } })).json({ path: '/' });
  assert.equal(asked, ['gzip', undefined]);
});

test('429 is tried again after Retry-After, also a POST', async () => {
  let calls = 0;
  const server = await serve((_, response) =>
    ++calls === 1 ? reply(response, 429, 'slow down', { 'retry-after': '1' }) : reply(response, 201, { ok: 1 }),
  );
  const kube = await connect(server.url);
  const began = Date.now();
  assert.equal(await kube.json({ method: 'POST', path: '/x', body: {} }), { ok: 1 });
  // Timers and the clock round each in their own way.
  assert.ok(Date.now() - began >= 990);
  assert.is(calls, 2);
});

test('a GET outlives 503 and a reset connection', async () => {
  let calls = 0;
  const server = await serve((request, response) => {
    calls++;
    if (calls === 1) reply(response, 503, 'starting');
    else if (calls === 2) request.socket.destroy();
    else if (calls === 3) {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setTimeout(() => request.socket.destroy(), 20);
    } else reply(response, 200, { ok: 1 });
  });
  const kube = await connect(server.url);
  assert.equal(await kube.json({ path: '/x' }), { ok: 1 });
  assert.is(calls, 4);
});

for (const [what, act] of [
  ['503', (_: unknown, response: ServerResponse) => reply(response, 503, 'starting')],
  ['a reset connection', (request: IncomingMessage) => request.socket.destroy()],
] as const) {
  test(`a POST is not sent twice after ${what}; server-side apply is`, async () => {
    let calls = 0;
    const server = await serve((request, response) => {
      calls++;
      if (calls === 1) act(request, response);
      else reply(response, 200, {});
    });
    const kube = await connect(server.url);
    const error = await failure(kube.json({ method: 'POST', path: '/x', body: {} }));
    assert.is(error.exit, 5);
    assert.is(calls, 1);
    calls = 0;
    await kube.json({ method: 'PATCH', path: '/x', contentType: 'application/apply-patch+yaml', body: {} });
    assert.is(calls, 2);
  });
}

test('tries are bounded', async () => {
  let calls = 0;
  const server = await serve((_, response) => {
    calls++;
    reply(response, 503, { kind: 'Status', message: 'no' }, { 'retry-after': '0' });
  });
  const error = await failure((await connect(server.url)).json({ path: '/x' }));
  assert.is(calls, 6);
  assert.is(error.exit, 5);
  assert.match(error.message, 'cannot answer now (503)');
});

test('Ctrl-C ends a request and the wait for the next try', async () => {
  const context = makeContext();
  const server = await serve((request, response) => {
    if (request.url === '/busy') reply(response, 429, 'busy', { 'retry-after': '30' });
  });
  const kube = await connect(server.url, { context });
  const hanging = failure(kube.json({ path: '/hang' }));
  const waiting = failure(kube.json({ path: '/busy' }));
  await sleep(100);
  context.abort();
  assert.is((await hanging).exit, 130);
  assert.is((await waiting).exit, 130);
});

test('--request-timeout ends what does not answer, before its head and within its body', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/body') response.write('{');
  });
  const kube = await connect(server.url, { flags: { requestTimeout: '200ms' } });
  for (const path of ['/head', '/body']) {
    const error = await failure(kube.json({ path }));
    assert.is(error.exit, 5);
    assert.match(error.message, `${server.url} (context test) did not answer within 0.2s`);
  }
  const bad = await failure(connect(server.url, { flags: { requestTimeout: 'soon' } }));
  assert.is(bad.exit, 2);
  assert.match(bad.message, '"soon"');
});

test('a stream gives what comes when it comes, ends where the server ends it, and fails where it breaks', async () => {
  let came = () => {};
  const server = await serve(async (request, response) => {
    response.writeHead(200);
    const first = new Promise<void>((resolve) => {
      came = resolve;
    });
    response.write('one\n');
    await first;
    if (request.url === '/cut') return void request.socket.destroy();
    response.end('two\n');
  });
  const kube = await connect(server.url);
  const read = async (path: string) => {
    const chunks: string[] = [];
    for await (const chunk of await kube.stream({ path })) {
      chunks.push(String(chunk));
      came();
    }
    return chunks;
  };
  assert.equal(await read('/whole'), ['one\n', 'two\n']);
  const error = await failure(read('/cut'));
  assert.is(error.exit, 5);
  const refused = await serve((_, response) =>
    reply(response, 404, { kind: 'Status', message: 'pods "x" not found', details: { name: 'x' } }),
  );
  assert.is((await failure((await connect(refused.url)).stream({ path: '/' }))).exit, 3);
});

test('a body that comes slowly is no timeout of ours', async () => {
  const server = await serve(async (_, response) => {
    response.write('{"a":');
    await sleep(300);
    response.end('1}');
  });
  assert.equal(await (await connect(server.url)).json({ path: '/' }), { a: 1 });
  const error = await failure((await connect(server.url)).json({ path: '/', timeoutMs: 100 }));
  assert.match(error.message, 'did not answer within 0.1s');
});

test('a token that no header may hold is said to be so', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const error = await failure((await connect(server.url, { user: { token: 'a\nb' } })).json({ path: '/' }));
  assert.is(error.exit, 2);
  assert.match(error.message, "characters that can't be sent");
  assert.not.match(error.message, 'a\nb');
});

test('http:// servers are spoken to', async () => {
  const server = await servePlain((_, response) => reply(response, 200, { plain: true }));
  const kube = await connect(server.url);
  assert.equal(await kube.json({ path: '/' }), { plain: true });
  for (let i = 0; i < 3; i++) await kube.json({ path: '/' });
  assert.is(server.connections(), 1);
});

test('who: token, basic, impersonation from kubeconfig and flags', async () => {
  let headers: Record<string, unknown> = {};
  let raw: string[] = [];
  const server = await serve((request, response) => {
    headers = request.headers;
    raw = request.rawHeaders;
    reply(response, 200, {});
  });
  const all = (name: string) => raw.filter((_, i) => i % 2 === 1 && raw[i - 1]!.toLowerCase() === name);
  await (await connect(server.url, { user: { token: 't' } })).json({ path: '/' });
  assert.is(headers.authorization, 'Bearer t');
  await (await connect(server.url, { user: { username: 'u', password: 'pä' } })).json({ path: '/' });
  assert.is(headers.authorization, `Basic ${Buffer.from('u:pä').toString('base64')}`);
  const as = {
    as: 'jürgen',
    'as-uid': '7',
    'as-groups': ['a', 'b'],
    'as-user-extra': { 'Example.org/Scopes (x)': ['v', 'w'] },
  };
  await (await connect(server.url, { user: { token: 't', ...as } })).json({ path: '/' });
  assert.is(Buffer.from(headers['impersonate-user'] as string, 'latin1').toString(), 'jürgen');
  assert.equal(all('impersonate-group'), ['a', 'b']);
  assert.is(headers['impersonate-uid'], '7');
  assert.equal(all('impersonate-extra-example.org%2fscopes%20%28x%29'), ['v', 'w']);
  await (
    await connect(server.url, { user: { token: 't', ...as }, flags: { as: 'bob', asGroup: ['c'], asUid: '8' } })
  ).json({ path: '/' });
  assert.equal(
    [headers['impersonate-user'], all('impersonate-group'), headers['impersonate-uid']],
    ['bob', ['c'], '8'],
  );
  assert.is((await failure(connect(server.url, { flags: { asGroup: ['c'] } }))).exit, 2);
});

test('a token file is read again when it has aged, and at once when the server refuses the token', async () => {
  let good = 'one';
  const seen: string[] = [];
  const server = await serve((request, response) => {
    seen.push(request.headers.authorization ?? '');
    reply(response, request.headers.authorization === `Bearer ${good}` ? 200 : 401, {});
  });
  let now = 1e6;
  writeFileSync(at('token'), 'one\n');
  const kube = await connect(server.url, {
    user: { tokenFile: 'token', token: 'not this' },
    context: makeContext({}, { now: () => now }),
  });
  await kube.json({ path: '/' });
  writeFileSync(at('token'), 'two\n');
  await kube.json({ path: '/' });
  good = 'two';
  await kube.json({ path: '/' });
  writeFileSync(at('token'), 'three\n');
  good = 'three';
  now += 61_000;
  await kube.json({ path: '/' });
  assert.equal(
    seen.map((s) => s.slice(7)),
    ['one', 'one', 'one', 'two', 'three'],
  );
});

test('-v=6 shows each request, -v=7 headers without secrets, -v=8 bodies cut short', async () => {
  const server = await serve((_, response) => reply(response, 200, { text: `\u001b[31m${'x'.repeat(5000)}` }));
  const shown = async (verbosity: number) => {
    const context = makeContext();
    await (await connect(server.url, { user: { token: 'secret-token' }, flags: { verbosity }, context })).json({
      path: '/p',
      query: { a: 1 },
    });
    await sleep(5);
    return context.errors();
  };
  assert.is(await shown(5), '');
  assert.match(await shown(6), new RegExp(`^GET ${server.url}/p\\?a=1 200 OK in \\d+ milliseconds\n$`));
  const seven = await shown(7);
  assert.match(seven, 'Authorization: <masked>');
  assert.not.match(seven, 'secret-token');
  const eight = await shown(8);
  assert.match(eight, /Response Body: .*\[truncated \d+ chars\]/);
  assert.not.match(eight, '\u001b');
  assert.match(await shown(9), 'x'.repeat(5000));
});

test.run();
