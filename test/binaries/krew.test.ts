// no cluster
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { localIndex, serveArchives } from '../../scripts/build/local-index.ts';
import { stampOf } from '../../scripts/build.ts';
import { krewTools } from '../cluster/index.ts';

const { version } = stampOf();
const next = '99.0.0';
const groups = ['kf', 'kf-train'];
const dir = mkdtempSync(join(tmpdir(), 'kf-krew-'));
const krewRoot = join(dir, 'krew');
const tools = await krewTools();
const served = await serveArchives(join(dir, 'archives'));
test.after(async () => {
  await served.close();
  rmSync(dir, { recursive: true, force: true });
});

const env = {
  HOME: dir,
  KREW_ROOT: krewRoot,
  KUBECONFIG: join(dir, 'none'),
  PATH: [join(krewRoot, 'bin'), tools, '/usr/bin', '/bin'].join(delimiter),
};

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Not synchronous: the archives are served by this process. */
function kubectl(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(join(tools, 'kubectl'), args, { env }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

async function krew(...args: string[]): Promise<Ended> {
  const ended = await kubectl('krew', ...args);
  assert.is(ended.status, 0, `krew ${args.join(' ')}: ${ended.stderr}`);
  return ended;
}

const index = await localIndex({ dir, url: served.url, groups });

test('krew installs the plugins from an index', async () => {
  await krew('index', 'add', 'kf', index);
  await krew('install', 'kf/kf', 'kf/kf-train');
  assert.ok(existsSync(join(krewRoot, 'bin', 'kubectl-kf')));
  assert.ok(existsSync(join(krewRoot, 'bin', 'kubectl-kf_train')));
  const info = await krew('info', 'kf/kf-train');
  assert.match(info.stdout, new RegExp(`VERSION: v${version}`));
  const [store] = readdirSync(join(krewRoot, 'store', 'kf-train'));
  assert.equal(readdirSync(join(krewRoot, 'store', 'kf-train', store!)).sort(), ['LICENSE', 'kubectl-kf_train']);
});

test('kubectl finds them, under both spellings', async () => {
  const versions = [
    [['kf', '--version'], `kubectl-kf ${version}\n`],
    [['kf-train', '--version'], `kubectl-kf_train ${version}\n`],
  ] as const;
  for (const [args, stdout] of versions) assert.equal(await kubectl(...args), { status: 0, stdout, stderr: '' });
  const spaced = await kubectl('kf', 'train', '--help');
  const dashed = await kubectl('kf-train', '--help');
  assert.is(spaced.status, 0, spaced.stderr);
  assert.match(spaced.stdout, /kubectl kf train/);
  assert.equal(spaced, dashed);
});

test('a wrong verb gives the closest one, exit 2', async () => {
  const { status, stdout, stderr } = await kubectl('kf', 'trian');
  assert.is(status, 2);
  assert.is(stdout, '');
  assert.match(stderr, /no verb "trian"; did you mean train\?/);
});

test('krew upgrades to a new version', async () => {
  await localIndex({ dir, url: served.url, version: next, groups });
  await krew('update');
  await krew('upgrade');
  assert.is((await kubectl('kf', '--version')).stdout, `kubectl-kf ${next}\n`);
  assert.is((await kubectl('kf-train', '--version')).stdout, `kubectl-kf_train ${next}\n`);
});

test('a group that is gone gives the way to install it, exit 2', async () => {
  await krew('uninstall', 'kf-train');
  const { status, stdout, stderr } = await kubectl('kf', 'train', 'list');
  assert.is(status, 2);
  assert.is(stdout, '');
  assert.match(stderr, /kubectl krew install kf\/kf-train/);
  await krew('install', 'kf/kf-train');
  assert.is((await kubectl('kf', 'train', '--help')).status, 0);
});

test('krew takes all of it away', async () => {
  await krew('uninstall', 'kf', 'kf-train');
  assert.equal(
    readdirSync(join(krewRoot, 'bin')).filter((name) => name.includes('kf')),
    [],
  );
  assert.is((await kubectl('kf', '--version')).status, 1);
});

test.run();
