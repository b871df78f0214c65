import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kube } from '../../../shared/kube/kube.ts';
import { hold } from '../../../shared/kube/trickle.ts';
import { closeServers, connect, failure, reply, serve, servePlain } from './support.ts';

test.after(closeServers);

const ask = (kube: Kube, signal?: AbortSignal) =>
  kube.stream({ path: '/log', query: { follow: true }, accept: '*/*', trickle: true, ...(signal ? { signal } : {}) });

/** Reads as the logs do: a chunk is done with before the next one is asked for. */
async function read(kube: Kube, slow = 0): Promise<{ text: string; chunks: number }> {
  let text = '';
  let chunks = 0;
  for await (const chunk of await ask(kube)) {
    if (slow) await sleep(slow);
    text += chunk.toString();
    chunks++;
  }
  return { text, chunks };
}

for (const [name, start] of [
  ['TLS', serve],
  ['plain HTTP', servePlain],
] as const) {
  test(`${name}: thousands of small pieces come whole, in order and in few chunks`, async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`);
    const server = await start(async (request, response) => {
      assert.equal([request.url, request.headers.host?.startsWith('127.0.0.1:')], ['/log?follow=true', true]);
      response.writeHead(200);
      for (const [i, line] of lines.entries()) {
        response.write(line);
        if (i % 100 === 0) await sleep(1);
      }
      response.end();
    });
    const { text, chunks } = await read(await connect(server.url));
    assert.is(text, lines.join(''));
    assert.ok(chunks < 1000, `${chunks} chunks`);
  });

  test(`${name}: much at once to a slow reader`, async () => {
    const line = `${'x'.repeat(1022)}\n`;
    const server = await start((_, response) => {
      for (let i = 0; i < 2000; i++) response.write(`${i % 10}${line}`);
      response.end();
    });
    const { text } = await read(await connect(server.url), 1);
    assert.is(text, Array.from({ length: 2000 }, (_, i) => `${i % 10}${line}`).join(''));
  });
}

test('a chunk holds until the next is asked for, whoever ends meanwhile and whatever is read beside it', async () => {
  const server = await serve(async (request, response) => {
    const line = `${request.url!.padEnd(200, '.')}\n`;
    for (let i = 0; i < 40; i++) {
      response.write(line.repeat(1 + ((i * 37) % 60)));
      if (i % 5 === 0) await sleep(1);
    }
    response.end();
  });
  const kube = await connect(server.url);
  const one = async (name: string, few: boolean): Promise<void> => {
    const line = `${`/${name}`.padEnd(200, '.')}\n`;
    let at = 0;
    const same = (chunk: Buffer) => {
      const begin = at % line.length;
      const expected = line.repeat(Math.ceil((begin + chunk.length) / line.length)).slice(begin, begin + chunk.length);
      assert.ok(chunk.toString() === expected, `${name} at ${at}`);
    };
    const stream = await kube.stream({ path: `/${name}`, accept: '*/*', trickle: true });
    let seen = 0;
    for await (const chunk of stream) {
      same(chunk);
      await sleep(Math.random() * 15);
      same(chunk);
      at += chunk.length;
      if (few && ++seen === 2) break;
    }
  };
  const reader = async (name: string) => {
    for (let i = 0; i < 4; i++) await one(`${name}-${i}`, i % 2 === 0);
  };
  await Promise.all(Array.from({ length: 10 }, (_, i) => reader(`r${i}`)));
});

test('a connection on which reading was stopped as its answer ended serves the next request', async () => {
  const text = `${'x'.repeat(999)}\n`.repeat(40);
  const server = await serve((_, response) => response.end(text));
  const kube = await connect(server.url);
  for (let i = 0; i < 5; i++) {
    const stream = await ask(kube);
    // All of it comes before anybody reads.
    await sleep(30);
    let got = '';
    for await (const chunk of stream) got += chunk;
    assert.is(got.length, text.length);
  }
});

test('while many are held nothing more is read, the head of an answer is; then all goes on', async () => {
  let sent = 0;
  const server = await serve(async (_, response) => {
    response.writeHead(200);
    for (let i = 0; i < 50; i++) {
      response.write(`${i}\n`.padEnd(4000, '.'));
      sent++;
      await sleep(1);
    }
    response.end('end\n');
  });
  const kube = await connect(server.url);
  const streams = await Promise.all(Array.from({ length: 9 }, () => ask(kube)));
  hold(true);
  streams.push(await ask(kube));
  const got = streams.map(() => '');
  const reading = streams.map(async (stream, i) => {
    for await (const chunk of stream) got[i] = `${got[i]}${chunk}`;
  });
  while (sent < 500) await sleep(50);
  await sleep(100);
  const before = got.join('').length;
  assert.ok(before < 1_000_000, `${before} bytes were read`);
  hold(false);
  await Promise.all(reading);
  for (const text of got) {
    assert.equal([...text.matchAll(/\d+\n/g)].length, 50);
    assert.ok(text.endsWith('end\n'));
  }
});

test('a quiet stream: each line as it comes', async () => {
  let write = (_: string) => {};
  const server = await serve((_, response) => {
    write = (text) => void response.write(text);
    response.writeHead(200);
    response.flushHeaders();
  });
  const stream = await ask(await connect(server.url));
  const chunks = stream[Symbol.asyncIterator]();
  for (const word of ['one', 'two', 'three']) {
    write(word);
    // The next word comes only when this one has.
    assert.is(String((await chunks.next()).value), word);
    await sleep(100);
  }
  stream.destroy();
});

test('a name beyond ASCII is the same person as elsewhere; a header that no request may have is refused', async () => {
  const seen: string[] = [];
  const server = await serve((request, response) => {
    seen.push(Buffer.from(String(request.headers['impersonate-user']), 'latin1').toString());
    response.end('x\n');
  });
  const kube = await connect(server.url, { flags: { as: 'zoë' } });
  await kube.text({ path: '/plain' });
  await read(kube);
  assert.equal(seen, ['zoë', 'zoë']);
  const broken = kube.stream({ path: '/log', trickle: true, headers: { x: 'a\r\nb: c' } });
  assert.is((await failure(broken)).exit, 2);
  assert.is(seen.length, 2);
});

test('a refusal is the error that it is elsewhere; a renewed try for 503', async () => {
  let calls = 0;
  const server = await serve((_, response) => {
    if (++calls === 1) reply(response, 503, 'later', { 'retry-after': '0' });
    else reply(response, 404, { kind: 'Status', code: 404, message: 'pods "x" not found', details: { name: 'x' } });
  });
  const error = await failure(ask(await connect(server.url)));
  assert.equal([error.exit, error.message, calls], [3, 'pods "x" not found', 2]);
});

test('an answer that is cut short is an error, never an end; nothing there is exit 5', async () => {
  const server = await serve((_, response) => {
    response.write('half a li');
    setTimeout(() => response.socket?.destroy(), 50);
  });
  const kube = await connect(server.url);
  assert.is((await failure(read(kube))).exit, 5);
  server.close();
  assert.match((await failure(ask(await connect('https://127.0.0.1:1')))).message, /connection refused/);
});

test('Ctrl-C ends it at once, before the head and after it', async () => {
  const server = await serve((request, response) => {
    if (request.url?.includes('follow')) response.write('x');
  });
  const kube = await connect(server.url);
  const stop = new AbortController();
  const stream = await ask(kube, stop.signal);
  setTimeout(() => stop.abort(), 50);
  assert.is(
    (
      await failure(
        (async () => {
          for await (const _ of stream);
        })(),
      )
    ).exit,
    130,
  );
  assert.is((await failure(ask(kube, AbortSignal.abort()))).exit, 130);
});

test.run();
