import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-command/index.ts';
import { tableOf } from '../../../plugins/kf-command/remember.ts';
import { root as completionRoot } from '../../../shared/completion/store.ts';
import type { Subcommand } from '../../../shared/registry/entry.ts';
import { writePersonal } from '../../../shared/registry/personal.ts';
import {
  isReplaced,
  personal,
  placeId,
  readIndex,
  readTable,
  remembered,
} from '../../../shared/registry/remembered.ts';
import { noteAdded, noteRemoved, renew } from '../../../shared/registry/renew.ts';
import { status } from '../../support/api-server.ts';
import { context, runCommand } from '../../support/command.ts';
import { askedOf, type Registry, registry } from '../../support/registry-server.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());

/** A person whose registry is on a server that answers so. */
async function on(given: Registry, own: Subcommand[] = []) {
  const server = await registry(given);
  const { context: at } = context({ env: { KUBECONFIG: server.kubeconfig } });
  for (const each of own) await writePersonal(at, each);
  const learn = (...words: string[]) =>
    runCommand(group, ['command', '__remember', ...words], { env: at.env, home: at.home, sleep });
  const id = (await placeId({}, at))!;
  const names = () => remembered(id, at).map(({ name, level }) => `${level} ${name}`);
  return { server, at, learn, id, names };
}

test('all that the person may see is remembered, without a word', async () => {
  const given = { subcommands: { 'team-a': [subcommandOf('tune')], 'kf-system': [subcommandOf('score')] } };
  const { server, learn, names, id, at } = await on(given, [subcommandOf('mine')]);
  assert.equal(await learn(), { code: 0, stdout: '', stderr: '' });
  assert.equal(names(), ['personal mine', 'project tune', 'cluster score']);
  const tune = remembered(id, at)[1]!;
  assert.equal([tune.summary, tune.digest], ['Tune a model', subcommandOf('tune').spec.digest]);
  assert.is(readTable(id, 'tune', at), undefined, 'no source is read for it');
  await server.close();
});

test('of who was granted one name, one is remembered, and no other is asked for', async () => {
  const { server, learn, names } = await on({
    subcommands: { 'team-a': [subcommandOf('tune'), subcommandOf('secret')] },
    may: { 'team-a': ['tune'] },
  });
  await learn();
  assert.equal(names(), ['project tune']);
  assert.equal(askedOf(server), ['GET /team-a/subcommands/tune']);
  await server.close();
});

test("a verb's words are learned once for each digest, and know its options, choices and -o", async () => {
  const given: Registry = { subcommands: { 'team-a': [subcommandOf('tune')] } };
  const { server, learn, at, id } = await on(given);
  await learn('tune');
  const table = readTable(id, 'tune', at)!;
  assert.is(table.digest, subcommandOf('tune').spec.digest);
  const flag = (name: string) => table.command.flags.find(({ names }) => names.includes(name));
  assert.equal(
    [flag('--metric')?.by, flag('--trials')?.what],
    [['loss', 'accuracy'], 'how often (whole number; default 10)'],
  );
  assert.ok(flag('--namespace') && flag('--output') && !flag('--builtin'));
  assert.equal(table.command.args.length, 1);
  const read = () => askedOf(server).filter((line) => line.endsWith('/tune')).length;
  const before = read();
  await learn('tune');
  assert.is(read(), before, 'the same digest is not read again');
  await learn('absent', '--namespace=team-a');
  assert.is(readTable(id, 'absent', at), undefined);
  await server.close();
});

test('what replaces a verb counts only where it says so, of a verb that can be replaced', async () => {
  const replacing = subcommandOf('train', { replaces: 'train' });
  const odd = [
    subcommandOf('logs'),
    subcommandOf('use', { replaces: 'use' }),
    subcommandOf('tune', { replaces: 'train' }),
  ];
  const { server, learn, at, names } = await on({ subcommands: { 'team-a': [replacing, ...odd] } });
  await learn();
  assert.equal(names(), ['project train']);
  for (const verb of ['train', 'logs', 'use'])
    assert.is(await isReplaced(verb, () => ({}), at), verb === 'train', verb);
  const { flags } = await tableOf({ level: 'project', namespace: 'team-a', subcommand: replacing });
  assert.ok(flags.some(({ names: all }) => all.includes('--builtin')));
  await server.close();
});

test('a server that refuses, fails or is gone leaves what was known; what is personal is read all the same', async () => {
  const given: Registry = { subcommands: { 'team-a': [subcommandOf('tune')] } };
  const { server, learn, at, id, names } = await on(given);
  await learn();
  const config = readFileSync(server.kubeconfig, 'utf8');
  await server.close();
  mkdirSync(dirname(server.kubeconfig));
  writeFileSync(server.kubeconfig, config);
  await writePersonal(at, subcommandOf('mine'));
  assert.equal(await learn(), { code: 0, stdout: '', stderr: '' });
  assert.equal(names(), ['personal mine', 'project tune']);
  const index = readIndex(id, at)!;
  assert.ok(index.tried > index.at);
  rmSync(dirname(server.kubeconfig), { recursive: true });
  const none = context({ env: { KUBECONFIG: '/nowhere' } }).context;
  await writePersonal(none, subcommandOf('mine'));
  await renew(none, {});
  assert.equal(
    remembered(undefined, none).map(({ name }) => name),
    ['mine'],
  );
});

test('a cluster without a registry has none, which is known', async () => {
  const gone = status(404, 'NotFound', 'the server could not find the requested resource');
  const root = '/apis/kf.kubeflow.org/v1alpha1/namespaces';
  const { server, learn, at, id } = await on({
    routes: { [`GET ${root}/team-a/subcommands`]: gone, [`GET ${root}/kf-system/subcommands`]: gone },
  });
  await learn();
  const { at: then, entries } = readIndex(id, at)!;
  assert.ok(then > 0);
  assert.equal(entries, []);
  await server.close();
});

test('what was just done is known at once, and no answer of completion outlives it', async () => {
  const { server, at, id, names } = await on({});
  const answers = join(completionRoot(at), 'answers');
  const keep = () => {
    mkdirSync(answers, { recursive: true });
    writeFileSync(join(answers, 'kf+'), 'x');
  };
  keep();
  const found = {
    level: 'project',
    namespace: 'team-a',
    subcommand: subcommandOf('train', { replaces: 'train' }),
  } as const;
  await noteAdded(at, {}, found);
  assert.equal(names(), ['project train']);
  assert.throws(() => mkdirSync(answers) ?? mkdirSync(answers), /EEXIST/);
  assert.ok(await isReplaced('train', () => ({}), at));
  await noteAdded(at, {}, { level: 'personal', subcommand: subcommandOf('mine') });
  assert.equal(
    readIndex(personal, at)?.entries.map(({ name }) => name),
    ['mine'],
  );
  await noteRemoved(at, {}, { name: 'train', level: 'project' });
  await noteRemoved(at, {}, { name: 'mine', level: 'personal' });
  assert.equal(names(), []);
  assert.not(await isReplaced('train', () => ({}), at));
  assert.is(readIndex(id, at)!.at, 0);
  assert.is(server.asked.length, 0, 'and nobody was asked');
  await server.close();
});

test.run();
