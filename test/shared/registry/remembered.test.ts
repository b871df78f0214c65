import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Context } from '../../../shared/cli/context.ts';
import { fingerprint } from '../../../shared/completion/store.ts';
import {
  changeIndex,
  isOld,
  isReplaced,
  keepIndex,
  markAsked,
  personal,
  placeId,
  type Remembered,
  readIndex,
  readTable,
  remembered,
  root,
  writeIndex,
  writeTable,
} from '../../../shared/registry/remembered.ts';
import { context } from '../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-remembered-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A person with projects of one server, `a` current. */
function person(now = Date.now): Context {
  const home = mkdtempSync(join(dir, 'home-'));
  const config = {
    'current-context': 'a',
    contexts: ['a', 'b'].map((name) => ({ name, context: { cluster: 'c', user: 'u', namespace: `team-${name}` } })),
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
  };
  writeFileSync(join(home, 'config'), JSON.stringify(config));
  return context({ home, now, env: { KUBECONFIG: join(home, 'config') } }).context;
}

const entry = (name: string, more: Partial<Remembered> = {}): Remembered => ({
  ...{ name, level: 'project', summary: `${name} it`, digest: `sha256:${name}` },
  ...more,
});
const names = (all: readonly Remembered[]) => all.map(({ name, level }) => `${level} ${name}`);

test('what is remembered is of one person in one project; what is personal is there in all, and nearer', async () => {
  const at = person();
  const a = await placeId({}, at);
  const b = await placeId({ context: 'b' }, at);
  assert.is(await placeId({ namespace: 'team-b' }, at), b);
  assert.is(new Set([a, b, await placeId({ as: 'bob' }, at)]).size, 3);
  writeIndex(a!, [entry('tune'), entry('mine')], at);
  writeIndex(personal, [entry('mine', { level: 'personal' })], at);
  assert.equal(names(remembered(a, at)), ['personal mine', 'project tune']);
  assert.equal(names(remembered(b, at)), ['personal mine']);
  assert.equal(names(remembered(undefined, at)), ['personal mine']);
});

test('a verb is replaced where it was, nowhere else, until it is no more', async () => {
  const at = person();
  const id = (await placeId({}, at))!;
  assert.not(await isReplaced('train', () => ({}), at));
  writeIndex(id, [entry('train', { replaces: 'train' }), entry('tune')], at);
  assert.ok(await isReplaced('train', () => ({}), at));
  assert.ok(await isReplaced('train', () => ({ namespace: 'team-a' }), at), 'the same project by a flag');
  for (const [verb, flags] of [
    ['train', { namespace: 'team-b' }],
    ['train', { context: 'b' }],
    ['train', { as: 'bob' }],
    ['tune', {}],
    ['logs', {}],
    ['..', {}],
    ['constructor', {}],
  ] as const)
    assert.not(await isReplaced(verb, () => flags, at), `${verb} ${JSON.stringify(flags)}`);
  writeIndex(personal, [entry('logs', { replaces: 'logs' })], at);
  assert.ok(await isReplaced('logs', () => ({ namespace: 'team-b' }), at));
  assert.ok(await isReplaced('train', () => ({}), at), 'one does not take the other away');
  writeIndex(id, [entry('tune')], at);
  assert.not(await isReplaced('train', () => ({}), at));
  assert.equal(readdirSync(join(root(at), 'replaced')), ['logs'], 'and nothing is left to look at');
});

test('where nothing is replaced, neither flags nor the kubeconfig are looked at', async () => {
  const at = person();
  const never = () => {
    throw new Error('looked');
  };
  assert.not(await isReplaced('train', never, at));
  writeIndex(personal, [entry('logs', { replaces: 'logs' })], at);
  assert.not(await isReplaced('train', never, at));
  assert.ok(await isReplaced('logs', never, at));
});

test('a kubeconfig that changed is read, so that another project is known at once', async () => {
  const at = person();
  writeIndex((await placeId({ context: 'b' }, at))!, [entry('train', { replaces: 'train' })], at);
  assert.not(await isReplaced('train', () => ({}), at));
  const file = at.env.KUBECONFIG!;
  writeFileSync(file, readFileSync(file, 'utf8').replace('"current-context":"a"', '"current-context":"b"'));
  assert.ok(await isReplaced('train', () => ({}), at));
  writeFileSync(file, '{{{');
  assert.not(await isReplaced('train', () => ({}), at));
  assert.is(await placeId({}, at), undefined);
});

test('what changed is told; what could not be asked for stays', () => {
  let now = 1_000_000;
  const at = person(() => now);
  assert.ok(writeIndex('x', [entry('tune')], at));
  assert.not(writeIndex('x', [entry('tune')], at));
  assert.ok(writeIndex('x', [entry('tune', { digest: 'other' })], at));
  now += 5000;
  keepIndex('x', at);
  const kept = readIndex('x', at)!;
  assert.equal([kept.at, kept.tried, names(kept.entries)], [1_000_000, 1_005_000, ['project tune']]);
  keepIndex('never', at);
  assert.equal(readIndex('never', at), { at: 0, entries: [], tried: 1_005_000 });
});

test('what was just done is there without asking: the level that was changed, no other', async () => {
  const at = person();
  const id = (await placeId({}, at))!;
  const shown = () => names(readIndex(id, at)?.entries ?? []);
  const train = entry('train', { replaces: 'train', level: 'cluster' });
  changeIndex(id, train, train, at);
  assert.ok(await isReplaced('train', () => ({}), at));
  assert.is(readIndex(id, at)!.at, 0, 'the rest is yet to be asked for');
  const nearer = entry('train', { replaces: 'train' });
  changeIndex(id, nearer, nearer, at);
  assert.equal(shown(), ['project train', 'cluster train']);
  changeIndex(id, nearer, { ...nearer, digest: 'new' }, at);
  assert.equal([shown().length, remembered(id, at)[0]!.digest], [2, 'new']);
  changeIndex(id, nearer, undefined, at);
  assert.equal(shown(), ['cluster train']);
  assert.ok(await isReplaced('train', () => ({}), at), "the cluster's is there still");
  changeIndex(id, train, undefined, at);
  assert.not(await isReplaced('train', () => ({}), at));
});

test('the table of a verb that is gone goes with it', () => {
  const at = person();
  const command = { words: ['tune'], aliases: [], what: '', flags: [], args: [] };
  writeIndex('x', [entry('tune'), entry('other')], at);
  for (const name of ['tune', 'other']) writeTable('x', name, { digest: 'd', command }, at);
  writeIndex('x', [entry('other')], at);
  assert.is(readTable('x', 'tune', at), undefined);
  assert.equal(readTable('x', 'other', at), { digest: 'd', command });
});

test('it is asked for again after ten minutes, for each kubeconfig and each choice of flags', () => {
  const at = person();
  const print = fingerprint({}, at);
  assert.ok(isOld(print, at));
  markAsked(print, at);
  assert.not(isOld(print, at));
  assert.ok(isOld(fingerprint({ namespace: 'team-b' }, at), at));
  assert.ok(isOld(print, { ...at, now: () => Date.now() + 11 * 60_000 }));
  assert.ok(isOld(print, { ...at, now: () => Date.now() - 11 * 60_000 }), 'the clock was set back');
});

test('files are for their owner alone; a cache that is damaged, or can not be written, is none', async () => {
  const at = person();
  writeIndex('x', [entry('train', { replaces: 'train' })], at);
  markAsked('print', at);
  for (const each of readdirSync(root(at), { recursive: true, withFileTypes: true }))
    assert.is(statSync(join(each.parentPath, each.name)).mode & 0o77, 0, each.name);
  writeFileSync(join(root(at), 'names', 'x.json'), '{"entr');
  assert.equal(remembered('x', at), []);
  const nowhere = { ...at, home: '/dev/null' };
  writeIndex('x', [entry('train', { replaces: 'train' })], nowhere);
  assert.not(await isReplaced('train', () => ({}), nowhere));
});

test.run();
