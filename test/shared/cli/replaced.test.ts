import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group as kf } from '../../../plugins/kf/index.ts';
import { group as train } from '../../../plugins/kf-train/index.ts';
import type { Group } from '../../../shared/cli/group.ts';
import { personal, type Remembered, writeIndex } from '../../../shared/registry/remembered.ts';
import { context, runCommand, type World } from '../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-replaced-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A machine with these programs, on which a person has replaced these verbs for themselves. */
function machine(programs: string[], replaced: string[]): World & { folder: string } {
  const folder = mkdtempSync(join(dir, 'm-'));
  for (const name of programs) {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }
  const entry = (name: string): Remembered => ({
    ...{ name, level: 'personal', summary: 'mine', digest: 'd', replaces: name },
  });
  const world = { folder, home: folder, env: { PATH: folder } };
  writeIndex(personal, replaced.map(entry), context(world).context);
  return world;
}

/** Runs the words and tells what they were handed over to, and what was started behind. */
async function ran(group: Group, argv: string[], world: World) {
  const handed: string[][] = [];
  const behind: string[][] = [];
  const result = await runCommand(group, argv, {
    ...world,
    handOver: async (file, args) => {
      handed.push([file, ...args]);
      return 42;
    },
    behind: (file, args) => void behind.push([file, ...args]),
  });
  return { ...result, handed, behind };
}

test('a replaced verb goes to what runs its replacement, with all words, from its group as from the dispatcher', async () => {
  const at = machine(['kubectl-kf_command'], ['train', 'logs', 'version']);
  const adder = join(at.folder, 'kubectl-kf_command');
  const of = async (group: Group, ...argv: string[]) => (await ran(group, argv, at)).handed;
  assert.equal(await of(train, 'train', 'a', '-n', 'x', '--', '--builtin'), [
    [adder, '__added', 'train', 'a', '-n', 'x', '--', '--builtin'],
  ]);
  assert.equal(await of(kf, 'logs', 'x', '-f'), [[adder, '__added', 'logs', 'x', '-f']]);
  assert.equal(await of(kf, 'help', 'logs'), [[adder, '__added', 'logs', '--help']]);
  assert.equal(await of(kf, 'train', 'a'), [[adder, '__added', 'train', 'a']], 'though its group is not installed');
  const { code, stdout, stderr } = await ran(train, ['train', 'a'], at);
  assert.equal([code, stdout, stderr], [42, '', '']);
});

test('--builtin runs the original, wherever it stands, and is not seen by it', async () => {
  const at = machine(['kubectl-kf_command', 'kubectl-kf_train'], ['train', 'version']);
  for (const argv of [
    ['version', '--builtin', '--client', '-ojson'],
    ['version', '--client', '-ojson', '--builtin'],
  ]) {
    const { code, stdout, handed } = await ran(kf, argv, at);
    assert.equal([code, handed], [0, []]);
    assert.ok(JSON.parse(stdout).client.version);
  }
  const { handed } = await ran(kf, ['train', 'list', '--builtin'], at);
  assert.equal(handed, [[join(at.folder, 'kubectl-kf_train'), 'list', '--builtin']], 'the group sees it for itself');
  const help = await ran(train, ['train', 'list', '--builtin', '--help'], at);
  assert.equal([help.code, help.handed], [0, []]);
  assert.match(help.stdout, /list training jobs/);
});

test('--builtin of a verb that nothing replaces changes nothing', async () => {
  const { code, stdout } = await ran(kf, ['version', '--client', '--builtin', '-ojson'], machine([], []));
  assert.is(code, 0);
  assert.ok(JSON.parse(stdout).client.version);
});

test('reserved verbs stay, whatever the cache says; without the group that runs them, replaced verbs are the built-in', async () => {
  const at = machine(['kubectl-kf_command'], ['use', 'whoami', 'command']);
  assert.equal((await ran(kf, ['whoami', '--help'], at)).handed, []);
  const alone = machine([], ['version']);
  assert.is((await ran(kf, ['version', '--client'], alone)).code, 0);
});

test('what is remembered is renewed behind once in a while, with the flags that choose project and person', async () => {
  const at = machine(['kubectl-kf_command'], []);
  const adder = join(at.folder, 'kubectl-kf_command');
  const words = ['train', 'list', '-n', 'x', '--context=c', '--as-group', 'g', '--as', 'me', '--', '--user', 'u'];
  const first = await ran(train, words, at);
  assert.equal(first.behind, [[adder, '__remember', '--namespace=x', '--context=c', '--as=me', '--as-group=g']]);
  assert.equal((await ran(train, words, at)).behind, []);
  assert.is((await ran(train, ['train', 'list'], at)).behind.length, 1, 'another project');
  assert.is((await ran(kf, ['status'], at)).behind.length, 0, 'the same');
  const later = { ...at, now: () => Date.now() + 11 * 60_000 };
  assert.is((await ran(kf, ['status'], later)).behind.length, 1);
});

test('nothing is sent for who asks for help, a version or completion, nor without the group that adds verbs', async () => {
  const at = machine(['kubectl-kf_command'], []);
  for (const argv of [['version', '--client'], ['completion'], ['status', '--help'], ['status', '--builtin', '-h'], []])
    assert.equal((await ran(kf, argv, at)).behind, [], argv.join(' '));
  assert.equal((await ran(kf, ['status'], machine([], []))).behind, []);
});

test.run();
