import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leadingWords, normalize, wordsFirst } from '../../../shared/cli/argv.ts';

test('values that stick to a short flag are taken off it, as pflag does', () => {
  assert.equal(normalize(['list', '-ojson']), ['list', '-o', 'json']);
  assert.equal(normalize(['list', '-o=json', '-v=6', '-nteam-a']), ['list', '-o', 'json', '-v', '6', '-n', 'team-a']);
  assert.equal(normalize(['logs', '-f', '-A']), ['logs', '-f', '-A']);
});

test('--switch=true|false is the switch or its negation, for switches alone', () => {
  const switches = new Set(['--follow']);
  assert.equal(normalize(['--follow=true', '--follow=false'], switches), ['--follow', '--no-follow']);
  assert.equal(normalize(['--env=true'], switches), ['--env=true']);
});

test('--dry-run without a value is the client, as kubectl has it', () => {
  assert.equal(normalize(['web', '--dry-run']), ['web', '--dry-run=client']);
  assert.equal(normalize(['--dry-run', '--yes']), ['--dry-run=client', '--yes']);
  assert.equal(normalize(['--dry-run', 'server']), ['--dry-run', 'server']);
});

test('nothing after -- is touched', () => {
  assert.equal(normalize(['x', '--', '-ojson', '--follow=true'], new Set(['--follow'])), [
    'x',
    '--',
    '-ojson',
    '--follow=true',
  ]);
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      assert.equal(normalize(['--', ...words]), ['--', ...words]);
      assert.equal(wordsFirst(['--', ...words]), ['--', ...words]);
    }),
  );
});

test("kubectl's own flags may come before the words and between them", () => {
  assert.equal(wordsFirst(['-n', 'x', 'train', 'list']), ['train', 'list', '-n', 'x']);
  assert.equal(wordsFirst(['--context=c', '-nx', 'train', '-v', '6', 'list', '-A']), [
    'train',
    'list',
    '--context=c',
    '-nx',
    '-v',
    '6',
    '-A',
  ]);
});

test('from another flag on, everything stays where it is', () => {
  assert.equal(wordsFirst(['train', 'a', 'b.py', '--runtime', 'r', '-n', 'x']), [
    'train',
    'a',
    'b.py',
    '--runtime',
    'r',
    '-n',
    'x',
  ]);
  assert.equal(wordsFirst(['--version']), ['--version']);
  assert.equal(wordsFirst(['train', 'a', '-', '-n']), ['train', 'a', '-', '-n']);
});

test('no word is lost or doubled', () => {
  const word = fc.oneof(fc.constantFrom('-n', '--context', '-v=6', 'train', '-f', '--', '-'), fc.string());
  fc.assert(fc.property(fc.array(word), (words) => assert.equal([...wordsFirst(words)].sort(), [...words].sort())));
});

test('leading words end at the first flag', () => {
  assert.equal(leadingWords(['train', 'list', '-A', 'x']), ['train', 'list']);
  assert.equal(leadingWords(['--help']), []);
});

test.run();
