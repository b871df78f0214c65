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
