// no cluster
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runnerFor } from '../../scripts/build/code-cache.ts';
import { chooseTargets, hostName, targets } from '../../scripts/build/targets.ts';
import { buildAll } from '../../scripts/build.ts';
import { kubeconfig } from '../shared/kube/support.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const dir = mkdtempSync(join(tmpdir(), 'kf-standalone-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

const executables = await buildAll();
const run = (file: string, args: string[], env: Record<string, string> = {}) => {
  const { stdout, stderr, status } = spawnSync(file, args, { env, encoding: 'utf8', input: '' });
  return { stdout, stderr, status };
};

test('each runs with an empty environment and no Node in reach', () => {
  for (const file of executables) {
    const name = basename(file).replace(/\.exe$/, '');
    assert.equal(run(file, ['--version']), { stdout: `${name} ${version}\n`, stderr: '', status: 0 });
    const help = run(file, ['--help']);
    assert.is(help.status, 0, help.stderr);
    assert.match(help.stdout, /kubectl kf/);
  }
});

const mayChroot = process.platform === 'linux' && process.getuid?.() === 0;
(mayChroot ? test : test.skip)('each runs where nothing is but the C and C++ libraries', () => {
  const root = join(dir, 'root');
  for (const file of executables) {
    for (const [, library = ''] of execFileSync('ldd', [file], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)) {
      mkdirSync(join(root, dirname(library)), { recursive: true });
      copyFileSync(library, join(root, library));
    }
    copyFileSync(file, join(root, basename(file)));
    const name = basename(file);
    const expected = { stdout: `${name} ${version}\n`, stderr: '', status: 0 };
    assert.equal(run('/usr/sbin/chroot', [root, `/${name}`, '--version']), expected);
  }
  const libraries = execFileSync('ldd', [executables[0]!], { encoding: 'utf8' });
  assert.not.match(libraries, /atomic/, 'a minimal distribution has no libatomic');
});

test('NODE_OPTIONS loads nothing into it', () => {
  const code = join(dir, 'injected.cjs');
  writeFileSync(code, 'process.stdout.write("injected\\n");');
  for (const file of executables) {
    const { stdout, status } = run(file, ['--version'], { NODE_OPTIONS: `--require=${code}` });
    assert.is(stdout, `${basename(file).replace(/\.exe$/, '')} ${version}\n`);
    assert.is(status, 0);
  }
});

(process.platform === 'linux' ? test : test.skip)('SIGUSR1 opens no debugger', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const config = join(dir, 'config');
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  writeFileSync(config, kubeconfig({ server }, { token: 'secret' }));
  const file = executables.find((each) => basename(each).startsWith('kubectl-kf_train'))!;
  const child = spawn(file, ['list'], {
    env: { KUBECONFIG: config, HOME: dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [socket] = await once(silent, 'connection');
  child.kill('SIGUSR1');
  await new Promise((resolve) => setTimeout(resolve, 300));
  socket.destroy();
  silent.close();
  await once(child, 'close');
  assert.not.match(said, /debugger/i);
  assert.match(said, 'cannot reach');
});

test("Node's own flags among the words are ours to refuse", () => {
  for (const file of executables) {
    for (const flag of ['--inspect', '--eval=1', '--require=/nowhere']) {
      const { stdout, stderr, status } = run(file, [flag]);
      assert.is(status, 2, `${flag}: ${stderr}`);
      assert.is(stdout, '');
      assert.not.match(stderr, /Debugger|Cannot find module/);
    }
  }
});

test('what is there from the same sources is not built again', async () => {
  const made = () => executables.map((file) => statSync(file).mtimeMs);
  const before = made();
  assert.equal(await buildAll(), executables);
  assert.equal(made(), before);
});

test('the build refuses an unknown target, naming those there are', () => {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'build.ts');
  const { stderr, status } = spawnSync(process.execPath, [script, '--target', 'plan9-x64'], { encoding: 'utf8' });
  assert.is(status, 2);
  assert.match(stderr, /no target "plan9-x64"; there are: linux-x64, linux-arm64, darwin-x64, darwin-arm64, win-x64/);
});

const arm = targets.find(({ name }) => name === 'linux-arm64')!;
const runner = hostName() === 'linux-x64' && existsSync('/usr/bin/qemu-aarch64') ? await runnerFor(arm) : undefined;
if (!runner)
  process.stderr.write('skipped: linux-arm64 is not run, there is no qemu-aarch64 with its libraries here\n');
(runner ? test : test.skip)('the one for arm64 runs, deaf to NODE_OPTIONS too', async () => {
  const [qemu = '', ...args] = runner!.slice(0, -1);
  const [file = ''] = await buildAll({ target: chooseTargets('linux-arm64')[0]!.name, group: 'kf-train' });
  const code = join(dir, 'injected-arm.cjs');
  writeFileSync(code, 'process.stdout.write("injected\\n");');
  const { stdout, status } = run(qemu, [...args, file, '--version'], { NODE_OPTIONS: `--require=${code}` });
  assert.is(stdout, `kubectl-kf_train ${version}\n`);
  assert.is(status, 0);
});

test.run();
