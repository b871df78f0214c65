// no cluster
// timeout: 900
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { serveArchives } from '../../scripts/build/local-index.ts';
import { verifyMachO } from '../../scripts/build/macho.ts';
import { MAX_ARCHIVE, makeRelease } from '../../scripts/build/release.ts';
import { untar } from '../../scripts/build/tar.ts';
import { hostName, targets } from '../../scripts/build/targets.ts';
import { stampOf } from '../../scripts/build.ts';
import { krewTools } from '../cluster/index.ts';

// Elsewhere than on the machine that releases are made on, its own platform must do.
const made = hostName() === 'linux-x64' ? targets : targets.filter(({ name }) => name === hostName());
const { version } = stampOf();
const dir = mkdtempSync(join(tmpdir(), 'kf-package-'));
const served = await serveArchives(dir);
test.after(async () => {
  await served.close();
  rmSync(dir, { recursive: true, force: true });
});
const target = made.map(({ name }) => name).join(',');
await makeRelease({ version, target, group: 'kf-train', archives: dir, manifests: dir, baseUrl: served.url });
const archives = readdirSync(dir).filter((name) => name.endsWith('.tar.gz'));

test('an archive per platform, none above 38 MiB', () => {
  assert.is(archives.length, made.length);
  for (const name of archives) {
    const { length } = readFileSync(join(dir, name));
    process.stdout.write(`${name} ${(length / 2 ** 20).toFixed(1)} MiB\n`);
    assert.ok(length <= MAX_ARCHIVE, `${name}: ${length}`);
  }
});

test('in each the executable of its platform and the licence', () => {
  const magic: Record<string, number> = { linux: 0x7f454c46, darwin: 0xcffaedfe, windows: 0x4d5a };
  for (const name of archives) {
    const [executable, license, ...rest] = [...untar(gunzipSync(readFileSync(join(dir, name))))];
    const os = /-(linux|darwin|windows)-/.exec(name)![1]!;
    assert.is(executable!.name, os === 'windows' ? 'kubectl-kf_train.exe' : 'kubectl-kf_train');
    assert.is(executable!.mode, 0o755);
    const bytes = Buffer.from(executable!.data);
    assert.is(os === 'windows' ? bytes.readUInt16BE(0) : bytes.readUInt32BE(0), magic[os]);
    if (os === 'darwin') assert.equal(verifyMachO(bytes).wrong, []);
    assert.is(license!.name, 'LICENSE');
    assert.match(Buffer.from(license!.data).toString(), /Apache License/);
    assert.is(rest.length, 0);
  }
});

test('the sums are right, in the sum files and in the manifest', () => {
  const { spec } = parse(readFileSync(join(dir, 'kf-train.yaml'), 'utf8'));
  for (const name of archives) {
    const sum = createHash('sha256')
      .update(readFileSync(join(dir, name)))
      .digest('hex');
    assert.is(readFileSync(join(dir, `${name}.sha256`), 'utf8'), `${sum}  ${name}\n`);
    const platform = spec.platforms.find(({ uri }: { uri: string }) => uri === `${served.url}/${name}`);
    assert.is(platform?.sha256, sum);
  }
  if (process.platform === 'linux')
    execFileSync('sha256sum', ['-c', ...archives.map((n) => `${n}.sha256`)], { cwd: dir });
});

test("krew's own validate-krew-manifest installs every platform and accepts the manifest", async () => {
  const tools = await krewTools();
  const env = { ...process.env, PATH: [tools, process.env.PATH].join(delimiter) };
  const { execFile } = await import('node:child_process');
  // Not synchronous: the archives are served by this process.
  const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
    const args = ['-manifest', join(dir, 'kf-train.yaml')];
    execFile(join(tools, 'validate-krew-manifest'), args, { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    );
  });
  assert.is(code, 0, said);
  assert.match(said, new RegExp(`all ${made.length} spec.platforms installed fine`));
});

test('the script refuses what is not a version or a URL', () => {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'package.ts');
  for (const [flag, value] of [
    ['--version', 'v1'],
    ['--base-url', 'file:///tmp'],
    ['--target', 'plan9'],
  ] as const) {
    const { stderr, status } = spawnSync(process.execPath, [script, flag, value], { encoding: 'utf8' });
    assert.is(status, 2, stderr);
    assert.match(stderr, new RegExp(value));
  }
});

test.run();
