import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { mostBytes, readCode } from '../../../shared/train/code.ts';

const root = mkdtempSync(join(tmpdir(), 'kf-code-'));
test.after(() => rmSync(root, { recursive: true }));

function folder(files: Record<string, string | Buffer>): string {
  const dir = mkdtempSync(join(root, 'd-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

async function refusal(dir: string, entry?: string): Promise<string> {
  const error = await readCode(dir, 'src', entry).then(
    () => undefined,
    (e) => e,
  );
  assert.instance(error, KfError);
  assert.is(error.exit, 2);
  return `${error.message}\n${error.hint ?? ''}`;
}

test('a folder: every file, less what is always left out and what .kfignore names', async () => {
  const dir = folder({
    'main.py': 'a',
    'lib/x.py': 'b',
    'lib/__pycache__/x.pyc': 'c',
    '.git/config': 'd',
    'data/a.csv': 'e',
    'data/keep.csv': 'f',
    '.hidden': 'g',
    '.kfignore': '*.csv\n!keep.csv\n',
  });
  chmodSync(join(dir, 'main.py'), 0o755);
  const code = await readCode(dir, './src/', undefined);
  assert.equal(
    code.files.map((file) => file.path),
    ['.hidden', 'data/keep.csv', 'lib/x.py', 'main.py'],
  );
  assert.equal(
    [code.entry, code.size, code.files[3]!.executable, code.files[2]!.executable],
    ['main.py', 4, true, false],
  );
});

test('the same content has the same digest; another byte, path or mode another', async () => {
  const of = async (files: Record<string, string>, mode = 0o644) => {
    const dir = folder(files);
    chmodSync(join(dir, Object.keys(files)[0]!), mode);
    return (await readCode(dir, 'src', Object.keys(files)[0])).sha256;
  };
  const one = await of({ 'a.py': 'x', 'b.py': 'y' });
  assert.is(await of({ 'a.py': 'x', 'b.py': 'y' }), one);
  for (const other of [
    of({ 'a.py': 'z', 'b.py': 'y' }),
    of({ 'a.py': 'x', 'c.py': 'y' }),
    of({ 'a.py': 'x', 'b.py': 'y' }, 0o755),
  ])
    assert.is.not(await other, one);
});

test('links: to a file inside it is that file; out of it, to folders and to nothing they are refused', async () => {
  const inside = folder({ 'main.py': 'a', 'real.txt': 'text' });
  symlinkSync('real.txt', join(inside, 'link.txt'));
  const code = await readCode(inside, 'src', undefined);
  assert.is(code.files.find((file) => file.path === 'link.txt')?.bytes.toString(), 'text');
  const out = folder({ 'main.py': 'a' });
  symlinkSync(join(inside, 'real.txt'), join(out, 'secret'));
  assert.match(
    await refusal(out),
    /^src\/secret links to .*, outside of the folder\ncopy it in, or name it in \.kfignore/,
  );
  const around = folder({ 'main.py': 'a' });
  symlinkSync('.', join(around, 'again'));
  assert.match(await refusal(around), /^src\/again links to a folder/);
  const broken = folder({ 'main.py': 'a' });
  symlinkSync('gone', join(broken, 'l'));
  assert.match(await refusal(broken), /^src\/l is a link to nothing/);
  writeFileSync(join(broken, '.kfignore'), 'l\n');
  assert.is((await readCode(broken, 'src', undefined)).files.length, 1);
});

test('which file starts it', async () => {
  assert.is(
    (await readCode(folder({ 'one.py': 'a', 'lib/x.py': 'b', 'notes.md': 'c' }), 'src', undefined)).entry,
    'one.py',
  );
  assert.is((await readCode(folder({ 'a.py': 'a', 'train.py': 'b' }), 'src', undefined)).entry, 'train.py');
  assert.is((await readCode(folder({ 'a.py': 'a', 'lib/go.py': 'b' }), 'src', './lib/go.py')).entry, 'lib/go.py');
  assert.match(
    await refusal(folder({ 'a.py': 'a', 'b.py': 'b' })),
    /^which file of src starts the job\?\n.*--entry FILE; it has: a\.py, b\.py/,
  );
  assert.match(await refusal(folder({ 'a.py': 'a' }), 'b.py'), /src has no file b\.py to ship\ndid you mean a\.py\?/);
});

test('nothing, too much, too many', async () => {
  assert.match(await refusal(folder({})), /^src has no file to ship/);
  assert.match(await refusal(folder({ '.git/x': 'a' })), /^src has no file to ship/);
  const large = folder({ 'main.py': 'a', 'weights.bin': Buffer.alloc(900_000), 'data.csv': Buffer.alloc(300_000) });
  assert.match(
    await refusal(large),
    /^src is too large to ship with the job: 1\.2 MB, at most 1 MB: weights\.bin \(900 kB\), data\.csv \(300 kB\), main\.py \(1 B\)\nleave out/,
  );
  const many = folder(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`f${i}`, 'a'])));
  assert.match(await refusal(many), /^src has more than 1000 files/);
});

test('scripts: empty ones, notebooks and --entry are refused', async () => {
  const dir = folder({ 'empty.py': '', 'book.ipynb': '{}', 'a.py': 'a' });
  const script = (name: string, entry?: string) =>
    readCode(join(dir, name), name, entry).then(String, (e) => `${e.message}|${e.hint}`);
  assert.match(await script('empty.py'), /^empty\.py is empty/);
  assert.match(await script('book.ipynb'), /is a notebook, not a script\|jupyter nbconvert --to script book\.ipynb/);
  assert.match(await script('a.py', 'a.py'), /^--entry goes with a folder/);
  assert.match(await script('none.py'), /^cannot read none\.py: no such file/);
});

test('the limit is exact', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 1, max: 5 }), async (over, parts) => {
      const size = mostBytes + over;
      const each = Math.floor(size / parts);
      const files = Array.from({ length: parts }, (_, i) => [
        `p${i}.py`,
        Buffer.alloc(i === 0 ? size - each * (parts - 1) : each),
      ]);
      const dir = folder(Object.fromEntries(files));
      const read = await readCode(dir, 'src', 'p0.py').then(
        (code) => code.size,
        (error) => error.message,
      );
      if (over <= 0) assert.is(read, size);
      else assert.match(read, /^src is too large/);
      rmSync(dir, { recursive: true });
    }),
    { numRuns: 20 },
  );
});

test.run();
