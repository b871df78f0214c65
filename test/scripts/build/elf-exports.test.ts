import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sectionsOf, textAt } from '../../../scripts/build/elf.ts';
import { dropExports } from '../../../scripts/build/elf-exports.ts';

const linux = process.platform === 'linux' ? test : test.skip;
const dir = mkdtempSync(join(tmpdir(), 'kf-exports-'));
test.after(() => rmSync(dir, { recursive: true }));

let dropped: Buffer;
const before = join(dir, 'before', 'node');
const after = join(dir, 'after', 'node');

linux('this Node, without its exports: its own imports and what is relocated have the names that they had', () => {
  const node = readFileSync(process.execPath);
  dropped = Buffer.from(node);
  dropExports(dropped);
  assert.is(dropped.length, node.length);
  const names = relocated(node);
  assert.ok(names.length > 100 && names.includes('malloc'), `${names.length} names`);
  assert.equal(relocated(dropped), names);
  const tables = ['.gnu.hash', '.dynsym', '.dynstr', '.gnu.version'];
  const bytes = (file: Buffer) => tables.reduce((sum, name) => sum + size(file, name), 0);
  assert.ok(bytes(dropped) < bytes(node) / 10, `${bytes(node)} bytes became ${bytes(dropped)}`);
  for (const [path, bytes] of [
    [before, node],
    [after, dropped],
  ] as const) {
    mkdirSync(dirname(path));
    writeFileSync(path, bytes, { mode: 0o755 });
  }
});

linux(
  'it runs: names are resolved, addresses looked up, errors thrown, connections encrypted, the environment set',
  () => {
    const code = `
    const { lookup } = require('node:dns'), { rootCertificates, createSecureContext } = require('node:tls');
    createSecureContext({ ca: rootCertificates[0] });
    try { new (require('node:vm').Script)('x('); } catch { process.env.SET = 'set'; }
    const said = require('node:child_process').execSync('echo $SET', { encoding: 'utf8' });
    lookup('localhost', (error) => console.log(error, said.trim(), require('node:zlib').gzipSync('a').length));`;
    assert.is(execFileSync(after, ['-e', code], { encoding: 'utf8' }), 'null set 21\n');
  },
);

// Only glibc's loader says what it binds.
const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
(header.glibcVersionRuntime ? test : test.skip)('libraries find in it what they found before', () => {
  const found = bindings(before);
  assert.ok(found.length > 10, `${found.length} bindings`);
  assert.equal(bindings(after), found);
});

linux('twice changes nothing more', () => {
  const twice = Buffer.from(dropped);
  dropExports(twice);
  assert.equal(relocated(twice), relocated(dropped));
  assert.is(size(twice, '.dynsym'), size(dropped, '.dynsym'));
});

test('what is not an ELF file is refused', () => {
  assert.throws(
    () => dropExports(Buffer.from('MZ not an ELF file, but long enough to look at')),
    /not a 64-bit LE ELF/,
  );
});

const size = (file: Buffer, wanted: string) => sectionsOf(file).find(({ name }) => name === wanted)!.size;

/** The names of the symbols that are put in when it starts, in their order. */
function relocated(file: Buffer): string[] {
  const sections = sectionsOf(file);
  const at = (wanted: string) => sections.find(({ name }) => name === wanted)!;
  const [symbols, strings] = [at('.dynsym'), at('.dynstr')];
  return [at('.rela.dyn'), at('.rela.plt')].flatMap((table) =>
    Array.from({ length: table.size / 24 }, (_, i) => {
      const symbol = file.readUInt32LE(table.at + i * 24 + 12);
      return textAt(file, strings.at + file.readUInt32LE(symbols.at + symbol * 24));
    }),
  );
}

/** What the loader bound libraries to in this executable. */
function bindings(file: string): string[] {
  const { stderr } = spawnSync(file, ['-e', '0'], {
    env: { LD_DEBUG: 'bindings' },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const bound = /binding file \/.* to (\S+) .*: normal symbol (.*)$/;
  const found = stderr.split('\n').map((line) => bound.exec(line));
  return [...new Set(found.flatMap((each) => (each?.[1] === file ? [each[2]!] : [])))].sort();
}

test.run();
