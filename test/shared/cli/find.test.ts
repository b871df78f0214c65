import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findPlugin, folders } from '../../../shared/cli/find.ts';

let dir = '';
test.before.each(() => {
  dir = mkdtempSync(join(tmpdir(), 'kf-find-'));
});
test.after.each(() => rmSync(dir, { recursive: true, force: true }));

function program(path: string, mode = 0o755): string {
  const file = join(dir, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, mode);
  return file;
}
const around = (env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux') => ({
  env: { PATH: [join(dir, 'a'), join(dir, 'b')].join(delimiter), ...env },
  platform,
  home: join(dir, 'home'),
  self: join(dir, 'own', 'kubectl-kf'),
});

test('both spellings are found on PATH, the earlier folder first', () => {
  const underscore = program('b/kubectl-kf_train');
  assert.is(findPlugin('kf-train', around()), underscore);
  const dashed = program('a/kubectl-kf-train');
  assert.is(findPlugin('kf-train', around()), dashed);
});

test("then beside the executable itself, then in krew's folder, where KREW_ROOT says or at home", () => {
  const atHome = program('home/.krew/bin/kubectl-kf_train');
  assert.is(findPlugin('kf-train', around()), atHome);
  const krew = program('krew/bin/kubectl-kf_train');
  assert.is(findPlugin('kf-train', around({ KREW_ROOT: join(dir, 'krew') })), krew);
  const beside = program('own/kubectl-kf_train');
  assert.is(findPlugin('kf-train', around({ KREW_ROOT: join(dir, 'krew') })), beside);
  assert.equal(folders(around()).slice(2), [join(dir, 'own'), join(dir, 'home', '.krew', 'bin')]);
});

test('what is no program is passed over: a folder, a file that may not be run, a broken link', () => {
  mkdirSync(join(dir, 'a', 'kubectl-kf-train'), { recursive: true });
  symlinkSync('nowhere', join(dir, 'a', 'kubectl-kf_train'));
  program('b/kubectl-kf-train', 0o644);
  // root may do everything but run what nobody may run.
  assert.is(findPlugin('kf-train', around()), undefined);
});

test('never itself, under whatever name', () => {
  const self = program('own/kubectl-kf');
  mkdirSync(join(dir, 'a'));
  symlinkSync(self, join(dir, 'a', 'kubectl-kf_train'));
  assert.is(findPlugin('kf-train', around()), undefined);
});

test('on Windows a program ends in .exe', () => {
  program('a/kubectl-kf_train');
  const exe = program('b/kubectl-kf_train.exe');
  assert.is(findPlugin('kf-train', around({}, 'win32')), exe);
});

test.run();
