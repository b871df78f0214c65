import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { addedBy, type Subcommand } from '../../../../../shared/registry/entry.ts';
import { lockedOf, lockName, lockText } from '../../../../../shared/registry/lock-file.ts';
import type { ApiServer } from '../../../../support/api-server.ts';
import { type Registry, registry } from '../../../../support/registry-server.ts';
import { subcommandOf } from '../../../../support/subcommands.ts';
import { type Person, person, tune } from '../../support.ts';

const test = suite('kubectl kf command sync');

const by = (name: string, summary: string): Subcommand => {
  const made = subcommandOf(name, { summary });
  return { ...made, metadata: { ...made.metadata, annotations: { [addedBy]: 'bob' } } };
};
const [tuned, tuned2, eval1] = [by('tune', 'one'), by('tune', 'two'), by('eval', 'evaluate')];
const lockOf = (...all: [Subcommand, string][]) =>
  lockText(
    all.map(([each, namespace]) => lockedOf(each, namespace === 'kf-system' ? 'cluster' : 'project', namespace)),
  );

async function team(given: Registry, use: (one: Person, server: ApiServer) => Promise<void>) {
  const server = await registry(given);
  try {
    await use(person(server.kubeconfig), server);
  } finally {
    await server.close();
  }
}

const everything = { subcommands: { 'team-a': [tuned], 'kf-system': [eval1] } };
const rm = async (one: Person, file: string, change: (text: string) => string) =>
  one.write(file, change(readFileSync(join(one.home, file), 'utf8')));

test('--write writes what others can have too; sync installs just that, once', () =>
  team(everything, async (one) => {
    one.write('mine.py', tune.replace('def tune', 'def mine'));
    await one.command(['add', 'mine.py', '--personal']);
    const written = await one.command(['sync', '--write']);
    assert.equal(written.code, 0);
    assert.match(
      written.stderr,
      /^mine is left out as you have it: it is on this machine alone\n.*kf-commands\.lock written: 2 subcommands\n$/,
    );
    assert.match((await one.command(['sync', '--write'])).stderr, /unchanged: 2 subcommands\n$/);
    assert.equal(readFileSync(join(one.home, lockName), 'utf8'), await lockOf([tuned, 'team-a'], [eval1, 'kf-system']));
    const unsaid = await one.command(['sync']);
    assert.equal(unsaid.code, 2);
    assert.match(
      unsaid.stderr,
      /would install and trust these, and there is no terminal to ask on\nsay so with --yes\n$/,
    );
    assert.deepEqual(one.own(), ['mine.yaml']);
    const { code, stderr } = await one.command(['sync', '--yes']);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^eval {3}0\.1\.0, sha256:\w{12}…, from kf-system, added by bob\ntune {3}0\.1\.0, .*, from team-a, added by bob\n2 installed, 0 unchanged\n$/,
    );
    assert.deepEqual(one.own(), ['eval.yaml', 'mine.yaml', 'tune.yaml']);
    assert.ok(one.trusts(tuned.spec.digest) && one.trusts(eval1.spec.digest));
    const again = await one.command(['sync']);
    assert.deepEqual([again.code, again.stderr], [0, 'all 2 of kf-commands.lock are there: unchanged\n']);
  }));

test('what a registry has changed since is not installed, nor anything with it', () =>
  team({ subcommands: { 'team-a': [tuned2], 'kf-system': [eval1] } }, async (one) => {
    one.write(lockName, await lockOf([tuned, 'team-a'], [eval1, 'kf-system']));
    const { code, stderr } = await one.command(['sync', '--yes']);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^tune 0\.1\.0, sha256:\w+…, can't be had: team-a has 0\.1\.0, sha256:\w+…\n.*\nnothing of kf-commands\.lock was installed\n$/,
    );
    assert.deepEqual(one.own(), []);
    assert.ok(!one.trusts(eval1.spec.digest));
  }));

test('a source that does not hold what its digest says is not installed, nor anything with it', () => {
  const evil = structuredClone(tuned);
  const [file] = Object.keys(evil.spec.files);
  evil.spec.files[file!] += '\nevil()\n';
  return team({ subcommands: { 'team-a': [evil], 'kf-system': [eval1] } }, async (one) => {
    one.write(lockName, await lockOf([eval1, 'kf-system'], [tuned, 'team-a']));
    const { code, stderr } = await one.command(['sync', '--yes']);
    assert.equal(code, 1);
    assert.match(stderr, /^tune 0\.1\.0 does not hold what its digest says: it was tampered with\n/);
    assert.deepEqual(one.own(), []);
  });
});

test('a digest in the lock that was changed installs nothing', () =>
  team(everything, async (one) => {
    one.write(lockName, await lockOf([eval1, 'kf-system'], [tuned, 'team-a']));
    await rm(one, lockName, (text) => text.replace(tuned.spec.digest, `sha256:${'0'.repeat(64)}`));
    const { code, stderr } = await one.command(['sync', '--yes']);
    assert.equal(code, 3);
    assert.match(stderr, /^tune 0\.1\.0, sha256:0{12}…, can't be had/);
    assert.deepEqual(one.own(), []);
  }));

test('what was changed on this machine is put right, and one that is pinned stands in the way', () =>
  team(everything, async (one) => {
    one.write(lockName, await lockOf([tuned, 'team-a']));
    await one.command(['sync', '--yes']);
    const whole = one.read('tune');
    await rm(one, '.config/kubectl-kf/commands/tune.yaml', (text) => text.replace('summary: one', 'summary: evil'));
    const { code, stderr } = await one.command(['sync', '--yes']);
    assert.equal(code, 0);
    assert.match(stderr, /^tune {3}0\.1\.0 → 0\.1\.0/);
    assert.equal(one.read('tune'), whole);
    await one.command(['pin', 'tune', '--personal']);
    one.write(lockName, await lockOf([tuned2, 'team-a']));
    const held = await one.command(['sync', '--yes']);
    assert.equal(held.code, 1);
    assert.match(held.stderr, /^your own tune is pinned at 0\.1\.0, the lock file has 0\.1\.0\n/);
  }));

test("one that can't be written takes back those before it", () =>
  team(everything, async (one) => {
    one.write(lockName, await lockOf([eval1, 'kf-system'], [tuned, 'team-a']));
    // A folder where the file would go.
    mkdirSync(join(one.home, '.config/kubectl-kf/commands/tune.yaml/x'), { recursive: true });
    const { code } = await one.command(['sync', '--yes']);
    assert.equal(code, 1);
    assert.deepEqual(one.own(), ['tune.yaml']);
  }));

test('from a git repository at its commit, with no cluster; another source there is refused', async () => {
  const one = person();
  const repo = join(one.home, 'repo');
  mkdirSync(repo);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@x', ...words], {
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  const commit = (text: string) => {
    writeFileSync(join(repo, 'tune.py'), text);
    git('add', '-A');
    git('commit', '--quiet', '-m', 'x');
    return git('rev-parse', 'HEAD');
  };
  const first = commit(tune);
  assert.equal((await one.command(['add', `file://${repo}@main#tune.py`, '--personal', '--yes'])).code, 0);
  const added = one.read('tune');
  assert.match(added, new RegExp(`url: file://${repo}\n {4}ref: main\n {4}commit: ${first}\n {4}path: tune.py`));
  const { load } = await import('../../../../../shared/kube/yaml-load.ts');
  one.write(lockName, await lockText([lockedOf(load(added) as Subcommand, 'personal', undefined)]));

  // The branch goes on: the lock stays at its commit, upgrade follows.
  const second = commit(`${tune}\n# two\n`);
  const other = person();
  other.write(lockName, readFileSync(join(one.home, lockName), 'utf8'));
  const { code, stderr } = await other.command(['sync', '--yes']);
  assert.equal(code, 0);
  assert.match(
    stderr,
    new RegExp(`^tune {3}0\\.1\\.0, sha256:\\w+…, from tune\\.py of file://${repo} at ${first.slice(0, 12)}\n`),
  );
  const upgraded = await one.command(['upgrade', 'tune']);
  assert.equal(upgraded.code, 0);
  assert.match(
    upgraded.stderr,
    new RegExp(
      `^tune {3}0\\.1\\.0 → 0\\.2\\.0, your own, from tune\\.py of file://${repo} at ${second.slice(0, 12)}\n {2}called as before\n`,
    ),
  );

  const third = person();
  third.write(lockName, readFileSync(join(one.home, lockName), 'utf8').replace(first, second));
  const refused = await third.command(['sync', '--yes']);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^tune: the lock file has sha256:\w+…, tune\.py of .* is sha256:\w+…\n {2}it is not what was locked/,
  );
  assert.deepEqual(third.own(), []);
});

test('one that replaces a built-in verb says so, and does so here too', () => {
  const made = subcommandOf('train', { replaces: 'train' });
  return team({ subcommands: { 'kf-system': [made] } }, async (one) => {
    one.write(lockName, await lockOf([made, 'kf-system']));
    const { code, stderr } = await one.command(['sync', '--yes']);
    assert.equal(code, 0);
    assert.match(stderr, /^train {3}0\.1\.0, sha256:\w+…, from kf-system, replaces the built-in train\n/);
    assert.match(one.read('train'), /\n {2}replaces: train\n/);
    assert.match((await one.command(['sync'])).stderr, /unchanged/);
  });
});

test('a file that is none, or not there, says where and what to do', async () => {
  const one = person();
  const none = await one.command(['sync']);
  assert.deepEqual(
    [none.code, none.stderr.split('\n')[1]],
    [2, 'write one of what you see here: kubectl kf command sync --write'],
  );
  one.write('team.lock', 'format: 1\ncommands:\n  - name: "x y"\n    version: 1\n');
  const wrong = await one.command(['sync', '-f', 'team.lock']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^team\.lock:4:14: version is missing, or no text\n/);
});

test.run();
