import { Writable } from 'node:stream';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Output } from '../../../shared/cli/context.ts';
import { LineOutput, type OutputOptions } from '../../../shared/logs/output.ts';
import { Tail } from '../../../shared/logs/tail.ts';

/** Takes a block only when it is told to. */
class Slow extends Writable {
  blocks: Buffer[] = [];
  isTTY?: boolean;
  #done: (() => void) | undefined;
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.blocks.push(Buffer.from(chunk));
    this.#done = done;
  }
  take(): void {
    this.#done?.();
  }
  get text(): string {
    return Buffer.concat(this.blocks).toString();
  }
}

const plain: OutputOptions = { raw: false, timestamps: false };
const line = (text: string) => Buffer.from(`2026-11-22T16:50:00.000000001Z ${text}\n`);
const out = () => new Slow({ highWaterMark: 1 }) as Slow & Output;

function written(options: Partial<OutputOptions>, tty: boolean, ...lines: Buffer[]): string {
  const slow = new Slow({ highWaterMark: 1 << 24 });
  slow.isTTY = tty;
  const output = new LineOutput(slow as Output, { ...plain, ...options });
  const source = output.source('node-0');
  for (const each of lines) output.write(source, each);
  output.flush();
  return slow.text;
}

test('names are aligned to the widest; timestamps only where they are wanted', () => {
  const slow = out();
  const output = new LineOutput(slow, plain);
  const [one, ten] = [output.source('node-1'), output.source('node-10')];
  output.write(one, line('a'));
  output.write(ten, line('b'));
  output.flush();
  assert.is(slow.text, 'node-1  | a\nnode-10 | b\n');
  assert.is(written({ timestamps: true }, false, line('a')), 'node-0 | 2026-11-22T16:50:00.000000001Z a\n');
});

test('a pipe gets the bytes; a terminal no control characters, and of a progress bar its last state', () => {
  const bar = line('\r 10%\r 55%\r100%');
  assert.is(written({}, false, bar), 'node-0 | \r 10%\r 55%\r100%\n');
  assert.is(written({}, true, bar), 'node-0 | 100%\n');
  assert.is(written({}, true, line('crlf\r')), 'node-0 | crlf\n');
  assert.is(written({}, true, line('\u001b]0;evil\u0007\u001b[2Jx')), 'node-0 | x\n');
  assert.is(written({ raw: true }, true, line('\u001b[2Jx')), 'node-0 | \u001b[2Jx\n');
  assert.is(written({ colour: () => '36' }, true, line('x')), '\u001b[36mnode-0 | \u001b[0mx\n');
});

test('lines of a record that comes in pieces stay together; one that does not go on is not held for long', async () => {
  const slow = new Slow({ highWaterMark: 1 << 24 });
  const output = new LineOutput(slow as Output, plain);
  const [a, b] = [output.source('a'), output.source('b')];
  output.write(a, Buffer.concat([line('epoch'), line('Traceback (most recent call last):')]));
  output.write(b, line('1'));
  output.write(a, line('  File "x.py", line 1'));
  output.write(b, line('2'));
  output.write(a, Buffer.concat([line('ValueError: x'), line('after')]));
  output.write(b, line('  held'));
  await new Promise((resolve) => setTimeout(resolve, 600));
  slow.take();
  output.write(b, line('3'));
  output.flush();
  const expected = [
    'a | epoch',
    'b | 1',
    'b | 2',
    'a | Traceback (most recent call last):',
    'a |   File "x.py", line 1',
  ];
  expected.push('a | ValueError: x', 'a | after', 'b |   held');
  assert.is(slow.text, `${expected.join('\n')}\n`);
});

test('lines that are all indented are not gathered without end', () => {
  const slow = new Slow({ highWaterMark: 1 << 24 });
  const output = new LineOutput(slow as Output, plain);
  const source = output.source('a');
  for (let i = 0; i < 400; i++) output.write(source, line(`  ${'x'.repeat(1000)}`));
  assert.ok((source.held?.length ?? 0) <= 256 << 10);
  output.flush();
  assert.is(source.held, undefined);
});

test('a filter takes a record whole', () => {
  const matches = (text: string) => text.includes('ValueError');
  const record = ['Traceback (most recent call last):', '  File "x.py"', 'ValueError: no'];
  const text = written({ matches }, false, ...['a', ...record, 'b', 'KeyError'].map(line));
  assert.is(text, `${record.map((each) => `node-0 | ${each}`).join('\n')}\n`);
});

test('an object a line: time, pod, container, message, whatever the bytes', () => {
  const slow = new Slow({ highWaterMark: 1 << 24 });
  const output = new LineOutput(slow as Output, { ...plain, json: true });
  const source = output.source('web/main', { pod: 'web', container: 'main' });
  for (const text of ['a "b"\r', '', '\u001b[2J']) output.write(source, line(text));
  output.write(source, Buffer.concat([Buffer.from('2026-11-22T16:50:00.000000001Z '), Buffer.of(0xff, 10)]));
  output.flush();
  const objects = slow.text
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each));
  const same = { source: 'web/main', pod: 'web', container: 'main', time: '2026-11-22T16:50:00.000000001Z' };
  assert.equal(
    objects,
    ['a "b"', '', '\u001b[2J', '\ufffd'].map((message) => ({ ...same, message })),
  );
  assert.not.match(slow.text, '\u001b');
});

test('all bytes arrive whatever the sizes, and no faster than they are taken', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 12 }), async (sizes) => {
      const slow = out();
      const output = new LineOutput(slow, plain);
      const source = output.source('n');
      let expected = '';
      for (const [i, size] of sizes.entries()) {
        const text = String(i % 10).repeat(size);
        expected += `n | ${text}\n`;
        const full = output.write(source, line(text));
        assert.ok(slow.writableLength <= 300_000);
        if (!full) continue;
        const taking = setInterval(() => slow.take(), 0);
        await full;
        clearInterval(taking);
      }
      const taking = setInterval(() => slow.take(), 0);
      await output.end();
      clearInterval(taking);
      assert.is(slow.text, expected);
    }),
    { numRuns: 30 },
  );
});

test('the end of a log is kept: whole lines, without their times', () => {
  const tail = new Tail();
  for (let i = 0; i < 5000; i++) tail.push(line(`line ${i}`));
  const lines = tail.lines();
  assert.is(lines.at(-1), 'line 4999');
  assert.ok(lines.length > 100);
  assert.is(lines[0], `line ${5000 - lines.length}`);
  tail.push(Buffer.concat([line('x'.repeat(100_000)), line('last')]));
  assert.equal(tail.lines(), ['last']);
});

test.run();
