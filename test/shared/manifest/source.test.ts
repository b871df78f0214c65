import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsError } from '../../../shared/manifest/errors.ts';
import { excerpt } from '../../../shared/manifest/source.ts';

const at = (text: string, line: number, column: number, length = 1) =>
  excerpt({ source: { name: 'f', text }, line, column, length });

test('the line, the one before it, a caret below', () => {
  assert.equal(at('spec:\n  trainr:\n', 2, 3, 6), ['  1 | spec:', '  2 |   trainr:', '    |   ^^^^^^']);
  assert.equal(at('a: 1\n', 1, 1), ['  1 | a: 1', '    | ^']);
  assert.equal(at(`${'\n'.repeat(9)}  x: 1\r\n`, 10, 3), ['  10 |   x: 1', '     |   ^']);
});

test('tabs stay under tabs, long lines are cut around the place, escapes do not reach a terminal', () => {
  assert.equal(at('\t{"a": 1}', 1, 3, 3), ['  1 | \t{"a": 1}', '    | \t ^^^']);
  const [line = '', caret = ''] = at(`${'x'.repeat(500)}!${'y'.repeat(500)}`, 1, 501);
  assert.is(line[caret.indexOf('^')], '!');
  assert.ok(line.length < 120);
  assert.not.match(at('a: \u001b[31mred', 1, 1).join(), /\u001b/);
});

test('the caret stands under its column, whatever the line', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ a-z:]{1,300}$/), fc.nat(299), (text, offset) => {
      const column = (offset % text.length) + 1;
      const lines = at(text, 1, column);
      const [line = '', caret = ''] = lines;
      const expected = text[column - 1]!;
      assert.is(line.padEnd(caret.length)[caret.indexOf('^')], expected);
    }),
  );
});

test('several problems in one error, the same one once, no more than ten', () => {
  const one = problemsError([{ message: 'a', exit: 3 }, { message: 'a' }, { message: 'b', hint: 'do' }]);
  assert.equal([one.exit, one.message, one.details, one.hint], [3, 'a', ['b', 'do'], 'nothing was created']);
  const many = problemsError(Array.from({ length: 25 }, (_, i) => ({ message: `m${i}` })));
  assert.equal([many.exit, many.details.length, many.details.at(-1)], [2, 10, 'and 15 more']);
});

test.run();
