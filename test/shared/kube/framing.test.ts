import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Framing, type Head } from '../../../shared/kube/framing.ts';

/** What comes out of an answer that arrives in pieces of these sizes, all in one buffer that is written over. */
function taken(answer: Buffer, sizes: readonly number[], closed = false) {
  let head: Head | undefined;
  let body = '';
  const framing = new Framing(
    (it) => {
      head = it;
    },
    (bytes, start, end) => {
      body += bytes.toString('latin1', start, end);
    },
  );
  const shared = Buffer.alloc(answer.length + 10);
  for (let at = 0, i = 0; at < answer.length; i++) {
    const size = Math.min(answer.length - at, sizes[i % sizes.length] ?? answer.length);
    shared.fill(0);
    answer.copy(shared, 0, at, at + size);
    framing.push(shared, size);
    at += size;
  }
  if (closed) framing.close();
  return { status: head?.status, headers: head?.headers, body, complete: framing.complete };
}

const chunked = (parts: readonly string[], end = '0\r\n\r\n') =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nx-a:  2 \r\n\r\n${parts
      .map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
      .join('')}${end}`,
    'latin1',
  );
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const parts = fc.array(
  fc.string({ minLength: 1, maxLength: 60, unit: fc.nat(255).map((code) => String.fromCharCode(code)) }),
);

test('a chunked body, in whatever pieces it comes; whole only with its last chunk', () => {
  fc.assert(
    fc.property(parts, sizes, (all, cut) => {
      const found = taken(chunked(all), cut);
      assert.equal([found.status, found.body, found.complete], [200, all.join(''), true]);
      assert.is(found.headers?.['x-a'], '1, 2');
      assert.is(taken(chunked(all, ''), cut, true).complete, false);
    }),
  );
});

test('extensions of chunks, trailers, what comes before the answer, lines that end in a newline alone', () => {
  const answer = `HTTP/1.1 100 Continue\r\n\r\n${chunked([], '5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n')}`;
  assert.equal(taken(Buffer.from(answer), [7]).body, 'hello');
  const loose = taken(Buffer.from('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n'), [3]);
  assert.equal([loose.body, loose.complete], ['hi', true]);
});

test('a body of a known length, and one that ends with the connection', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), sizes, (text, cut) => {
      const bytes = Buffer.from(text);
      const long = Buffer.concat([Buffer.from(`HTTP/1.1 404 No\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]);
      const found = taken(long, cut);
      assert.equal([found.status, found.body, found.complete], [404, bytes.toString('latin1'), true]);
      const open = Buffer.concat([Buffer.from('HTTP/1.0 200\r\n\r\n'), bytes]);
      assert.equal([taken(open, cut).complete, taken(open, cut, true).complete], [false, true]);
      assert.is(taken(open, cut, true).body, bytes.toString('latin1'));
    }),
  );
});

test('what is no such answer is refused, and nothing makes it run on', () => {
  const refused = (text: string) => assert.throws(() => taken(Buffer.from(text), [text.length]), /not an HTTP answer/);
  refused('SSH-2.0-x\r\n\r\n');
  refused('HTTP/1.1 200 OK\r\nno colon\r\n\r\n');
  refused('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n');
  refused('HTTP/1.1 200 OK\r\nContent-Length: 1e9\r\n\r\n');
  refused(chunked([], 'xyz\r\n').toString());
  refused(chunked([], '2\r\nabc\r\n').toString());
  refused(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(300_000)}`);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), sizes, (bytes, cut) => {
      try {
        taken(Buffer.from(bytes), cut);
      } catch (error) {
        assert.match((error as Error).message, /not an HTTP answer/);
      }
    }),
  );
});

test.run();
