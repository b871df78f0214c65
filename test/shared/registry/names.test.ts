import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Exit, KfError } from '../../../shared/cli/errors.ts';
import { builtins, checkName, reserved } from '../../../shared/registry/names.ts';

const refusal = (name: string, replacing = false): string => {
  try {
    checkName(name, replacing);
  } catch (error) {
    assert.instance(error, KfError);
    assert.is((error as KfError).exit, Exit.usage);
    return (error as KfError).message;
  }
  return '';
};

test('a name is a label of at most 40 characters, a letter first', () => {
  for (const name of ['tune', 't', 'tune-2', 'a'.repeat(40)]) assert.is(refusal(name), '');
  const bad = [
    '',
    'Tune',
    '2tune',
    '-tune',
    'tune-',
    'tune me',
    'tune;rm -rf',
    '$(id)',
    '../tune',
    'tüne',
    'a'.repeat(41),
    'a\n',
  ];
  for (const name of bad) assert.match(refusal(name), /can be no subcommand's name/, name);
  assert.is(refusal('\u001b[2Jx'), `"x" can be no subcommand's name`);
});

test('reserved verbs are refused both ways, built-in ones only unasked, and replacing wants a built-in one', () => {
  for (const name of ['login', 'logout', 'whoami', 'use', 'validate', 'command', 'configure']) {
    assert.ok(reserved.has(name));
    for (const replacing of [true, false]) assert.match(refusal(name, replacing), /can't be replaced/);
  }
  for (const name of [...builtins].filter((each) => !reserved.has(each))) {
    assert.match(refusal(name), /is a verb of kubectl kf already/);
    assert.is(refusal(name, true), '');
  }
  assert.match(refusal('tune', true), /no built-in verb/);
});

test.run();
