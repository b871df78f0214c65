import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Index, magic } from '../../../shared/cli/guest.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-guest-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

const main = `({"./main.js":function(exports,require,module){
  const { said } = require('./said.js'); console.log(said, process.argv.slice(2).join(' '), process.argv[0], process.execPath) }})`;
const said = `({"./said.js":function(exports,require,module){ exports.said = require('node:path').basename('a/guest') }})`;

/** An executable that holds two packs, and says so at its end. */
function executable(name: string, over: Partial<Index> = {}, shorten = 0): string {
  const head = '#!/bin/sh\nexit 9\n';
  const scripts: Index['scripts'] = {
    first: { source: [head.length, main.length] },
    rest: { source: [head.length + main.length, said.length] },
  };
  const packs = { './main.js': 'first', './said.js': 'rest' };
  const json = Buffer.from(
    JSON.stringify({ node: process.versions.node, arch: process.arch, packs, scripts, ...over }),
  );
  const end = Buffer.alloc(4);
  end.writeUInt32LE(json.length);
  const all = Buffer.concat([Buffer.from(head + main + said), json, end, Buffer.from(magic)]);
  const file = join(dir, name);
  writeFileSync(file, all.subarray(0, all.length - shorten));
  chmodSync(file, 0o755);
  return file;
}

/** What `runGuest` gives in a process of its own, and what the guest printed. */
function run(file: string, ...args: string[]) {
  const module = JSON.stringify(join(import.meta.dirname, '../../../shared/cli/guest.ts'));
  const words = JSON.stringify([file, args]);
  const code = `import { runGuest } from ${module}; const [file, args] = ${words}; console.log(runGuest(file, args));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', code]);
  return stdout.toString() + stderr.toString();
}

test('an executable of the suite runs in this process, with its own words and name', () => {
  const file = executable('kubectl-kf_x');
  assert.is(run(file, 'a', 'b'), `guest a b kubectl-kf_x ${file}\ntrue\n`);
});

test('anything else is left to be executed', () => {
  const script = join(dir, 'script');
  writeFileSync(script, '#!/bin/sh\n');
  const others = [
    executable('other-node', { node: '24.0.0' }),
    executable('other-arch', { arch: 'riscv64' }),
    executable('cut', {}, 3),
    script,
    join(dir, 'nowhere'),
    dir,
  ];
  for (const file of others) assert.is(run(file), 'false\n', file);
});

test.run();
