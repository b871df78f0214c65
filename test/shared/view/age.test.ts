import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { age, duration } from '../../../shared/view/age.ts';

test('spans as kubectl shows them', () => {
  const m = 60;
  const h = 3600;
  const d = 24 * h;
  const table: [number, string][] = [
    [0, '0s'],
    [-5, '0s'],
    [119.9, '119s'],
    [120, '2m'],
    [192, '3m12s'],
    [9 * m + 59, '9m59s'],
    [10 * m + 5, '10m'],
    [179 * m, '179m'],
    [3 * h, '3h'],
    [7 * h + 5 * m, '7h5m'],
    [8 * h + 5 * m, '8h'],
    [47 * h, '47h'],
    [48 * h, '2d'],
    [7 * d + 3 * h, '7d3h'],
    [8 * d + 3 * h, '8d'],
    [400 * d, '400d'],
    [(2 * 365 + 3) * d, '2y3d'],
    [9 * 365 * d, '9y'],
  ];
  for (const [seconds, text] of table) assert.is(duration(seconds), text, String(seconds));
});

test('a time that is not there, or is none, has no age', () => {
  assert.is(age(undefined, 0), '-');
  assert.is(age('nonsense', 0), '-');
  assert.is(age('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:42Z')), '42s');
});

test.run();
