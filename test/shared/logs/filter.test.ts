import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { byName, byNumber } from '../../../shared/logs/colours.ts';
import { lineFilter } from '../../../shared/logs/filter.ts';

const refusal = (run: () => unknown): KfError => {
  try {
    run();
  } catch (error) {
    assert.instance(error, KfError);
    return error as KfError;
  }
  throw new Error('was not refused');
};

test('a regular expression, with (?i) in front for upper and lower case', () => {
  assert.equal([lineFilter('err|warn')('a warning'), lineFilter('err|warn')('a WARNING')], [true, false]);
  assert.ok(lineFilter('(?i)err|warn')('a WARNING'));
  assert.equal([lineFilter('^(?!.*health)')('GET /health'), lineFilter('^(?!.*health)')('GET /')], [false, true]);
  assert.ok(lineFilter('ü{2}')('xüüx'));
});

test('what is no regular expression is wrong use', () => {
  const error = refusal(() => lineFilter('a('));
  assert.equal([error.exit, error.message], [2, '--grep takes a regular expression: /a(/: Unterminated group']);
});

test('a pattern that goes back and forth without end does not hang', () => {
  const began = performance.now();
  assert.is(lineFilter('(a+)+$')(`${'a'.repeat(60)}b`), false);
  const endless = lineFilter('(?=x)(x+)+$');
  assert.ok(endless('yxx'));
  assert.is(refusal(() => endless(`${'x'.repeat(60)}b`)).exit, 2);
  assert.ok(performance.now() - began < 10_000);
});

test('the same name has the same colour, and names have several', () => {
  const names = Array.from({ length: 40 }, (_, i) => `web-5d9f-${i}/main`);
  assert.equal(names.map(byName), names.map(byName));
  assert.ok(new Set(names.map(byName)).size > 6);
  assert.is.not(byNumber('node-1'), byNumber('node-2'));
});

test.run();
