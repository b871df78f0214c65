import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf/index.ts';
import { complete, refresh } from '../../../shared/completion/run.ts';
import { context, type World } from '../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-groups-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A folder with these executables, alone on PATH. */
function withPlugins(...names: string[]): World & { folder: string } {
  const folder = mkdtempSync(join(dir, 'bin-'));
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
  return { folder, env: { PATH: folder } };
}

const asked = (...words: string[]) => ({ words, answer: '/a', stamp: 's' });
const values = async (world: World, ...words: string[]) =>
  (await complete(group, asked(...words), context(world).context, () => {}))?.map((line) => line.split('\t')[0]);

test('verbs of the groups that are installed are offered, those of others are not', async () => {
  const found = await values(withPlugins('kubectl-kf_train', 'kubectl-kf_echo'), '');
  for (const verb of ['status', 'whoami', 'completion', 'train', 'echo']) assert.ok(found!.includes(verb), verb);
  assert.not(found!.includes('notebook'));
  assert.equal(await values(withPlugins('kubectl-kf_train'), 'tr'), ['train', ':4']);
});

test('a verb that kubectl offers by itself is not offered twice', async () => {
  assert.equal(await values(withPlugins('kubectl-kf_train', 'kubectl-kf-train'), 'tr'), [':4']);
});

test("words after another group's verb are that group's, with the place of the answer", async () => {
  const calls: [string, string[], string][] = [];
  const world = {
    ...withPlugins('kubectl-kf_train', 'kubectl-kf_project', 'kubectl-kf_echo', 'kubectl_complete-kf_echo'),
    handOver: async (file: string, args: string[], argv0: string) => {
      calls.push([file, args, argv0]);
      return 0;
    },
  };
  const at = (name: string) => join(world.folder, name);
  for (const words of [
    ['train', 'l'],
    ['create', 'x', ''],
    ['echo', '-n', '$x', ''],
  ])
    assert.is(await values(world, ...words), undefined);
  await refresh(group, asked('train', 'get', ''), context(world).context);
  assert.equal(calls, [
    [at('kubectl-kf_train'), ['__complete', '/a', 's', 'l'], 'kubectl-kf_train'],
    [at('kubectl-kf_project'), ['__complete', '/a', 's', 'create', 'x', ''], 'kubectl-kf_project'],
    [at('kubectl_complete-kf_echo'), ['-n', '$x', ''], 'kubectl_complete-kf_echo'],
    [at('kubectl-kf_train'), ['__refresh', '/a', 's', 'get', ''], 'kubectl-kf_train'],
  ]);
});

test('after a verb that there is not, nothing is offered', async () => {
  for (const words of [
    ['trian', ''],
    ['serve', 'x'],
    ['../x', ''],
    ['$(id)', ''],
  ]) {
    assert.equal(await values(withPlugins(), ...words), [':4'], words.join(' '));
  }
});

test.run();
