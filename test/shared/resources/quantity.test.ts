import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatQuantity, parseQuantity } from '../../../shared/resources/quantity.ts';

test('quantities in base units', () => {
  const table: [unknown, number | undefined][] = [
    ['500m', 0.5],
    ['8Gi', 8 * 2 ** 30],
    ['1.5Ki', 1536],
    ['2', 2],
    [2, 2],
    ['1e3', 1000],
    ['3M', 3e6],
    ['100k', 1e5],
    ['', undefined],
    ['x', undefined],
    ['5Qi', undefined],
    [undefined, undefined],
  ];
  for (const [text, amount] of table) assert.is(parseQuantity(text), amount, String(text));
});

test('memory is written in the largest unit, all else plainly', () => {
  assert.is(formatQuantity(5.2 * 2 ** 30, 'memory'), '5.2Gi');
  assert.is(formatQuantity(2 ** 20, 'ephemeral-storage'), '1Mi');
  assert.is(formatQuantity(1.5, 'cpu'), '1.5');
  assert.is(formatQuantity(8, 'nvidia.com/gpu'), '8');
});

test('what was written is read again, to one decimal', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1024, max: 2 ** 45 }), (bytes) => {
      const again = parseQuantity(formatQuantity(bytes, 'memory'))!;
      assert.ok(Math.abs(again - bytes) / bytes < 0.06);
    }),
  );
});

test.run();
