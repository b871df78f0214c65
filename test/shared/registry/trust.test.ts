import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { builtHere, keepBuilt, trust, trusted, trustedHere } from '../../../shared/registry/trust.ts';

const test = suite<{ home: string }>('trust');
const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const around = (home: string, env: Record<string, string> = {}) => ({ env, home, cwd: home, now: () => 0 });

test.before.each((context) => {
  context.home = mkdtempSync(join(tmpdir(), 'kf-trust-'));
});
test.after.each(({ home }) => rmSync(home, { recursive: true }));

test('nothing is trusted until it is said', ({ home }) => {
  assert.is(trusted(around(home), digest), false);
  trust(around(home), digest, { name: 'tune', origin: 'bob@x.org' });
  assert.is(trusted(around(home), digest), true);
  assert.is(trusted(around(home), other), false);
  const at = '1970-01-01T00:00:00.000Z';
  assert.equal(trustedHere(around(home), digest), { name: 'tune', origin: 'bob@x.org', at });
});

test('a yes for one leaves those for others; its file is for its owner alone, and nothing is left beside it', ({
  home,
}) => {
  trust(around(home), digest, { name: 'tune', origin: 'x' });
  trust(around(home), other, { name: 'grow', origin: 'y' });
  assert.ok(trusted(around(home), digest) && trusted(around(home), other));
  const folder = join(home, '.config', 'kubectl-kf');
  assert.equal(readdirSync(folder), ['trust.json']);
  assert.is(statSync(join(folder, 'trust.json')).mode & 0o077, 0);
});

test('what was built is remembered by what it was built for, and says yes to nothing', ({ home }) => {
  const of = (target: string, which = digest) => builtHere(around(home), which, target);
  assert.is(of('linux-x64'), undefined);
  keepBuilt(around(home), digest, 'linux-x64', 'h');
  keepBuilt(around(home), digest, 'darwin-arm64', 'i');
  assert.equal([of('linux-x64'), of('darwin-arm64'), of('linux-x64', other)], ['h', 'i', undefined]);
  assert.is(trusted(around(home), digest), false);
  assert.is(of('linux-x64', 'constructor'), undefined);
});

test('a trust file names digests, a line each', ({ home }) => {
  const file = join(home, 'ours');
  writeFileSync(file, `# ${other}\n  ${digest} tune, seen by alice\nsha256:\n`);
  assert.is(trusted(around(home), digest), false);
  for (const given of [file, 'ours']) {
    assert.is(trusted(around(home, { KF_TRUST_FILE: given }), digest), true);
    assert.is(trusted(around(home, { KF_TRUST_FILE: given }), other), false);
  }
  mkdirSync(join(home, '.config', 'kubectl-kf'), { recursive: true });
  writeFileSync(join(home, '.config', 'kubectl-kf', 'trusted'), `${other}\n`);
  assert.is(trusted(around(home), other), true);
});

test('a file that can not be read as one trusts nothing', ({ home }) => {
  mkdirSync(join(home, '.config', 'kubectl-kf'), { recursive: true });
  for (const text of ['', 'null', '[]', '{', '"x"', `["${digest}"]`]) {
    writeFileSync(join(home, '.config', 'kubectl-kf', 'trust.json'), text);
    assert.is(trusted(around(home), digest), false);
    for (const name of ['constructor', 'toString', '__proto__']) assert.is(trusted(around(home), name), false);
  }
});

test('a folder that can not be written says so', ({ home }) => {
  writeFileSync(join(home, '.config'), '');
  assert.throws(
    () => trust(around(home), digest, { name: 'tune', origin: 'x' }),
    (error: unknown) => error instanceof KfError && /cannot write .*trust\.json/.test(error.message),
  );
  // Who trusts by a file alone needs none.
  keepBuilt(around(home), digest, 'linux-x64', 'h');
  assert.is(builtHere(around(home), digest, 'linux-x64'), undefined);
});

test.run();
