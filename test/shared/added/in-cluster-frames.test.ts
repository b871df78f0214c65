import { Readable, Writable } from 'node:stream';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cutter, Frames, frameOf } from '../../../shared/added/in-cluster-frames.ts';
import type { Output } from '../../../shared/cli/context.ts';

const nonce = '0123456789abcdef0123456789abcdef';

/** What comes out of the cutter where the bytes come in pieces of these lengths. */
async function cut(bytes: Buffer, lengths: number[]): Promise<{ out: Buffer; outcome: string }> {
  const got: Buffer[] = [];
  const to = new Writable({
    highWaterMark: 8,
    write(chunk: Buffer, _encoding, done) {
      got.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  const cutter = new Cutter(to as Output, nonce);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = Math.max(1, lengths[i % lengths.length] ?? bytes.length);
    if (!cutter.write(bytes.subarray(at, at + length))) await new Promise((resolve) => cutter.once('drain', resolve));
    at += length;
  }
  await new Promise<void>((resolve) => cutter.end(resolve));
  await new Promise<void>((resolve) => to.end(resolve));
  return { out: Buffer.concat(got), outcome: cutter.outcome };
}

test('the outcome is taken out of the bytes, whatever they are and however they come', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each)),
    // What looks like the mark's beginning.
    fc.nat({ max: 33 }).map((n) => Buffer.from(`\u001e${nonce}:`.slice(0, n))),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 6 }),
      fc.array(piece, { maxLength: 3 }),
      fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 5 }),
      async (before, after, lengths) => {
        const [a, b] = [Buffer.concat(before), Buffer.concat(after)];
        const mark = Buffer.from(`\u001e${nonce}:{"value": "a\\nb"}\n`);
        const made = await cut(Buffer.concat([a, mark, b]), lengths);
        assert.is(made.outcome, '{"value": "a\\nb"}');
        assert.equal(made.out.toString('hex'), Buffer.concat([a, b]).toString('hex'));
        const none = await cut(a, lengths);
        assert.equal([none.outcome, none.out.toString('hex')], ['', a.toString('hex')]);
      },
    ),
    { numRuns: 200 },
  );
});

test('an input goes in frames, its end is one too, and the stream never ends', async () => {
  const frames = new Frames(Readable.from([Buffer.from('ab'), 'c\u20ac']));
  const got: Buffer[] = [];
  let ended = false;
  frames.on('data', (chunk: Buffer) => got.push(chunk)).on('end', () => (ended = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  frames.resize({ columns: 100, rows: 30 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const wanted = [frameOf('D', Buffer.from('ab')), frameOf('D', Buffer.from('c\u20ac')), frameOf('E')];
  wanted.push(frameOf('R', Buffer.from('100 30')));
  assert.equal(Buffer.concat(got).toString('latin1'), Buffer.concat(wanted).toString('latin1'));
  assert.is(ended, false);
  frames.release();
});

test('an input that was read before has ended', async () => {
  const source = Readable.from([]);
  for await (const _ of source);
  const frames = new Frames(source);
  const first = await new Promise<Buffer>((resolve) => frames.once('data', resolve));
  assert.is(first.toString('latin1'), frameOf('E').toString('latin1'));
  frames.release();
});

test.run();
