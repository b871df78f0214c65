import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { KfError } from '../../../shared/cli/errors.ts';
import { isGitTarget, parseGitTarget } from '../../../shared/registry/git-target.ts';

const test = suite('a place in a git repository');

test('URL, ref and path are told apart', () => {
  const table: [string, object][] = [
    ['https://host/org/repo.git', { url: 'https://host/org/repo.git' }],
    ['https://host/repo.git@v1.2#jobs/tune.py', { url: 'https://host/repo.git', ref: 'v1.2', path: 'jobs/tune.py' }],
    ['https://host/repo@feature/x', { url: 'https://host/repo', ref: 'feature/x' }],
    ['https://host/repo.git@feature/a@b#x', { url: 'https://host/repo.git', ref: 'feature/a@b', path: 'x' }],
    ['https://host/@org/repo#./a/', { url: 'https://host/@org/repo', path: 'a' }],
    ['git@host:org/repo.git', { url: 'git@host:org/repo.git' }],
    ['git@host:org/repo.git@main#a.py:tune', { url: 'git@host:org/repo.git', ref: 'main', path: 'a.py:tune' }],
    ['ssh://git@host:22/repo.git@main', { url: 'ssh://git@host:22/repo.git', ref: 'main' }],
    ['file:///srv/repo@0123abc#', { url: 'file:///srv/repo', ref: '0123abc' }],
  ];
  for (const [typed, wanted] of table) {
    assert.ok(isGitTarget(typed), typed);
    assert.deepEqual(parseGitTarget(typed), wanted, typed);
  }
  assert.deepEqual(parseGitTarget('https://host/r.git#a.py', 'dev'), {
    url: 'https://host/r.git',
    ref: 'dev',
    path: 'a.py',
  });
});

test('files and folders are no git', () => {
  for (const path of ['./tune.py', 'tune.py:func', '/a/b', 'a@b/c', 'C:\\x\\tune.py', 'dir'])
    assert.ok(!isGitTarget(path), path);
});

test('what is not safe is refused, with what to do', () => {
  const refuse = (target: string, what: RegExp, ref?: string) =>
    assert.throws(
      () => parseGitTarget(target, ref),
      (error: KfError) => error instanceof KfError && error.exit === 2 && what.test(error.message),
      target,
    );
  refuse('http://host/r.git', /^http:\/\/ is not fetched from: anyone in between/);
  refuse('git://host/r.git', /^git:\/\/ is not fetched from/);
  refuse('ext::sh -c touch% /tmp/x', /white space|not a URL/);
  refuse('ext::x', /not a URL that is fetched from/);
  refuse('https://host/r.git@--upload-pack=x', /is no branch, tag or commit/);
  refuse('https://host/r.git', /is no branch/, '-x');
  refuse('https://host/r.git@a:b', /is no branch/);
  refuse('https://host/r.git@main~1', /is no branch/);
  refuse('https://host/r.git#../../etc/passwd', /leads out of the repository/);
  refuse('https://host/r.git#/etc/passwd', /leads out/);
  refuse('https://host/r.git@main', /names main, --ref dev/, 'dev');
  refuse('https://host/r.git?token=x', /has no \?/);
  refuse('ssh://-oProxyCommand=x/r', /is no host/);
});

test('credentials are refused, and not said', () => {
  for (const url of ['https://ann:s3cret@host/r.git', 'https://s3cret@host/r.git', 'ssh://git:s3cret@host/r.git']) {
    assert.throws(
      () => parseGitTarget(url),
      (error: KfError) => /^the URL of host holds credentials/.test(error.message) && !error.message.includes('s3cret'),
    );
  }
});

test('whatever is typed, it is taken apart or refused in words', () => {
  fc.assert(
    fc.property(fc.constantFrom('https://', 'file:///', 'git@h:', 'ssh://g@h/'), fc.string(), (head, rest) => {
      try {
        const { url, ref, path } = parseGitTarget(head + rest);
        assert.ok(url.startsWith(head.slice(0, 4)));
        assert.ok(!ref?.startsWith('-'));
        assert.ok(!path?.split('/').includes('..'));
      } catch (error) {
        assert.ok(error instanceof KfError && error.exit === 2, String(error));
      }
    }),
  );
});

test.run();
