import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import manifest from '../../package.json' with { type: 'json' };
import { folder, installedSuite, type KfOptions, kf, person, personEnv, startPerson } from '../support/suite.ts';

const { version } = manifest;

/** No cluster is needed to find a group. */
const nowhere: KfOptions = { kubeconfig: '/nowhere/kubeconfig' };

test('krew links the suite, and kubectl finds it under every spelling', async () => {
  for (const words of [
    ['kf', 'train', '--version'],
    ['kf-train', '--version'],
  ]) {
    const { code, stdout, stderr } = await person('kubectl', words, nowhere);
    assert.equal([code, stdout, stderr], [0, `kubectl-kf_train ${version}\n`, ''], words.join(' '));
  }
  const { stdout } = await kf(['--version'], nowhere);
  assert.is(stdout, `kubectl-kf ${version}\n`);
});

test('a dash-spelled link is found by kubectl itself, and acts the same', async () => {
  const { bin } = await installedSuite();
  const links = folder();
  symlinkSync(join(bin, 'kubectl-kf_train'), join(links, 'kubectl-kf-train'));
  const env = await personEnv('/nowhere/kubeconfig');
  const { code, stdout } = await kf(['train', '--help'], {
    ...nowhere,
    env: { PATH: `${links}${delimiter}${env.PATH}` },
  });
  assert.is(code, 0);
  assert.match(stdout, /train list, ls/);
});

test("a group is found in krew's folder though that is not on PATH, and beside the executable", async () => {
  const { bin, krewRoot } = await installedSuite();
  const env = { PATH: '/usr/bin:/bin', KREW_ROOT: krewRoot };
  const self = join(bin, 'kubectl-kf');
  const found = await person(self, ['train', '--version'], { ...nowhere, env });
  assert.is(found.stdout, `kubectl-kf_train ${version}\n`);
});

test('a verb whose group is missing says how to get it; an unknown verb gives the closest', async () => {
  const missing = await kf(['serve', 'ls'], nowhere);
  assert.equal([missing.code, missing.stdout], [2, '']);
  assert.is(missing.stderr, 'serve comes with the plugin kf-serve: kubectl krew install kf/kf-serve\n');
  const unknown = await kf(['trian', 'x'], nowhere);
  assert.equal([unknown.code, unknown.stderr], [2, 'no verb "trian"; did you mean train?\n']);
});

test('a group made for the same Node runs in the process that found it; one made for another is executed', async () => {
  const { bin } = await installedSuite();
  const silent = createServer((socket) => socket.unref()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const own = folder();
  const config = join(own, 'config');
  const server = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  writeFileSync(config, JSON.stringify(configOf(server)));
  /** The file that the process executes while it waits for the server, which another may ask too: what renews names behind. */
  const executes = async (dir: string, expected: string) => {
    const env = { PATH: `${dir}:/usr/bin:/bin` };
    const asked = once(silent, 'connection');
    const { child, ended } = await startPerson(join(bin, 'kubectl-kf'), ['train', 'list'], { kubeconfig: config, env });
    await asked;
    const file = () => readlinkSync(`/proc/${child.pid}/exe`);
    for (let tries = 0; file() !== expected && tries < 100; tries++) await setTimeout(100);
    assert.is(file(), expected);
    child.kill('SIGINT');
    assert.is((await ended).code, 130);
  };
  await executes(bin, realpathSync(join(bin, 'kubectl-kf')));
  const made = readFileSync(join(bin, 'kubectl-kf_train'));
  const at = made.lastIndexOf('"node":"');
  made.write('99', at + '"node":"'.length);
  writeFileSync(join(own, 'kubectl-kf_train'), made, { mode: 0o755 });
  await executes(own, join(realpathSync(own), 'kubectl-kf_train'));
  silent.close();
  silent.unref();
});

const configOf = (server: string) => ({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  clusters: [{ name: 'c', cluster: { server } }],
  users: [{ name: 'u', user: {} }],
});

/** A third party's group, a shell script, on PATH. */
async function withGroup(name: string, script: string) {
  const dir = folder();
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, name), 0o755);
  const env = await personEnv('/nowhere/kubeconfig');
  return { ...nowhere, env: { PATH: `${dir}${delimiter}${env.PATH}` } };
}

test("anyone's group gets the words, stdin and the environment; its output and exit code are ours", async () => {
  const options = await withGroup('kubectl-kf_echo', 'echo "$*"; cat; echo "$KREW_ROOT" >&2; exit 7');
  const { code, stdout, stderr } = await kf(['echo', 'a b', '--', '-x'], { ...options, stdin: 'from stdin\n' });
  assert.equal([code, stdout], [7, 'a b -- -x\nfrom stdin\n']);
  assert.is(stderr.trim(), (await installedSuite()).krewRoot);
});

test("signals are the group's: no process of ours stands between", async () => {
  const options = await withGroup(
    'kubectl-kf_wait',
    'trap "echo stopped; exit 3" TERM; echo waiting $$; while :; do sleep 0.1; done',
  );
  const { child, saw, ended, out } = await startPerson('kubectl', ['kf', 'wait'], options);
  await saw('waiting');
  assert.is(Number(/waiting (\d+)/.exec(out().stdout)?.[1]), child.pid);
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  assert.is(code, 3);
  assert.match(stdout, 'stopped');
});

test('the executables do not listen to NODE_OPTIONS', async () => {
  const file = join(folder(), 'inject.cjs');
  writeFileSync(file, "console.log('injected');");
  const { stdout } = await kf(['train', '--version'], { ...nowhere, env: { NODE_OPTIONS: `--require ${file}` } });
  assert.is(stdout, `kubectl-kf_train ${version}\n`);
});

test('-o yaml and json come out of an executable as of the sources', async () => {
  const { stdout } = await kf(['version', '--client', '-o', 'yaml'], nowhere);
  assert.match(stdout, new RegExp(`^client:\\n  version: ${version}\\n`));
  assert.is(JSON.parse((await kf(['version', '--client', '-ojson'], nowhere)).stdout).client.version, version);
});

test.run();
