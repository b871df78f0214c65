import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf/index.ts';
import { personal, type Remembered, writeIndex } from '../../../shared/registry/remembered.ts';
import { context, runCommand, type World } from '../../support/command.ts';

let dir = '';
test.before.each(() => {
  dir = mkdtempSync(join(tmpdir(), 'kf-dispatch-'));
});
test.after.each(() => rmSync(dir, { recursive: true, force: true }));

function program(name: string): string {
  const file = join(dir, name);
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

/** Runs `kubectl kf <argv>` and says what it was handed over to. */
async function dispatched(argv: string[], world: World = {}) {
  let handed: unknown[] | undefined;
  const handOver = async (...all: unknown[]) => {
    handed = all;
    return 42;
  };
  const result = await runCommand(group, argv, { env: { PATH: dir }, home: dir, handOver, ...world });
  return { ...result, handed };
}

test('a verb goes to its group, with the words after it, and its exit code comes back', async () => {
  const file = program('kubectl-kf_train');
  const { code, handed, stdout, stderr } = await dispatched(['train', 'list', '-A', '--', 'x']);
  assert.equal(handed, [file, ['list', '-A', '--', 'x'], 'kubectl-kf_train']);
  assert.equal([code, stdout, stderr], [42, '', '']);
});

test('a group with several verbs gets the verb too', async () => {
  const file = program('kubectl-kf_project');
  assert.equal((await dispatched(['create', 'a'])).handed, [file, ['create', 'a'], 'kubectl-kf_project']);
});

test("anyone's kubectl-kf_foo answers to foo", async () => {
  const file = program('kubectl-kf_foo');
  assert.equal((await dispatched(['foo', '--bar'])).handed, [file, ['--bar'], 'kubectl-kf_foo']);
});

test('help for a verb is asked of its group', async () => {
  const file = program('kubectl-kf-train');
  assert.equal((await dispatched(['help', 'train', 'list'])).handed, [file, ['list', '--help'], 'kubectl-kf-train']);
});

test('the words of this plugin are its own, even where someone has a plugin of that name', async () => {
  program('kubectl-kf_version');
  const { code, handed, stdout } = await dispatched(['version', '--client']);
  assert.is(handed, undefined);
  assert.is(code, 0);
  assert.match(stdout, /^client +\d/);
});

test('a verb that no program has goes to what runs added ones, where that is installed', async () => {
  const file = program('kubectl-kf_command');
  assert.equal((await dispatched(['tune', '--trials', '2'])).handed, [
    file,
    ['__added', 'tune', '--trials', '2'],
    'kubectl-kf_command',
  ]);
  assert.equal((await dispatched(['help', 'tune'])).handed, [
    file,
    ['__added', 'tune', '--help'],
    'kubectl-kf_command',
  ]);
  const own = program('kubectl-kf_tune');
  assert.equal((await dispatched(['tune'])).handed, [own, [], 'kubectl-kf_tune'], 'a plugin of that name comes first');
  for (const word of ['Tune', 'tu_ne', '$(id)', '../x', '__added']) {
    const { code, handed } = await dispatched([word]);
    assert.equal([code, handed], [2, undefined], word);
  }
});

test('--builtin with a verb that is no built-in is an error, and nothing runs; after -- it is another’s', async () => {
  const file = program('kubectl-kf_command');
  for (const words of [
    ['tune', '--builtin'],
    ['tune', 'bert', '--builtin', '--', 'x'],
  ]) {
    const { code, stdout, stderr, handed } = await dispatched(words);
    assert.equal([code, stdout, handed], [2, '', undefined]);
    assert.is(stderr, 'tune is no built-in verb: --builtin has nothing to run\nleave it out for what was added\n');
  }
  assert.equal((await dispatched(['tune', '--', '--builtin'])).handed?.[0], file);
});

test('a verb of a group that is not installed says so, and is not looked for among the added ones', async () => {
  program('kubectl-kf_command');
  const { code, stderr, handed } = await dispatched(['serve', 'x', '--builtin']);
  assert.equal([code, handed], [2, undefined]);
  assert.match(stderr, /^serve comes with the plugin kf-serve: /);
});

test('the overview lists what was added, first what replaces a verb, harmless and not too much of it', async () => {
  const at = context({ home: dir }).context;
  const entry = (name: string, more: Partial<Remembered> = {}): Remembered => ({
    ...{ name, level: 'personal', summary: `does ${name}`, digest: 'd' },
    ...more,
  });
  const replaced = entry('train', { replaces: 'train', summary: 'ours' });
  const odd = entry('bad', { summary: 'a\u001b[31m\nred' });
  writeIndex(personal, [entry('tune'), replaced, odd, entry('foo')], at);
  program('kubectl-kf_foo');
  assert.not.match((await dispatched([])).stdout, /added:/, 'nothing runs them');
  program('kubectl-kf_command');
  const { stdout } = await dispatched([]);
  const added = /\n\nadded:\n([\s\S]*?)\n\n/.exec(stdout)?.[1];
  assert.match(
    added ?? '',
    /^ {2}train {2}ours \(replaces the built-in\)\n {2}bad {4}a[^\u001b\n]*red\n {2}tune {3}does tune$/,
  );
  writeIndex(
    personal,
    Array.from({ length: 1000 }, (_, i) => entry(`many-${i}`)),
    at,
  );
  const many = (await dispatched([])).stdout;
  assert.match(many, /\n {2}and 975 more: kubectl kf command list\n/);
  assert.is(many.split('\n').filter((line) => line.startsWith('  many-')).length, 25);
});

test('a word that is no name of a program is never looked for', async () => {
  mkdirSync(join(dir, 'kubectl-kf-..'));
  const { code, stderr, handed } = await dispatched(['../sh']);
  assert.equal([code, handed], [2, undefined]);
  assert.match(stderr, 'no verb "../sh"');
});

test('the overview names the groups that are installed, and those that are not', async () => {
  program('kubectl-kf_train');
  program('kubectl-kf_foo');
  for (const argv of [[], ['--help'], ['-h'], ['help']]) {
    const { code, stdout, stderr } = await dispatched(argv);
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, /\n {2}use +show the project/);
    assert.match(stdout, /installed:\n {2}kf-train +train models: train\n {2}kf-foo +foo\n/);
    assert.match(stdout, /to be installed[^\n]*:\n {2}kf-notebook /);
  }
});

test.run();
