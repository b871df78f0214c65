import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { has, home, path, personal, runAs } from '../../support/run-added.ts';

/** venv and pip, which some systems leave out of Python. */
const lack = !has('python3')
  ? 'no python3 here'
  : spawnSync('python3', ['-c', 'import venv, ensurepip']).status !== 0
    ? 'python3 has no venv here'
    : undefined;
const here = (name: string, run: () => Promise<void>) =>
  lack ? test.skip(`${name}: ${lack}`, () => {}) : test(name, run);

const makeWheel = `import sys, zipfile
folder, version = sys.argv[1:]
info = "kfgreet-" + version + ".dist-info/"
files = {
    "kfgreet.py": "version = '" + version + "'\\n",
    info + "METADATA": "Metadata-Version: 2.1\\nName: kfgreet\\nVersion: " + version + "\\n",
    info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}
files[info + "RECORD"] = "".join(path + ",,\\n" for path in [*files, info + "RECORD"])
with zipfile.ZipFile(folder + "/kfgreet-" + version + "-py3-none-any.whl", "w") as wheel:
    for path, text in files.items():
        wheel.writestr(path, text)
`;

/** A package index on the loopback, with kfgreet 1.0 and 2.0 in it. */
async function index(): Promise<{ url: string; asked: () => number; close(): void }> {
  const folder = home();
  for (const version of ['1.0', '2.0'])
    assert.is(spawnSync('python3', ['-c', makeWheel, folder, version], { stdio: 'inherit' }).status, 0);
  let asked = 0;
  const server = createServer(({ url = '' }, response) => {
    asked++;
    if (url.endsWith('.whl')) return void response.end(readFileSync(join(folder, basename(url))));
    response.setHeader('content-type', 'text/html');
    const links = readdirSync(folder).map((file) => `<a href="/files/${file}">${file}</a>`);
    if (url.includes('kfgreet')) response.end(`<!DOCTYPE html><html><body>${links.join('')}</body></html>`);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  return { url, asked: () => asked, close: () => server.close() };
}

const source = 'import kfgreet\ndef tune():\n    return kfgreet.version\n';
const greeting = (...dependencies: string[]) =>
  personal('tune', { files: { 'tune.py': source }, dependencies, runs: ['local'] });

let served: Awaited<ReturnType<typeof index>>;
test.before(async () => {
  if (!lack) served = await index();
});
test.after(() => served?.close());

/** A machine with the index, and with uv or without it. */
function machine(maker: 'pip' | 'uv') {
  const folders = path.split(delimiter).filter((folder) => maker === 'uv' || !existsSync(join(folder, 'uv')));
  const env = { PATH: folders.join(delimiter), PIP_INDEX_URL: served.url, UV_INDEX_URL: served.url };
  const dir = home();
  return { home: dir, env, envs: join(dir, '.cache', 'kubectl-kf', 'envs') };
}

for (const maker of ['pip', 'uv'] as const) {
  const by = (name: string, run: () => Promise<void>) =>
    maker === 'uv' && !has('uv') ? test.skip(`${name}: no uv here`, () => {}) : here(`${maker}: ${name}`, run);

  by('packages that the file names are there, in an environment that is kept; two at once make one', async () => {
    const world = { ...machine(maker), cwd: home() };
    // What lies in the folder that the person happens to be in sets nothing.
    writeFileSync(join(world.cwd, 'uv.toml'), '[pip]\nno-index = true\n');
    const making = 'making an environment with kfgreet<2 for tune\n';
    for (const each of await Promise.all([1, 2].map(() => runAs(greeting('kfgreet<2'), [], world))))
      assert.equal([each.code, each.stdout, each.stderr], [0, '1.0\n', making]);
    const [times, made] = [served.asked(), readdirSync(world.envs).length];
    const again = await runAs(greeting('kfgreet<2'), [], world);
    assert.equal([again.code, again.stdout, again.stderr, served.asked()], [0, '1.0\n', '', times]);
    const newer = await runAs(greeting('kfgreet'), [], world);
    assert.equal([newer.code, newer.stdout], [0, '2.0\n']);
    assert.is(readdirSync(world.envs).length, made + 2, 'one more, and the link that it is found by');
    // Half of one is none.
    for (const each of readdirSync(world.envs)) rmSync(join(world.envs, each, 'bin', 'python'), { force: true });
    assert.is((await runAs(greeting('kfgreet<2'), [], world)).stdout, '1.0\n');
  });

  by('a package that can not be had is said, and nothing half made is left', async () => {
    const world = machine(maker);
    const ran = await runAs(greeting('kfnosuch'), [], world);
    assert.equal([ran.code, ran.stdout], [1, '']);
    assert.match(
      ran.stderr,
      /\nthe packages of tune could not be installed\n( {2}.*\n)+correct its dependencies, or reach a package index /,
    );
    assert.match(ran.stderr, 'kfnosuch');
    assert.equal(readdirSync(world.envs), []);
  });
}

test('what is no package is not handed to pip', async () => {
  for (const each of ['--index-url=http://evil', '-r/etc/passwd', '; touch PWNED', '']) {
    const ran = await runAs(greeting(each), [], {});
    assert.equal([ran.code, ran.stdout], [2, '']);
    assert.match(ran.stderr, 'tune names a package that is none: ');
    assert.not(existsSync(join(ran.home, 'PWNED')));
  }
});

test.run();
