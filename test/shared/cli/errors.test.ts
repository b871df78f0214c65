import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Exit, errorText, Interrupted, KfError, usageError } from '../../../shared/cli/errors.ts';

test('an error is a line that says what, its details, and a line that says what to do', () => {
  const error = new KfError(Exit.notFound, 'no job x', { details: ['  5 | spec:'], hint: 'there are: y' });
  assert.is(errorText(error), 'no job x\n  5 | spec:\nthere are: y\n');
  assert.is(errorText(usageError('wrong')), 'wrong\n');
});

test('Ctrl-C says nothing', () => {
  assert.is(errorText(new Interrupted()), '');
  assert.is(new Interrupted().exit, 130);
});

test('a fault of ours says so', () => {
  assert.match(
    errorText(new TypeError('boom')),
    /^a fault in kubectl kf itself: TypeError: boom[\s\S]*please report it/,
  );
  assert.match(errorText('text'), 'a fault in kubectl kf itself: text');
});

test('the table of exit codes', () => {
  const table = { ok: 0, failed: 1, usage: 2, notFound: 3, forbidden: 4, unreachable: 5, interrupted: 130 };
  assert.equal({ ...Exit }, table);
});

test.run();
