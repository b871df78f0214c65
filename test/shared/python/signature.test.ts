import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import type { Parameter } from '../../../shared/registry/entry.ts';
import { readSource } from '../../../shared/registry/source.ts';
import { context } from '../../support/command.ts';
import { python } from './support.ts';

const folder = join(import.meta.dirname, 'functions');
const files = readdirSync(folder).filter((name) => name.endsWith('.py'));
/** A first line `# python: 3.12` says what Python it takes. */
const least = (name: string): number =>
  Number(/^# python: 3\.(\d+)/.exec(readFileSync(join(folder, name), 'utf8'))?.[1] ?? 11);

const read = (name: string) => readSource(`./${name}`, context({ cwd: folder }).context);

const ours = async (name: string): Promise<Omit<Parameter, 'help'>[]> =>
  (await read(name)).version.parameters.map(({ help: _, ...rest }) => rest);

const found = python();
const can = files.filter((name) => found && found.minor >= least(name));

test('there are thirty functions and more', () => assert.ok(files.length >= 36, `${files.length}`));

if (!found) console.log('skipped: there is no python3 here to compare with');
else {
  for (const name of files) if (!can.includes(name)) console.log(`skipped: ${name} takes Python 3.${least(name)}`);
  const script = join(import.meta.dirname, 'signatures.py');
  const said = JSON.parse(
    execFileSync(found.path, ['-W', 'ignore', script, ...can.map((name) => join(folder, name))], { encoding: 'utf8' }),
  );
  const theirs = new Map(Object.entries(said).map(([path, value]) => [basename(path), value as Parameter[] | null]));

  for (const name of can.filter((each) => each !== 'broken.py')) {
    test(`${name}: the parameters are what Python says`, async () => {
      const expected = theirs.get(name);
      assert.ok(expected, 'Python refuses it');
      const own = await ours(name);
      for (const [i, each] of own.entries()) assert.equal(each, expected[i], `${name}: ${each.name}`);
      assert.is(own.length, expected.length);
    });
  }

  test('Python refuses broken.py too', () => assert.is(theirs.get('broken.py'), null));
}

test('broken.py: file, line and column, and the line', async () => {
  const error = await read('broken.py').then(
    () => undefined,
    (e) => e,
  );
  assert.instance(error, KfError);
  assert.is(error.exit, 2);
  assert.is(error.message, `./broken.py:4:37: not Python: expected ',' or ')'`);
  assert.equal(error.details, ['  4 | def broken(size: int = 1, name: str "x"):', `    | ${' '.repeat(36)}^^^`]);
});

test.run();
