import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const home = mkdtempSync(join(tmpdir(), 'kf-complete-'));
test.after(() => rmSync(home, { recursive: true, force: true }));
const plugins = join(import.meta.dirname, '..', '..', '..', 'plugins');

/** The plugin as a process of its own, called by that name. */
function run(group: string, words: string[], argv0 = 'kubectl-kf', env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(plugins, group, 'main.ts'), ...words], {
    argv0,
    env: { HOME: home, PATH: '/usr/bin:/bin', KUBECONFIG: '/nowhere/config', ...env },
    encoding: 'utf8',
  });
  assert.equal([stderr, status], ['', 0], words.join(' '));
  return stdout.split('\n').map((line) => line.split('\t')[0]);
}

test('a shim asks with __complete, a link by its name', () => {
  assert.equal(run('kf-train', ['__complete', '', '', 'l']), ['list', 'logs', ':4', '']);
  assert.equal(run('kf-train', ['l'], 'kubectl_complete-kf_train'), ['list', 'logs', ':4', '']);
  assert.equal(run('kf-train', ['l'], 'kubectl_complete-kf-train.exe'), ['list', 'logs', ':4', '']);
  assert.equal(run('kf', ['who'], 'kubectl_complete-kf'), ['whoami', ':4', '']);
});

test('what goes on behind prints nothing', () => {
  for (const order of ['__behind', '__refresh']) assert.equal(run('kf-train', [order, '', '', 'get', '']), ['']);
});

test('whatever is wrong, nothing is said but that there is nothing', () => {
  assert.equal(run('kf', [], 'kubectl_complete-kf').at(-2), ':4', 'no words at all');
  assert.equal(run('kf', ['__complete', '', '', 'use', ''], 'kubectl-kf', { HOME: '/dev/null' }), [':4', '']);
});

test('a place that is not for answers is not written', () => {
  const file = join(home, '.bashrc');
  run('kf-train', ['__complete', file, 'stamp', '']);
  run('kf-train', ['__behind', file, 'stamp', '']);
  assert.not(existsSync(file) || existsSync(`${file}.n`));
  const place = join(home, '.kube', 'cache', 'kf', 'completion', '1', 'answers', 'kube', 'kf-train+');
  run('kf-train', ['__complete', place, 'stamp', '']);
  assert.ok(statSync(place).isFile());
});

test.run();
