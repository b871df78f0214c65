import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** A project of its own: bootstrap.mjs, a lock file that asks for one package, and this very Node as the pinned one. */
let dir = '';
test.before.each(() => {
  dir = mkdtempSync(join(tmpdir(), 'kf-bootstrap-'));
  mkdirSync(join(dir, 'scripts'));
  mkdirSync(join(dir, 'bin'));
  copyFileSync(join(import.meta.dirname, '../../scripts/bootstrap.mjs'), join(dir, 'scripts', 'bootstrap.mjs'));
  writeFileSync(join(dir, 'package-lock.json'), lock('1.0.0'));
  writeFileSync(
    join(dir, 'say.ts'),
    'const words: string[] = process.argv.slice(2);\nconsole.log(words.join("+"));\nprocess.exitCode = 7;\n',
  );
  symlinkSync(process.execPath, join(dir, 'bin', 'node'));
});
test.after.each(() => rmSync(dir, { recursive: true, force: true }));

const lock = (version: string) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/other-os': { version: '2.0.0', optional: true } },
  });

/** What npm ci would leave: the pinned Node, and its note of what is installed. */
function installed(version = '1.0.0'): void {
  mkdirSync(join(dir, 'node_modules', 'node', 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(dir, 'node_modules', 'node', 'bin', 'node'));
  writeFileSync(
    join(dir, 'node_modules', '.package-lock.json'),
    lock(version).replace(/,"node_modules\/other-os.*?\}/, ''),
  );
}

/** An npm that notes its words and does what the script says. */
function npm(script: string): void {
  const file = join(dir, 'bin', 'npm');
  writeFileSync(file, `#!/bin/sh\necho "$*" >> '${dir}/npm-calls'\n${script}\n`);
  chmodSync(file, 0o755);
}

function run(...args: string[]) {
  const path = [join(dir, 'bin'), '/usr/bin', '/bin'].join(delimiter);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/bootstrap.mjs', ...args], {
    cwd: dir,
    env: { PATH: path },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

test('where all is installed, the script runs at once, with its words and its exit code', () => {
  installed();
  assert.equal(run('say.ts', 'a', '--b'), { code: 7, stdout: 'a+--b\n', stderr: '' });
});

test('on a fresh clone npm ci comes first', () => {
  npm(`mkdir -p node_modules/node/bin && ln -s '${process.execPath}' node_modules/node/bin/node`);
  const { code, stdout, stderr } = run('say.ts', 'x');
  assert.equal([code, stdout], [7, 'x\n']);
  assert.match(stderr, /^installing the packages of package-lock\.json \(npm ci\) …\ninstalled after \d+s\n$/);
});

test('after the lock file has changed, too', () => {
  installed('0.9.0');
  npm('exit 0');
  assert.match(run('say.ts').stderr, 'npm ci');
});

test('an npm that fails shows what it said, exit 2', () => {
  npm('echo "npm error no network" >&2; exit 3');
  const { code, stderr } = run('say.ts');
  assert.is(code, 2);
  assert.match(stderr, /npm error no network\nnpm ci failed \(exit 3\)/);
});

test('without a script it says how it is used', () => {
  assert.equal(run(), { code: 2, stdout: '', stderr: 'usage: node scripts/bootstrap.mjs SCRIPT [ARGUMENT …]\n' });
});

test.run();
