import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asksForHelp, marked, unmarked } from '../../../shared/added/typed.ts';
import { parameter } from '../../support/registry.ts';

const parameters = [parameter('scale', { type: 'number' }), parameter('fast', { type: 'boolean' })];
const read = (words: string[]) =>
  marked(words, parameters).map((word) => (word === unmarked(word) ? word : `<${unmarked(word)}>`));

test('what follows an option that takes a value is its value', () => {
  assert.equal(read(['--scale', '-1e3', '--fast', '-n', 'x']), ['--scale', '<-1e3>', '--fast', '-n', 'x']);
  assert.equal(read(['--scale', '--help']), ['--scale', '<--help>']);
  assert.equal(read(['--scale', '--', '--x']), ['--scale', '<-->', '--x']);
  assert.equal(read(['--fast', '-x', '--scale']), ['--fast', '-x', '--scale']);
});

test('a value after = is one, whatever letters the option has', () => {
  const own = [parameter('x1_größe'), parameter('on', { type: 'boolean' })];
  assert.equal(marked(['--x1-größe=a=b', '--x1-größe=', '--on=true', '--y=1'], own), [
    ...['--x1-größe', 'a=b', '--x1-größe', '', '--on=true', '--y=1'],
  ]);
  assert.equal(read(['--scale=-1e3', '--', '--scale=1']), ['--scale', '<-1e3>', '--', '--scale=1']);
});

test('negative numbers are words', () => {
  assert.equal(read(['-5', '-.5', '-', '-o']), ['<-5>', '<-.5>', '-', '-o']);
});

test('after -- nothing is touched', () => {
  assert.equal(read(['--', '-5', '--scale', '-1']), ['--', '-5', '--scale', '-1']);
});

test('help is asked for by what is no value', () => {
  assert.ok(asksForHelp(marked(['a', '-h'], parameters)));
  assert.not(asksForHelp(marked(['a', '--scale', '-h'], parameters)));
  assert.not(asksForHelp(marked(['--', '--help'], parameters)));
});

test('no word is lost or changed', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('--scale', '--fast', '--', '-5', '--help', '-n'));
  fc.assert(fc.property(fc.array(word), (words) => assert.equal(marked(words, parameters).map(unmarked), words)));
});

test.run();
