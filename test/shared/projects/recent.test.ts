import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forgetProject, recentProjects, rememberProjects } from '../../../shared/projects/recent.ts';

const test = suite('the projects that one was in');

const home = mkdtempSync(join(tmpdir(), 'kf-recent-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

test('the last one first, each once, by context; at most fifty', () => {
  const around = { env: {}, home };
  const here = { server: 'https://one', contextName: 'c' };
  assert.equal(recentProjects(around, here), []);
  rememberProjects(around, here, ['b', 'a']);
  rememberProjects(around, here, ['c', 'b']);
  assert.equal(recentProjects(around, here), ['c', 'b', 'a']);
  assert.equal(recentProjects(around, { ...here, contextName: 'other' }), []);
  forgetProject(around, here, 'b');
  assert.equal(recentProjects(around, here), ['c', 'a']);
  for (let i = 0; i < 60; i++) rememberProjects(around, here, [`n${i}`]);
  assert.equal(recentProjects(around, here).slice(0, 2), ['n59', 'n58']);
  assert.is(recentProjects(around, here).length, 50);
});

test('where nothing can be written, nothing is remembered', () => {
  const file = join(home, 'file');
  writeFileSync(file, '');
  const around = { env: { KUBECACHEDIR: file }, home };
  const here = { server: 'https://one', contextName: 'c' };
  rememberProjects(around, here, ['a']);
  assert.equal(recentProjects(around, here), []);
});

test.run();
