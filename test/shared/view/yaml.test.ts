import fc from 'fast-check';
import { load } from 'js-yaml';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { yamlText } from '../../../shared/view/yaml.ts';

test('white space alone, of several lines, is read again as it was', () => {
  for (const blank of [' \n', '\n \n', '  \t\n\n', '\n', ' \n ', '\r\n', '\t\n'])
    for (const value of [blank, { a: blank }, { [blank]: [blank] }]) {
      assert.equal(parse(yamlText(value)), value);
      assert.equal(load(yamlText(value)), value);
    }
});

test('any text is read again as it was, by both of the libraries', () => {
  const unit = fc.constantFrom(' ', '\n', '\t', '\r', '#', 'a', ':', '-', '|', '"', "'", '\u0085', '\u2028');
  const text = fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(text, (a) => {
      assert.equal(parse(yamlText({ a })), { a });
      assert.equal(load(yamlText({ a })), { a });
    }),
    { numRuns: 1000 },
  );
});

test('lines are not folded, and what is there twice is written twice', () => {
  const same = { long: 'word '.repeat(60).trim() };
  assert.is(yamlText([same, same]), `- long: ${same.long}\n`.repeat(2));
});

test.run();
