import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cursor, compareStamps, parseStamp, Resume, stampEnd } from '../../../shared/kube/logs-cursor.ts';
import { chunksOf, type Line, lines, textOf } from './logs-support.ts';

test('a timestamp ends before its space; what is no timestamp has none', () => {
  const line = Buffer.from('2026-11-22T16:50:00.848834205Z  File\n');
  assert.is(stampEnd(line, 0), 30);
  assert.is(stampEnd(Buffer.from('2026-11-22T16:50:00.848834205+02:00 x'), 0), 35);
  assert.is(stampEnd(Buffer.from('unable to retrieve container logs for x'), 0), -1);
  assert.is(stampEnd(Buffer.alloc(0), 0), -1);
});

test('timestamps compare by time whatever their zones and digits are', () => {
  const order = (a: string, b: string) =>
    Math.sign(compareStamps(Buffer.from(a), 0, a.length, Buffer.from(b), 0, b.length));
  assert.is(order('2026-11-22T16:50:00.000000001Z', '2026-11-22T16:50:00.000000002Z'), -1);
  assert.is(order('2026-11-22T18:50:00.000000001+02:00', '2026-11-22T16:50:00.000000001Z'), 0);
  assert.is(order('2026-11-22T18:50:00.000000002+02:00', '2026-11-22T16:50:00.000000001Z'), 1);
  assert.is(order('2026-11-22T16:50:00Z', '2026-11-22T16:50:00.5Z'), -1);
  assert.equal(parseStamp('1970-01-01T00:00:01.5Z'), [1, 500_000_000]);
});

/** What the kubelet sends for sinceTime: lines that are not older, whole seconds. */
const since = (all: Line[], time: string) => all.filter((line) => parseStamp(line.stamp)[0] >= Date.parse(time) / 1000);

test('after any cut, in any chunks: what comes behind the last seen line, once', () => {
  fc.assert(
    fc.property(lines, fc.nat(), fc.array(fc.integer({ min: 1, max: 200 })), (all, cut, sizes) => {
      const seen = (cut % all.length) + 1;
      const cursor = new Cursor();
      for (const chunk of chunksOf(textOf(all.slice(0, seen)), sizes)) cursor.advance(chunk);
      const resume = new Resume(cursor);
      const rest = chunksOf(textOf(since(all, cursor.since)), sizes).map((chunk) => resume.push(chunk));
      assert.is(Buffer.concat([...rest, resume.end()]).toString(), textOf(all.slice(seen)).toString());
      assert.not.ok(resume.gap);
    }),
  );
});

test('the cursor is the same however the lines came', () => {
  fc.assert(
    fc.property(lines, fc.array(fc.integer({ min: 1, max: 200 })), (all, sizes) => {
      const [one, many] = [new Cursor(), new Cursor()];
      one.advance(textOf(all));
      for (const chunk of chunksOf(textOf(all), sizes)) many.advance(chunk);
      assert.equal([many.stamp.toString(), many.same], [one.stamp.toString(), one.same]);
    }),
  );
});

test('a rotated log: all of the new file, and that something may be missing', () => {
  const cursor = new Cursor();
  cursor.advance(Buffer.from('2026-11-22T16:50:00.000000001Z a\n'));
  const text = '2026-11-22T16:50:00.300000000Z c\n2026-11-22T16:50:03.000000000Z d\n';
  const resume = new Resume(cursor);
  assert.is(resume.push(Buffer.from(text)).toString(), text);
  assert.ok(resume.gap);
  const short = new Resume(cursor);
  assert.is(short.push(Buffer.from(text.slice(0, 33))).length, 0);
  assert.is(short.end().toString(), text.slice(0, 33));
  assert.ok(short.gap);
});

test('an answer that begins in the middle of a long line: that line is no new one', () => {
  const cursor = new Cursor();
  cursor.advance(Buffer.from('2026-11-22T16:50:00.000000001Z a\n'));
  const resume = new Resume(cursor);
  const text = 'xxx rest\n2026-11-22T16:50:00.000000001Z a\n2026-11-22T16:50:00.000000002Z b\n';
  assert.is(resume.push(Buffer.from(text)).toString(), '2026-11-22T16:50:00.000000002Z b\n');
});

test.run();
