import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  kubeFlagsIn,
  kubeFlagWords,
  leadingWords,
  normalize,
  withoutBuiltin,
  wordsFirst,
} from '../../../shared/cli/argv.ts';

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

test('--cluster is a level of command, and takes no word away from what follows it', () => {
  const typed = ['command', 'add', 'a.py', '--cluster', '--name', 'x'];
  assert.equal(wordsFirst(typed), typed);
  assert.equal(wordsFirst(['--cluster', 'c', 'status', 'x']), ['status', 'x', '--cluster', 'c']);
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

test("flags that choose cluster, person and project are found in all of pflag's forms, before --", () => {
  assert.equal(
    kubeFlagsIn(['train', '-n', 'a', '--context=c', '-x', '--as-group', 'g', '--as-group=h', '--', '-n', 'b']),
    {
      namespace: 'a',
      context: 'c',
      asGroup: ['g', 'h'],
    },
  );
  for (const words of [['-na'], ['-n=a'], ['-n', 'a'], ['--namespace=a'], ['--namespace', 'a'], ['-n', 'x', '-n', 'a']])
    assert.equal(kubeFlagsIn(words), { namespace: 'a' }, words.join(' '));
  assert.equal(kubeFlagsIn(['--cluster=', '-n']), { cluster: '' });
  assert.equal(kubeFlagsIn(['--toString', '--nam=x', '-', 'n', '--follow']), {});
});

test('they are words again, each in one, so that no value is taken for a flag', () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          namespace: fc.string(),
          context: fc.string(),
          as: fc.string(),
          asGroup: fc.array(fc.string(), { minLength: 1 }),
        },
        { requiredKeys: [] },
      ),
      (flags) => {
        const words = kubeFlagWords(flags);
        assert.equal(kubeFlagsIn(words), { ...flags });
        assert.ok(words.every((word) => word.startsWith('--')));
      },
    ),
  );
});

test('--builtin is taken out before --, and may stand anywhere there', () => {
  assert.equal(withoutBuiltin(['train', '--builtin', 'x', '--', '--builtin']), ['train', 'x', '--', '--builtin']);
  const none = ['train', 'x', '--', '--builtin'];
  assert.is(withoutBuiltin(none), none);
  assert.equal(wordsFirst(['--builtin', '-n', 'a', 'train', 'list']), ['train', 'list', '--builtin', '-n', 'a']);
});

test.run();
