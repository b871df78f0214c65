import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import type { KfError } from '../../../shared/cli/errors.ts';
import { realExec } from '../../../shared/process/exec.ts';
import { checkOut, holds } from '../../../shared/registry/git.ts';
import { context } from '../../support/command.ts';

const test = suite('a commit of a git repository');

const dir = mkdtempSync(join(tmpdir(), 'kf-git-test-'));
process.env.TMPDIR = join(dir, 'tmp');
mkdirSync(process.env.TMPDIR);
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const identity = ['-c', 'user.name=t', '-c', 'user.email=t@x', '-c', 'commit.gpgsign=false'];
const git = (repo: string, ...words: string[]) =>
  execFileSync('git', ['-C', repo, ...identity, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

function repository(): { repo: string; url: string; commit(files: Record<string, string>): string } {
  const repo = mkdtempSync(join(dir, 'r-'));
  git(repo, 'init', '--quiet', '--initial-branch=main');
  return {
    repo,
    url: `file://${repo}`,
    commit(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(repo, path, '..'), { recursive: true });
        writeFileSync(join(repo, path), text);
      }
      git(repo, 'add', '-A');
      git(repo, 'commit', '--quiet', '-m', 'x');
      return git(repo, 'rev-parse', 'HEAD');
    },
  };
}

const world = (env: Record<string, string> = {}) =>
  context({ exec: realExec, env: { PATH: process.env.PATH, HOME: dir, ...env } }).context;

test('a branch, a tag, a commit, a short commit, and the branch of the remote', async () => {
  const { repo, url, commit } = repository();
  const first = commit({ 'jobs/tune.py': 'one\n' });
  git(repo, 'tag', '-a', 'v1', '-m', 'v1');
  const second = commit({ 'jobs/tune.py': 'two\n' });
  for (const [ref, wanted, text] of [
    [undefined, second, 'two\n'],
    ['main', second, 'two\n'],
    ['v1', first, 'one\n'],
    [first, first, 'one\n'],
    [first.slice(0, 10), first, 'one\n'],
  ] as const) {
    const got = await checkOut(world(), { url, ...(ref ? { ref } : {}) });
    assert.equal(got.commit, wanted, ref);
    assert.equal(readFileSync(join(got.folder, 'jobs/tune.py'), 'utf8'), text);
    assert.ok(holds(got, 'jobs/tune.py') && !holds(got, 'nothing'));
    await got.remove();
    assert.throws(() => readdirSync(got.folder), /ENOENT/);
  }
});

test('nothing of the repository or of a git around us is heeded: hooks, links, line ends, GIT_DIR', async () => {
  const { repo, url, commit } = repository();
  const secret = join(dir, 'secret');
  writeFileSync(secret, 'secret');
  symlinkSync(secret, join(repo, 'link.py'));
  commit({ 'a.txt': 'x\ny\n', '.gitattributes': '* text=auto\n*.txt filter=evil\n' });
  const hooks = join(dir, 'hooks');
  mkdirSync(hooks);
  writeFileSync(join(hooks, 'post-checkout'), `#!/bin/sh\ntouch ${dir}/ran\n`, { mode: 0o755 });
  writeFileSync(join(dir, '.gitconfig'), `[core]\n hooksPath = ${hooks}\n autocrlf = true\n symlinks = true\n`);
  const got = await checkOut(world({ GIT_DIR: '/nowhere', GIT_WORK_TREE: '/nowhere' }), { url });
  assert.equal(readFileSync(join(got.folder, 'a.txt'), 'utf8'), 'x\ny\n');
  assert.ok(lstatSync(join(got.folder, 'link.py')).isFile());
  assert.equal(readFileSync(join(got.folder, 'link.py'), 'utf8'), secret);
  assert.ok(!readdirSync(dir).includes('ran'));
  rmSync(join(dir, '.gitconfig'));
  await got.remove();
});

test('what is not there says so, and leaves nothing behind', async () => {
  const { url, commit } = repository();
  commit({ 'a.py': '' });
  const fails = (target: { url: string; ref?: string }, exit: number, message: RegExp, details = /./) =>
    assert.rejects(
      checkOut(world(), target),
      (error: KfError) =>
        error.exit === exit && message.test(error.message) && (exit === 3 || details.test(error.details.join())),
    );
  await fails({ url, ref: 'nope' }, 3, /has no branch, tag or commit "nope"$/);
  await fails({ url, ref: 'a'.repeat(40) }, 3, /has no branch, tag or commit "a{40}"$/);
  await fails({ url, ref: 'abcdef0' }, 3, /has no branch/);
  await fails(
    { url: 'file:///no/such/repo' },
    5,
    /^could not fetch file:\/\/\/no\/such\/repo$/,
    /not appear to be a git repository|does not exist/,
  );
  await fails({ url: 'https://127.0.0.1:9/r.git' }, 5, /^could not fetch/, /Failed to connect|refused/i);
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith('kubectl-kf-git-')),
    [],
  );
});

test('without git it says what to do', async () => {
  const { url } = repository();
  const none = context({ exec: realExec, env: { PATH: dir, HOME: dir } }).context;
  await assert.rejects(
    checkOut(none, { url }),
    (error: KfError) => error.exit === 2 && /^git is not on PATH/.test(error.message),
  );
});

test('helpers that would run programs are refused by git itself too', async () => {
  await assert.rejects(
    checkOut(world(), { url: `ext::sh -c touch% ${dir}/ext` }),
    (error: KfError) => error.exit === 5 && /transport 'ext' not allowed/.test(error.details.join()),
  );
  assert.ok(!readdirSync(dir).includes('ext'));
});

test.run();
