import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Head, mergeLogs } from '../../../shared/logs/merge.ts';
import { chunksOf, lines, textOf } from '../kube/logs-support.ts';

async function* from(chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

test('every line of every log, each log in its own order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { maxLength: 6 }), fc.integer({ min: 1, max: 300 }), async (logs, size) => {
      const heads = logs.map((log, i) => new Head(i, i, from(chunksOf(textOf(log), [size]))));
      const found = logs.map(() => '');
      await mergeLogs(heads, (head) => {
        found[head.of] += `${head.buffer.toString('utf8', head.start, head.end)}\n`;
        return undefined;
      });
      assert.equal(
        found,
        logs.map((log) => textOf(log).toString()),
      );
    }),
  );
});

test('in the order of the times where each log is', async () => {
  const line = (nanos: string, text: string) => `2026-11-22T16:50:00.${nanos}Z ${text}\n`;
  const a = Buffer.from(
    `${line('000000001', 'a1')}${line('000000004', 'a2')}the rest of a2\n${line('000000009', 'a3')}`,
  );
  const b = Buffer.from(line('000000002', 'b1') + line('000000004', 'b2'));
  const order: string[] = [];
  await mergeLogs(
    [a, b].map((log, i) => new Head(i, i, from([log]))),
    (head) => {
      order.push(head.buffer.toString('utf8', head.stamp < 0 ? head.start : head.stamp + 1, head.end));
      return undefined;
    },
  );
  assert.equal(order, ['a1', 'b1', 'a2', 'the rest of a2', 'b2', 'a3']);
});

test.run();
