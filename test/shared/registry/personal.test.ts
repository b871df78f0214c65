import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { checkDigest } from '../../../shared/registry/digest.ts';
import type { Json } from '../../../shared/registry/entry.ts';
import {
  listPersonal,
  personalFolder,
  personalNames,
  readPersonal,
  removePersonal,
  writePersonal,
} from '../../../shared/registry/personal.ts';
import { specOf, subcommandOf } from '../../support/subcommands.ts';

const home = mkdtempSync(join(tmpdir(), 'kf-personal-'));
test.after(() => rmSync(home, { recursive: true }));
const around = { env: {}, home };

test('the folder is in ~/.config, or where XDG_CONFIG_HOME says', () => {
  assert.is(personalFolder(around), join(home, '.config/kubectl-kf/commands'));
  assert.is(personalFolder({ env: { XDG_CONFIG_HOME: '/c' }, home }), '/c/kubectl-kf/commands');
  assert.is(personalFolder({ env: { XDG_CONFIG_HOME: 'c' }, home }), join(home, '.config/kubectl-kf/commands'));
});

test('one is written for its owner alone, read, listed and removed', async () => {
  assert.is(await readPersonal(around, 'tune'), undefined);
  assert.equal(personalNames(around), []);
  const tune = subcommandOf('tune');
  await writePersonal(around, {
    ...tune,
    metadata: { ...tune.metadata, uid: 'x', namespace: 'y', resourceVersion: '1' },
  });
  assert.equal(await readPersonal(around, 'tune'), tune);
  const file = join(personalFolder(around), 'tune.yaml');
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(statSync(personalFolder(around)).mode & 0o777, 0o700);
  await writePersonal(around, subcommandOf('tune', { summary: 'another' }));
  assert.is((await readPersonal(around, 'tune'))?.spec.summary, 'another');
  assert.equal(readdirSync(personalFolder(around)), ['tune.yaml']);
  assert.is(removePersonal(around, 'tune'), true);
  assert.is(removePersonal(around, 'tune'), false);
});

test('any source and any default is read back as it was written', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(' ', '\n', '\t', '\r', '#', ':', '-', "'", '"', '|', '\u2028', 'a', '\\', '\u0085'),
    }),
    fc.constantFrom('2024-01-01', 'yes', 'null', '~', '1e3', '0x1', '0o7', '=', '<<', '1_000', '12:30:45', '.inf', ''),
  );
  await fc.assert(
    fc.asyncProperty(text, fc.jsonValue(), async (source, value) => {
      const parameter = { ...specOf().parameters[0]!, default: value as Json, choices: [source] };
      const spec = specOf({ files: { 'a.py': source }, parameters: [parameter] });
      await writePersonal(around, { ...subcommandOf('any'), spec });
      const read = await readPersonal(around, 'any');
      assert.is(read?.spec.files['a.py'], source);
      assert.ok(checkDigest(read!.spec));
    }),
    { examples: [[' \n', 0]] },
  );
  removePersonal(around, 'any');
});

test('a file that is none is an error that names it; the others are listed', async () => {
  const folder = personalFolder(around);
  mkdirSync(folder, { recursive: true });
  await writePersonal(around, subcommandOf('good'));
  writeFileSync(join(folder, 'bad.yaml'), 'a: [\n');
  writeFileSync(join(folder, 'list.yaml'), '- a\n');
  writeFileSync(join(folder, 'Not-A-Name.yaml'), '');
  writeFileSync(join(folder, 'notes.txt'), '');
  symlinkSync(join(folder, 'good.yaml'), join(folder, 'other.yaml'));
  const { subcommands, notes } = await listPersonal(around);
  assert.equal(
    subcommands.map(({ metadata }) => metadata.name),
    ['good'],
  );
  assert.is(notes.length, 3);
  assert.match(notes[0]!, /^cannot read .*bad\.yaml: /);
  assert.match(notes[1]!, /list\.yaml is no subcommand that can be used: it is no Subcommand/);
  assert.match(notes[2]!, /other\.yaml: it names good/);
  const error = await readPersonal(around, 'bad').catch((thrown) => thrown);
  assert.instance(error, KfError);
});

test('a folder that can not be made is an error that names the file', async () => {
  const at = { env: { XDG_CONFIG_HOME: join(home, 'no') }, home };
  mkdirSync(join(home, 'no', 'kubectl-kf'), { recursive: true });
  writeFileSync(personalFolder(at), '');
  const error = await writePersonal(at, subcommandOf('tune')).catch((thrown) => thrown);
  assert.instance(error, KfError);
  assert.match(error.message, /^cannot write .*commands\/tune\.yaml: /);
});

test('a name that leads elsewhere reads, writes and removes nothing', async () => {
  writeFileSync(join(home, 'x.yaml'), 'secret');
  for (const name of ['../../../x', '/etc/passwd', 'a/b', '']) {
    assert.is(await readPersonal(around, name), undefined);
    assert.is(removePersonal(around, name), false);
    const refused = await writePersonal(around, subcommandOf(name)).catch((thrown) => thrown);
    assert.match(refused.message, /can be no subcommand's name/);
  }
});

test.run();
