import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../../plugins/kf/index.ts';
import { runCommand, type World } from '../../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-install-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A krew with kf and these groups in it, linked as krew links them. */
function krew(groups: string[] = ['kf-train'], end = '') {
  const root = mkdtempSync(join(dir, 'krew-'));
  const [bin, store] = [join(root, 'bin'), join(root, 'store')];
  mkdirSync(bin);
  mkdirSync(store);
  for (const name of ['kf', ...groups]) {
    const file = `kubectl-${name.replaceAll('-', '_').replace(/^kf$/, 'kf')}${end}`;
    writeFileSync(join(store, file), '');
    chmodSync(join(store, file), 0o755);
    symlinkSync(join(store, file), join(bin, file));
  }
  const world: World = {
    env: { KREW_ROOT: root, PATH: bin },
    home: root,
    self: join(store, `kubectl-kf${end}`),
    ...(end ? { platform: 'win32' as const } : {}),
  };
  const kf = (...words: string[]) => runCommand(group, ['completion', ...words], world);
  return { bin, kf, world, ls: () => readdirSync(bin).sort() };
}

const all = ['kubectl-kf-train', 'kubectl_complete-kf', 'kubectl_complete-kf-train', 'kubectl_complete-kf_train'];

test('install writes what kubectl looks for, once; uninstall takes it away', async () => {
  const { bin, kf, ls } = krew();
  const before = ls();
  const dry = await kf('install', '--dry-run');
  assert.equal([dry.code, ls()], [0, before], 'a dry run writes nothing');
  for (const name of all) assert.match(dry.stdout, `would write ${bin}/${name}`);
  const done = await kf('install');
  assert.is(done.code, 0);
  assert.equal(ls(), [...before, ...all].sort());
  assert.is(
    readlinkSync(join(bin, 'kubectl-kf-train')),
    'kubectl-kf_train',
    "krew's own link: it stays when krew upgrades",
  );
  for (const name of all.slice(1)) assert.is(lstatSync(join(bin, name)).mode & 0o777, 0o755);
  assert.match(readFileSync(join(bin, 'kubectl_complete-kf-train'), 'utf8'), 'exe=$here/kubectl-kf_train');
  const again = await kf('install');
  assert.equal([again.code, again.stdout, again.stderr], [0, '', `all is there already, in ${bin}\n`]);
  const would = await kf('uninstall', '--dry-run');
  assert.equal(would.stdout, all.map((name) => `would remove ${bin}/${name}\n`).join(''));
  const gone = await kf('uninstall');
  assert.equal([gone.code, gone.stdout, ls()], [0, all.map((name) => `removed ${bin}/${name}\n`).join(''), before]);
  assert.equal((await kf('uninstall')).stderr, `nothing of it is in ${bin}\n`);
});

test('what others have put there is never touched, and is said', async () => {
  const { bin, kf } = krew();
  writeFileSync(join(bin, 'kubectl_complete-kf'), '#!/bin/sh\n# mine\n');
  symlinkSync('/usr/bin/true', join(bin, 'kubectl-kf-train'));
  mkdirSync(join(bin, 'kubectl_complete-kf_train'));
  const { code, stdout, stderr } = await kf('install');
  assert.is(code, 1);
  assert.match(stderr, `not ours, and left as it is: ${bin}/kubectl_complete-kf, ${bin}/kubectl_complete-kf_train`);
  assert.is(stdout, `wrote ${bin}/kubectl_complete-kf-train\n`);
  await kf('uninstall');
  assert.is(readFileSync(join(bin, 'kubectl_complete-kf'), 'utf8'), '#!/bin/sh\n# mine\n');
  assert.is(readlinkSync(join(bin, 'kubectl-kf-train')), '/usr/bin/true');
  assert.not(existsSync(join(bin, 'kubectl_complete-kf-train')));
});

test('an older one of ours is renewed, whatever became of it', async () => {
  const { bin, kf } = krew();
  await kf('install');
  const file = join(bin, 'kubectl_complete-kf');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.split('\n').slice(0, 2).join('\n'));
  chmodSync(join(bin, 'kubectl_complete-kf_train'), 0o644);
  rmSync(join(bin, 'kubectl-kf-train'));
  symlinkSync('/gone/kubectl-kf_train', join(bin, 'kubectl-kf-train'));
  const { stdout } = await kf('install');
  assert.match(stdout, `renewed ${bin}/kubectl-kf-train -> kubectl-kf_train`);
  assert.equal([readFileSync(file, 'utf8'), stdout.split('\n').length - 1], [text, 3]);
  assert.is(lstatSync(join(bin, 'kubectl_complete-kf_train')).mode & 0o777, 0o755);
});

test('a group with several verbs gets a name for each; one that is gone leaves nothing behind', async () => {
  const { bin, kf, ls } = krew(['kf-project']);
  await kf('install');
  assert.ok(ls().includes('kubectl-kf-create') && ls().includes('kubectl_complete-kf-projects'));
  assert.match(
    readFileSync(join(bin, 'kubectl_complete-kf-create'), 'utf8'),
    '__complete "$answer" "$stamp" create "$@"',
  );
  const page = await runCommand(group, [], krew(['kf-project']).world);
  assert.not.match(page.stdout, /kf-create\b/);
  rmSync(join(bin, 'kubectl-kf_project'));
  await kf('uninstall');
  assert.equal(ls(), ['kubectl-kf']);
});

test('on Windows links to the executables stand in for scripts', async () => {
  const { bin, kf } = krew(['kf-train'], '.exe');
  const { code } = await kf('install');
  assert.is(code, 0);
  assert.is(readlinkSync(join(bin, 'kubectl_complete-kf.exe')), 'kubectl-kf.exe');
  assert.is(readlinkSync(join(bin, 'kubectl_complete-kf-train.exe')), 'kubectl-kf_train.exe');
  assert.is(readlinkSync(join(bin, 'kubectl-kf-train.exe')), 'kubectl-kf_train.exe');
  assert.is((await kf('install')).stdout, '');
  assert.is((await kf('uninstall')).stdout.split('\n').length - 1, 4);
});

test('without words it says what is there and what is missing', async () => {
  const { bin, kf, world } = krew();
  assert.match((await kf()).stdout, `none in ${bin}: kubectl kf completion install`);
  await kf('install');
  const page = (await kf()).stdout;
  assert.match(page, `all 4 files are in ${bin}`);
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) assert.match(page, `kubectl completion ${shell}`);
  rmSync(join(bin, 'kubectl_complete-kf'));
  assert.match((await kf()).stdout, `3 of 4 files in ${bin}`);
  const apart = await runCommand(group, ['completion'], {
    ...world,
    env: { ...world.env, PATH: '/usr/bin', SHELL: '/bin/zsh' },
  });
  assert.match(apart.stdout, 'it is not: add it');
  assert.match(apart.stdout, '→ zsh');
});

test('where this plugin is nowhere on PATH, or the words are others, it says so', async () => {
  const nowhere = await runCommand(group, ['completion', 'install'], {
    env: { PATH: '/nowhere', KREW_ROOT: '/nowhere' },
  });
  assert.is(nowhere.code, 2);
  assert.match(nowhere.stderr, 'no folder on PATH has kubectl-kf');
  const wrong = await runCommand(group, ['completion', 'bash']);
  assert.is(wrong.code, 2);
});

test.run();
