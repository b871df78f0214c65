import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { callOf, type Typed } from '../../../shared/added/values.ts';
import { KfError } from '../../../shared/cli/errors.ts';
import type { Json, Parameter } from '../../../shared/registry/entry.ts';
import { parameter } from '../../support/registry.ts';

const of = (given: Typed, more: Partial<Parameter>): Json | undefined =>
  callOf({ parameters: [parameter('x', more)] }, () => given).values.x;

function refused(given: Typed, more: Partial<Parameter>): string {
  try {
    of(given, more);
  } catch (error) {
    if (error instanceof KfError && error.exit === 2) return error.message;
    throw error;
  }
  throw new Error(`${given} was taken`);
}

test('what was not typed is left out, what must be there is asked for', () => {
  assert.equal(
    callOf({ parameters: [parameter('x'), parameter('y')] }, () => undefined),
    { values: {} },
  );
  assert.is(of([], { type: 'list' }), undefined);
  assert.is(refused([], { type: 'list', required: true }), '--x takes at least one value');
});

test('each type takes what it is', () => {
  const table: [Partial<Parameter>, Typed, Json][] = [
    [{ type: 'text' }, '', ''],
    [{ type: 'integer' }, '-7', -7],
    [{ type: 'integer' }, '+007', 7],
    [{ type: 'number' }, '-1e-3', -0.001],
    [{ type: 'number' }, '.5', 0.5],
    [{ type: 'number' }, 'NaN', 'nan'],
    [{ type: 'boolean' }, true, true],
    [{ type: 'boolean', typed: 'word' }, 'False', false],
    [{ type: 'date' }, '2024-02-29', '2024-02-29'],
    [{ type: 'datetime' }, '2024-02-29', '2024-02-29T00:00:00'],
    [{ type: 'datetime' }, '2024-02-29 07:08', '2024-02-29T07:08:00'],
    [{ type: 'datetime' }, '2024-02-29T07:08:09.5Z', '2024-02-29T07:08:09.500000+00:00'],
    [{ type: 'datetime' }, '2024-02-29T07:08:09-0330', '2024-02-29T07:08:09-03:30'],
    [{ type: 'json' }, '{"a":[1,null]}', { a: [1, null] }],
    [{ type: 'list', items: 'integer' }, ['1', '2'], [1, 2]],
    [{ type: 'text', typed: 'words' }, ['a', 'b'], ['a', 'b']],
    [{ type: 'map', items: 'number' }, ['a=1', 'b=2=3'.replace('=3', '')], { a: 1, b: 2 }],
    [{ type: 'map' }, ['a=b=c', '__proto__=x'], JSON.parse('{"a":"b=c","__proto__":"x"}') as Json],
    [{ type: 'integer', choices: [1, 2] }, '2', 2],
    [{ type: 'list', items: 'text', choices: ['a', 'b'] }, ['b'], ['b']],
  ];
  for (const [more, given, value] of table) assert.equal(of(given, more), value, `${more.type} ${given}`);
});

test('what is none of it is refused by the name that was typed', () => {
  assert.is(refused('1.5', { type: 'integer' }), '--x takes a whole number, not "1.5"');
  assert.is(refused('1.5', { type: 'integer', typed: 'word' }), 'x takes a whole number, not "1.5"');
  for (const word of ['', ' 1', '0x10', '1_000', '1e3', 'one']) refused(word, { type: 'integer' });
  for (const word of ['', '1,5', 'e5', '--1', 'infinite']) refused(word, { type: 'number' });
  for (const word of ['2023-02-29', '2024-13-01', '24-01-01', '2024-1-1', '0000-01-01'])
    assert.match(refused(word, { type: 'date' }), 'takes a date such as 2026-01-31');
  for (const word of ['2024-01-01T24:00', '2024-01-01T10:60', '2024-01-01T10', '2024-01-01T10:00+99:00'])
    refused(word, { type: 'datetime' });
  assert.is(refused('c', { choices: ['a', 'b'] }), '--x takes one of a, b, not "c"');
  assert.is(refused(['a', 'c'], { type: 'list', choices: ['a', 'b'] }), '--x takes one of a, b, not "c"');
  assert.is(refused(['a'], { type: 'map' }), '--x takes key=value, not "a"');
  assert.is(refused('{', { type: 'json' }), '--x takes JSON, not "{"');
  assert.is(
    refused('yes', { type: 'boolean', typed: 'word' }),
    '--x takes true or false, not "yes"'.replace('--x', 'x'),
  );
});

test('an event carries JSON, or else text', () => {
  const parameters = [parameter('data', { type: 'json' })];
  const data = (word: string) => callOf({ parameters, calling: 'event' }, () => word).values.data;
  assert.equal(data('{"a":1}'), { a: 1 });
  assert.is(data('hello'), 'hello');
  assert.is(data('null'), null);
});

test('text comes through as it is, whatever it is; a refusal never prints control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (word) => {
      assert.is(of(word, { type: 'text' }), word);
      assert.equal(of([word], { type: 'list', items: 'text' }), [word]);
      for (const type of ['integer', 'date', 'json'] as const) {
        try {
          of(word, { type });
        } catch (error) {
          assert.instance(error, KfError);
          assert.not.match((error as KfError).message, /[\u0000-\u001f\u007f-\u009f\u202e]/);
        }
      }
    }),
  );
});

test('whole numbers of any size are exact', () => {
  fc.assert(
    fc.property(fc.bigInt(), (number) => {
      assert.is(String(of(String(number), { type: 'integer' })), String(number));
    }),
  );
});

test.run();
