import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import { KfError } from '../../../shared/cli/errors.ts';
import { apiVersion, kind } from '../../../shared/registry/entry.ts';
import {
  type Locked,
  lockedOf,
  lockName,
  lockText,
  parseLock,
  readLock,
  writeLock,
} from '../../../shared/registry/lock-file.ts';
import { version } from '../../support/registry.ts';

const test = suite('the lock file');

const dir = mkdtempSync(join(tmpdir(), 'kf-lock-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));

const tune = lockedOf(
  {
    apiVersion,
    kind,
    metadata: { name: 'tune' },
    spec: {
      ...version('0.2.0'),
      origin: { url: 'https://h/r.git', ref: 'main', commit: 'a'.repeat(40), path: 'tune.py' },
    },
  },
  'project',
  'team-a',
);
const train: Locked = {
  name: 'train',
  version: '1.0.0',
  digest: `sha256:${'b'.repeat(64)}`,
  level: 'cluster',
  replaces: 'train',
};

test('is read as it was written, sorted by name, and is for people too', async () => {
  const text = await lockText([tune, train]);
  assert.match(text, /^# .*kubectl kf command sync/);
  assert.deepEqual(await parseLock(text, lockName), [train, tune]);
  assert.match(
    text,
    /^ {2}- name: train\n {4}version: 1\.0\.0\n {4}digest: sha256:b{64}\n {4}level: cluster\n {4}replaces: train\n/m,
  );
});

test('is written whole, and only where it says something else', async () => {
  const file = join(dir, lockName);
  const text = await lockText([tune]);
  assert.equal(writeLock(file, text), true);
  assert.equal(writeLock(file, text), false);
  assert.equal(readFileSync(file, 'utf8'), text);
  assert.deepEqual(readdirSync(dir), [lockName]);
  assert.deepEqual(await readLock(file), [tune]);
  assert.throws(
    () => writeLock(join(dir, 'no', lockName), text),
    (error: KfError) => error.exit === 1,
  );
  await assert.rejects(
    readLock(join(dir, 'other')),
    (error: KfError) => error.exit === 2 && /sync --write/.test(error.hint!),
  );
});

test('what is wrong is named with its place', async () => {
  const good = await lockText([tune]);
  const wrong = (text: string, what: RegExp, hint = /./) =>
    assert.rejects(
      parseLock(text, 'x.lock'),
      (error: KfError) =>
        error instanceof KfError && error.exit === 2 && what.test(error.message) && hint.test(error.hint!),
      text,
    );
  await wrong(
    good.replace('name: tune', 'name: "tune; rm -rf /"'),
    /^x\.lock:4:11: "tune; rm -rf \/" can be no subcommand's name$/,
  );
  await wrong(good.replace('name: tune', 'name: login'), /^x\.lock:4:11: login is/);
  await wrong(good.replace('name: tune', 'name: train'), /^x\.lock:4:11: train is a built-in verb/);
  await wrong(good.replace('sha256:', 'md5:'), /^x\.lock:6:13: digest is none/);
  await wrong(
    good.replace('level: project', 'level: moon'),
    /^x\.lock:7:12: level is none of personal, project, cluster$/,
  );
  await wrong(good.replace('format: 1', 'format: 2'), /^x\.lock:2:9: format 2 is not known here/);
  await wrong(good + good.slice(good.indexOf('  - ')), /tune is there twice$/);
  await wrong('', /no list of commands/);
  await wrong('a: [', /^x\.lock:1:/);
  await wrong('a: &a 1\ncommands: [*a]\nformat: 1', /no aliases/);
  await wrong(`<<<<<<< ours\n${good}=======\n${good}>>>>>>> theirs\n`, /^x\.lock:/, /merge conflict/);
});

test('whatever it holds, it is read or refused in words', async () => {
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => `format: 1\ncommands:\n  - name: ${text}\n`),
  );
  await fc.assert(
    fc.asyncProperty(odd, async (text) => {
      const file = join(dir, 'odd');
      writeFileSync(file, text);
      try {
        await readLock(file);
      } catch (error) {
        assert.ok(error instanceof KfError && error.exit === 2, String(error));
      }
    }),
  );
});

test.run();
