import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorText, KfError } from '../../../shared/cli/errors.ts';
import { specSchema } from '../../../shared/registry/schema.ts';
import { readSource, type Understood } from '../../../shared/registry/source.ts';
import { context } from '../../support/command.ts';

const root = mkdtempSync(join(tmpdir(), 'kf-source-'));
test.after(() => rmSync(root, { recursive: true }));

function folder(files: Record<string, string | Buffer>): string {
  const dir = mkdtempSync(join(root, 'd-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const read = (cwd: string, target: string, options = {}): Promise<Understood> =>
  readSource(target, context({ cwd }).context, options);

async function refusal(files: Record<string, string | Buffer>, target = Object.keys(files)[0]!): Promise<string> {
  const error = await read(folder(files), target).then(
    () => undefined,
    (e) => e,
  );
  assert.instance(error, KfError);
  assert.is(error.exit, 2);
  return errorText(error);
}

const handlerOf = async (files: Record<string, string>, target: string) => {
  const { name, version } = await read(folder(files), target);
  return [name, version.handler];
};

test('which function: the one asked for, the one named like the file, the only public one, main', async () => {
  const two = 'def a(): pass\ndef b(): pass\n';
  assert.equal(await handlerOf({ 'x.py': two }, 'x.py:b'), ['b', 'x.b']);
  assert.equal(await handlerOf({ 'b.py': two }, './b.py'), ['b', 'b.b']);
  assert.equal(await handlerOf({ 'my-b.py': 'def my_b(): pass\ndef c(): pass\n' }, 'my-b.py'), ['my-b', 'my-b.my_b']);
  assert.equal(await handlerOf({ 'x.py': 'def _a(): pass\ndef b(): pass\nclass C: pass\n' }, 'x.py'), ['x', 'x.b']);
  assert.equal(await handlerOf({ 'x.py': `${two}async def main(): pass\n` }, 'x.py'), ['x', 'x.main']);
  assert.equal(await handlerOf({ 'main.py': 'def tune(): pass\n' }, 'main.py'), ['tune', 'main.tune']);
  const header = '# /// script\n# [tool.kf]\n# handler = "b"\n# ///\n';
  assert.equal(await handlerOf({ 'x.py': header + two }, 'x.py'), ['x', 'x.b']);
  assert.match(await refusal({ 'x.py': two }), /^x\.py has several functions: a, b\nsay which: x\.py:a; or call it/);
  assert.match(await refusal({ 'x.py': two }, 'x.py:c'), /^x\.py has no function c\nit has a, b\n/);
  assert.match(
    await refusal({ 'x.py': 'class A:\n  def x(self): pass\n' }),
    /^x\.py has no function\na subcommand is a/,
  );
});

test('a name that is given, a file without an end, one with dots in its name', async () => {
  const dir = folder({
    run: '#!/usr/bin/env python3\ndef run(a): pass\n',
    'a.b.py': 'def x(): pass\n',
    up: '#!/bin/sh\n',
  });
  assert.is((await read(dir, 'run', { name: 'go' })).name, 'go');
  assert.equal((await read(dir, 'run')).version.handler, 'run.run');
  const dotted = await read(dir, 'a.b.py');
  assert.equal([dotted.name, dotted.version.handler, Object.keys(dotted.version.files)], ['a-b', 'a_b.x', ['a_b.py']]);
  assert.equal((await read(dir, 'up')).version.runtime, 'bash');
  assert.match(
    await refusal({ 'x.rb': 'puts 1\n' }),
    /^can't tell what x\.rb is\na subcommand is a \.py, \.sh or \.go/,
  );
});

test('a folder: its files less what is ignored, and the one that starts', async () => {
  const dir = folder({
    'my-job/my_job.py': 'from lib import x\ndef my_job(n: int): pass\n',
    'my-job/lib.py': 'x = 1\n',
    'my-job/data/notes.txt': 'n',
    'my-job/.git/config': 'c',
    'my-job/secret.bin': Buffer.from([0xff]),
    'my-job/.kfignore': '*.bin\n',
  });
  const { name, version } = await read(dir, './my-job/');
  assert.equal([name, version.handler], ['my-job', 'my_job.my_job']);
  assert.equal(Object.keys(version.files).sort(), ['data/notes.txt', 'lib.py', 'my_job.py']);
  assert.equal(version.origin, { url: join(dir, 'my-job') });
  assert.equal((await read(join(dir, 'my-job'), '.')).name, 'my-job');
  assert.match(
    await refusal({ 'a/x.py': '', 'a/y.py': '' }, 'a'),
    /^a has more than one file to start: x\.py, y\.py\ncall it/,
  );
  assert.match(await refusal({ 'a/x.txt': 'x' }, 'a'), /^a has no file to start\n/);
  assert.match(
    await refusal({ 'a/a.py': 'def a(): pass\n', 'a/b.py': 'x = (\n' }, 'a'),
    /^a\/b\.py:1:5: not Python: '\(' was/,
  );
  assert.match(
    await refusal({ 'a/a.py': 'def a(): pass\n', 'a/x': Buffer.from([255]) }, 'a'),
    /^a\/x is not text \(UTF-8\)\nleave it/,
  );
});

test('a link out of the folder is refused', async () => {
  const dir = folder({ 'a/a.py': 'def a(): pass\n', secret: 's' });
  symlinkSync(join(dir, 'secret'), join(dir, 'a', 'x'));
  const error = await read(dir, 'a').catch((e) => e);
  assert.match(error.message, /^a\/x links to .*, outside of the folder$/);
});

test('where it came from is kept, so that it is found again', async () => {
  const dir = folder({ 'x.py': 'def a(): pass\ndef b(): pass\n' });
  const { version } = await read(dir, 'x.py:b');
  assert.equal(version.origin, { url: join(dir, 'x.py:b') });
  assert.equal((await read('/', version.origin!.url)).version.handler, 'x.b');
});

test('what is no source: missing, empty, another encoding, too large, too many', async () => {
  assert.match(await refusal({ a: '' }, 'none.py'), /^cannot read none\.py: no such file or directory\n/);
  assert.match(await refusal({ 'x.py': '  \n' }), /^x\.py is empty\nkubectl kf command new NAME/);
  assert.match(
    await refusal({ 'x.py': Buffer.from('# \xe9\n', 'latin1') }),
    /^x\.py is not text \(UTF-8\)\nsave it as UTF-8\n/,
  );
  assert.match(
    await refusal({ 'x.py': '#!/x\n# vim: set fileencoding=latin-1 :\n' }),
    /^x\.py says that it is in latin-1/,
  );
  assert.match(
    await refusal({ 'x.py': `def x(): pass\n${'#'.repeat(2_000_000)}\n` }),
    /^x\.py is too large for a subcommand: 2\.0 MB, at most 512 KiB\nput data on a volume .*, or all of it into an image; /,
  );
  const many = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`a/f${i}.py`, 'x = 1\n']));
  assert.match(await refusal(many, 'a'), /^a has 70 files; a subcommand may have 64\n/);
});

test('a parameter that no command line can give: left out with its default, an error without', async () => {
  const text = 'import pandas as pd\n\ndef f(x: int, frame: pd.DataFrame = None): pass\n';
  const { version, notes } = await read(folder({ 'f.py': text }), 'f.py');
  assert.equal(
    version.parameters.map(({ name }) => name),
    ['x'],
  );
  assert.equal(notes, ['frame is left out, as no command line can give a pd.DataFrame']);
  assert.is(
    await refusal({ 'f.py': text.replace(' = None', '') }),
    [
      'f.py:3:15: no command line can give frame a pd.DataFrame',
      '  3 | def f(x: int, frame: pd.DataFrame): pass',
      '    |               ^^^^^^^^^^^^^^^^^^^',
      'give it a default and it is left out; or take a Path or text, and make the rest of it in the function\n',
    ].join('\n'),
  );
});

test('two parameters that one flag would give', async () => {
  assert.match(
    await refusal({ 'f.py': 'def f(a_b=1, _a_b=2): pass\n' }),
    /^f\.py:1:14: a_b and _a_b would both be given with --a-b\n/,
  );
  assert.match(
    await refusal({ 'f.py': 'def f(x=True, no_x=2): pass\n' }),
    /x and no_x would both be given with --no-x\n/,
  );
});

test('what is long is cut to what the registry takes', async () => {
  const { version } = await read(
    folder({
      'f.py': `def f(a=${'1+'.repeat(2000)}1):\n  """${'x '.repeat(15_000)}\n\n  ${'y '.repeat(15_000)}\n\n  Args:\n    a: ${'z '.repeat(5000)}\n  """\n`,
    }),
    'f.py',
  );
  const [a] = version.parameters;
  assert.equal([version.summary.length, version.description!.length], [200, 20_000]);
  assert.equal([a!.help!.length, a!.defaultText!.length], [4000, 1000]);
  assert.is(specSchema.properties!.summary!.maxLength, 200);
});

test('no text makes it throw anything but KfError', async () => {
  const dir = folder({});
  const bit = fc.constantFrom(
    ...'def f ( ) [ ] { } : , = * / @ # \' " """ \\ \n \t . -> := lambda if x 1 f" {x} # /// script\n ///\n # [tool.kf]'.split(
      ' ',
    ),
    ' ',
    '\n    ',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.array(bit).map((bits) => bits.join('')),
        fc.string({ unit: 'binary' }),
      ),
      fc.constantFrom('x.py', 'x.sh', 'x.go', 'x.yaml'),
      async (text, name) => {
        writeFileSync(join(dir, name), text);
        await read(dir, name).catch((error) => assert.instance(error, KfError, `${error?.stack}`));
      },
    ),
    { numRuns: 400 },
  );
});

test.run();
