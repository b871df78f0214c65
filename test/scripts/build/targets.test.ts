import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findGroups } from '../../../scripts/build/groups.ts';
import { chooseTargets, executableName, nodePackage, targets, UseError } from '../../../scripts/build/targets.ts';

test('an unknown target names those there are', () => {
  assert.throws(
    () => chooseTargets('linux-x64,plan9-x64'),
    (error: unknown) => error instanceof UseError && /"plan9-x64".*linux-x64, .*win-x64/.test(error.message),
  );
});

test('targets are taken as named, each once', () => {
  assert.equal(
    chooseTargets('win-x64, linux-x64,win-x64').map((target) => target.name),
    ['win-x64', 'linux-x64'],
  );
});

test('every target has a pinned Node, and a Linux one of that version to make its blob', () => {
  for (const target of targets) {
    for (const platform of [target.name, 'linux-x64']) {
      assert.match(nodePackage(platform, target.node).integrity, /^sha512-[A-Za-z0-9+/]{86}==$/);
    }
  }
  assert.throws(() => nodePackage('linux-arm64', '24.0.0'), /build this target on linux-x64/);
});

test('executables have the names that krew links', () => {
  const [linux, , , , windows] = targets;
  assert.is(executableName('kf-train', linux!), 'kubectl-kf_train');
  assert.is(executableName('kf', windows!), 'kubectl-kf.exe');
});

test('the groups are found by themselves', () => {
  const groups = findGroups();
  assert.ok(groups.includes('kf') && groups.includes('kf-train'), groups.join());
});

test.run();
