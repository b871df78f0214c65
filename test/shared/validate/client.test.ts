import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mark } from '../../../shared/completion/shim.ts';
import { lookAround } from '../../../shared/validate/client.ts';

let root = '';
test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'kf-client-'));
  for (const name of ['krew/store/kf/1', 'krew/bin', 'own', 'other']) mkdirSync(join(root, name), { recursive: true });
});
test.after.each(() => rmSync(root, { recursive: true, force: true }));

const put = (name: string, text = 'x', mode = 0o755) => {
  writeFileSync(join(root, name), text);
  chmodSync(join(root, name), mode);
};
const around = (path: string[], env = {}) =>
  lookAround({
    env: {
      PATH: path
        .map((each) => (each.startsWith('/') || each === '' || each === '.' ? each : join(root, each)))
        .join(':'),
      KREW_ROOT: join(root, 'krew'),
      KUBECONFIG: join(root, 'config'),
      ...env,
    },
    ...{ home: root, cwd: root, self: join(root, 'own/kubectl-kf_project'), platform: 'linux' },
  });

test("krew's links, what is beside the executable, and completion's shims are no strays", () => {
  put('krew/store/kf/1/kubectl-kf');
  symlinkSync(join(root, 'krew/store/kf/1/kubectl-kf'), join(root, 'krew/bin/kubectl-kf'));
  put('own/kubectl-kf_train');
  put('other/kubectl_complete-kf', `#!/bin/sh\n${mark}\n`);
  put('other/kubectl-other');
  put('other/kubectl-kf.txt');
  mkdirSync(join(root, 'other/kubectl-kf-folder'));
  assert.equal(around(['krew/bin', 'own', 'other', 'not-there']).strays, []);
});

test('a stray that takes a name of the suite, under either spelling, is told from one of its own', () => {
  for (const name of ['kubectl-kf', 'kubectl-kf-validate', 'kubectl-kf_train', 'kubectl-kf_mine']) put(`other/${name}`);
  const strays = around(['other', 'other']).strays.map(({ file, suite }) => `${file.slice(root.length + 7)} ${suite}`);
  assert.equal(strays.sort(), [
    'kubectl-kf true',
    'kubectl-kf-validate true',
    'kubectl-kf_mine false',
    'kubectl-kf_train true',
  ]);
});

test('folders that others can write to, and that depend on where one is', () => {
  chmodSync(join(root, 'other'), 0o1777);
  const { open, relative } = around(['own', 'other', '', '.', 'other']);
  assert.equal([open, relative], [[join(root, 'other')], ['', '.']]);
  assert.equal(around([], { PATH: '' }).relative, []);
});

test('a kubeconfig that others can read; one that is not there is nothing', () => {
  assert.equal(around([]).readable, []);
  put('config', '', 0o600);
  assert.equal(around([]).readable, []);
  chmodSync(join(root, 'config'), 0o640);
  assert.equal(around([]).readable, [{ file: join(root, 'config'), mode: 0o640 }]);
});

test.run();
