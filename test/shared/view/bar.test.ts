import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bar, percent } from '../../../shared/view/bar.ts';

test('eighths of a cell; any use shows, and none does not', () => {
  assert.is(bar(0, 4), '····');
  assert.is(bar(0.0001, 4), '▏···');
  assert.is(bar(0.5, 4), '██··');
  assert.is(bar(0.53125, 4), '██▏·');
  assert.is(bar(1, 4), '████');
  assert.is(bar(7, 4), '████');
  assert.is(bar(Number.NaN, 4), '····');
  assert.is(percent(0.256), '26%');
});

test('always as wide as it was asked for', () => {
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: 1, max: 40 }), (part, cells) => [...bar(part, cells)].length === cells),
  );
});

test.run();
