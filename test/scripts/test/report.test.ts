import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { counts, line, sum, summary, took } from '../../../scripts/test/report.ts';
import type { Result } from '../../../scripts/test/run-file.ts';

const good: Result = { name: 'a.test.ts', passed: 3, failed: 0, skipped: 0, ms: 1234, fault: '', output: 'fine' };
const bad: Result = {
  name: 'b.test.ts',
  passed: 1,
  failed: 2,
  skipped: 1,
  ms: 185_000,
  fault: 'ran no test',
  output: 'why',
};

test('counts are summed; skipped ones show only where there are any', () => {
  assert.is(counts(sum([good])), '3 passed, 0 failed');
  assert.is(counts(sum([good, bad])), '4 passed, 2 failed, 1 skipped');
});

test('a line a file', () => {
  assert.is(line(good), 'ok    a.test.ts  3 passed, 0 failed  1.2s');
  assert.is(line(bad), 'FAIL  b.test.ts  1 passed, 2 failed, 1 skipped  3m05s  (ran no test)');
});

test('the summary ends with the counts and shows the output of what failed, and of nothing else', () => {
  const text = summary([good, bad], 1000);
  assert.is(text.trimEnd().split('\n').at(-1), '4 passed, 2 failed, 1 skipped');
  assert.match(text, /---- b\.test\.ts: ran no test\nwhy\n/);
  assert.not.match(text, 'fine');
});

test('what passed only the second time counts as passed, and is named with what it said the first time', () => {
  const second: Result = { ...good, name: 'b.test.ts', first: bad };
  assert.is(
    line(second),
    'ok    b.test.ts  3 passed, 0 failed  1.2s  (the second time; the first: 1 passed, 2 failed, 1 skipped)',
  );
  const text = summary([good, second], 1000);
  assert.is(text.trimEnd().split('\n').at(-1), '6 passed, 0 failed');
  assert.match(text, /---- b\.test\.ts: ran no test\nwhy\n/);
  assert.match(text, /passed only the second time:\n {2}b\.test\.ts\n/);
});

test('times are short', () => assert.equal([took(40), took(99_000), took(125_000)], ['0.0s', '99.0s', '2m05s']));

test.run();
