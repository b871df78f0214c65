import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group as kf } from '../../../plugins/kf/index.ts';
import { group as train } from '../../../plugins/kf-train/index.ts';
import type { Context } from '../../../shared/cli/context.ts';
import type { Group } from '../../../shared/cli/group.ts';
import { complete, refresh } from '../../../shared/completion/run.ts';
import { root } from '../../../shared/completion/store.ts';
import type { TableCommand } from '../../../shared/completion/table.ts';
import {
  keepIndex,
  personal,
  placeId,
  type Remembered,
  remembered,
  writeIndex,
  writeTable,
} from '../../../shared/registry/remembered.ts';
import { context, type World } from '../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-added-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A person with these programs and projects team-a (current) and team-b. */
function person(programs = ['kubectl-kf_command'], world: World = {}): Context {
  const home = mkdtempSync(join(dir, 'home-'));
  for (const name of programs) {
    writeFileSync(join(home, name), '#!/bin/sh\n');
    chmodSync(join(home, name), 0o755);
  }
  const config = {
    'current-context': 'a',
    contexts: [{ name: 'a', context: { cluster: 'c', user: 'u', namespace: 'team-a' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
  };
  writeFileSync(join(home, 'config'), JSON.stringify(config));
  return context({ home, env: { KUBECONFIG: join(home, 'config'), PATH: home }, ...world }).context;
}

const entry = (name: string, more: Partial<Remembered> = {}): Remembered => ({
  ...{ name, level: 'project', summary: `${name} it`, digest: 'd' },
  ...more,
});

const command: TableCommand = {
  words: ['tune'],
  aliases: [],
  what: 'tune it',
  args: [{ by: ['small', 'large'], rest: false }],
  flags: [
    {
      key: 'metric',
      names: ['--metric'],
      takesValue: true,
      repeats: false,
      hidden: false,
      what: 'of what',
      by: ['loss', 'acc'],
    },
    {
      key: 'namespace',
      names: ['-n', '--namespace'],
      takesValue: true,
      repeats: false,
      hidden: false,
      what: '',
      by: 'none',
    },
  ],
};

async function tab(group: Group, at: Context, ...words: string[]) {
  let asked = 0;
  const lines = await complete(group, { words, answer: '', stamp: '' }, at, () => void asked++);
  return { lines: lines?.map((line) => line.split('\t')[0]), told: lines, asked };
}
const values = async (group: Group, at: Context, ...words: string[]) => (await tab(group, at, ...words)).lines;

test('added verbs are offered where a verb may stand: those of the project, and the personal ones', async () => {
  const at = person();
  writeIndex((await placeId({}, at))!, [entry('tune')], at);
  writeIndex(personal, [entry('mine', { level: 'personal' })], at);
  const { told, asked } = await tab(kf, at, '');
  for (const line of ['tune\ttune it', 'mine\tmine it', 'status\tshow what a component is, how it is and why']) {
    assert.ok(
      told!.some((each) => each.startsWith(line.split('\t')[0]!)),
      line,
    );
  }
  assert.ok(told!.includes('tune\ttune it'));
  assert.is(asked, 0);
  writeIndex((await placeId({ namespace: 'team-b' }, at))!, [], at);
  const others = await values(kf, at, '-n', 'team-b', '');
  assert.equal([others!.includes('tune'), others!.includes('mine')], [false, true]);
});

test('none are offered without the group that runs them; and none in the place of a plugin, nor twice', async () => {
  const alone = person([]);
  writeIndex((await placeId({}, alone))!, [entry('tune')], alone);
  assert.equal(await values(kf, alone, 't'), [':4']);
  const at = person(['kubectl-kf_command', 'kubectl-kf_echo', 'kubectl-kf_train']);
  const replaced = entry('train', { replaces: 'train', summary: 'ours' });
  writeIndex((await placeId({}, at))!, [entry('echo'), entry('tune'), replaced], at);
  assert.equal(
    (await tab(kf, at, 'e')).told!.filter((line) => line.startsWith('echo')),
    ['echo\ta plugin of its own'],
  );
  assert.equal((await tab(kf, at, 't')).told, ['train\tours', 'tune\ttune it', ':4']);
});

test("options, choices and values of an added verb come from its table, as a built-in's do", async () => {
  const at = person();
  const id = (await placeId({}, at))!;
  writeIndex(id, [entry('tune')], at);
  writeTable(id, 'tune', { digest: 'd', command }, at);
  assert.equal(await values(kf, at, 'tune', '--'), ['--metric', '--namespace', '--help', ':4']);
  assert.equal(await values(kf, at, 'tune', '--metric', ''), ['loss', 'acc', ':4']);
  assert.equal(await values(kf, at, 'tune', '--metric=l'), ['loss', ':4']);
  assert.equal(await values(kf, at, 'tune', ''), ['small', 'large', ':4']);
  assert.equal(await values(kf, at, 'help', 'tune', 's'), ['small', ':4']);
  assert.equal(await values(kf, at, '-n', 'team-a', 'tune', 's'), ['small', ':4']);
  assert.equal((await tab(kf, at, 'tune', '--')).asked, 0);
});

test('a replaced verb completes as its replacement, in its project; with --builtin, and elsewhere, as it was', async () => {
  const at = person();
  const id = (await placeId({}, at))!;
  writeIndex(id, [entry('train', { replaces: 'train' })], at);
  writeTable(id, 'train', { digest: 'd', command: { ...command, words: ['train'] } }, at);
  for (const group of [train, kf]) {
    assert.equal(await values(group, at, 'train', ''), ['small', 'large', ':4'], group.name);
    assert.equal(await values(group, at, 'train', '--m'), ['--metric', ':4'], group.name);
  }
  assert.equal(await values(train, at, 'train', '--builtin', 'l'), ['list', 'logs', ':4']);
  assert.equal(await values(train, at, '--builtin', 'train', 'l'), ['list', 'logs', ':4']);
  writeIndex((await placeId({ namespace: 'team-b' }, at))!, [], at);
  assert.equal(await values(train, at, '-n', 'team-b', 'train', 'l'), ['list', 'logs', ':4']);
  writeIndex(id, [], at);
  assert.equal(await values(train, at, 'train', 'l'), ['list', 'logs', ':4']);
});

test('what is not known yet is waited for less than a second, once; what has aged is asked for behind', async () => {
  const at = person();
  let began = Date.now();
  assert.is((await tab(kf, at, '')).asked, 1);
  assert.ok(Date.now() - began >= 700);
  keepIndex((await placeId({}, at))!, at);
  began = Date.now();
  assert.is((await tab(kf, at, '')).asked, 0, 'it failed a moment ago');
  assert.is((await tab(kf, at, 'trian', '')).asked, 0);
  assert.ok(Date.now() - began < 400);
  writeIndex((await placeId({}, at))!, [entry('tune')], at);
  const later = { ...at, now: () => Date.now() + 11_000 };
  const aged = await tab(kf, later, 't');
  assert.equal([aged.lines, aged.asked], [['tune', ':4'], 1]);
});

test('learning has the group asked with the flags that were typed, and keeps the answer', async () => {
  const ran: string[][] = [];
  const at: Context = person(undefined, {
    exec: async () => async (file, args) => {
      ran.push([file, ...args]);
      const id = (await placeId({}, at))!;
      writeIndex(id, [entry('tune')], at);
      writeTable(id, 'tune', { digest: 'd', command }, at);
      return { code: 0, stdout: '', stderr: '' };
    },
  });
  const answer = join(root(at), 'answers', 'x', 'kf+tune+--');
  await refresh(kf, { words: ['tune', '--'], answer, stamp: 'stamp' }, at);
  assert.equal(ran, [[join(at.home, 'kubectl-kf_command'), '__remember', 'tune']]);
  assert.match(readFileSync(answer, 'utf8'), /^stamp\n--metric\t/);
  await refresh(kf, { words: ['-n', 'x', ''], answer: '', stamp: '' }, at);
  assert.equal(ran[1]!.slice(1), ['__remember', '--namespace=x']);
});

test('an answer without all verbs is not kept for the shim', async () => {
  const at = person();
  keepIndex((await placeId({}, at))!, at);
  const answer = join(root(at), 'answers', 'x', 'kf+');
  await complete(kf, { words: [''], answer, stamp: 'stamp' }, at, () => {});
  assert.not(existsSync(answer));
});

test('whatever a registry holds, no line means anything to a shell or a terminal', async () => {
  const at = person();
  const id = (await placeId({}, at))!;
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), async (name, text) => {
      writeIndex(id, [entry(name, { summary: text }), entry('tune', { summary: `$(id)\u001b[31m${text}` })], at);
      const flag = {
        key: 'x',
        names: [`--${name}`],
        takesValue: true,
        repeats: false,
        hidden: false,
        what: text,
        by: [name],
      };
      writeTable(
        id,
        'tune',
        { digest: 'd', command: { ...command, what: text, flags: [flag], args: [{ by: [text], rest: true }] } },
        at,
      );
      for (const words of [[''], ['tune', ''], ['tune', '--']]) {
        const { told } = await tab(kf, at, ...words);
        for (const line of told!.slice(0, -1))
          assert.match(line, /^-{0,2}[A-Za-z0-9][\w.:@/+=,-]*(\t[\w .,:;()/+=…'-]*)?$/);
      }
    }),
    { numRuns: 60 },
  );
  assert.is(remembered(id, at).length > 0, true);
});

test.run();
