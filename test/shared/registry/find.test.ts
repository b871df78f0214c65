import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Exit } from '../../../shared/cli/errors.ts';
import type { Level, Subcommand } from '../../../shared/registry/entry.ts';
import { addedBy } from '../../../shared/registry/entry.ts';
import { allSubcommands, findEverywhere, findSubcommand } from '../../../shared/registry/find.ts';
import { personalFolder, writePersonal } from '../../../shared/registry/personal.ts';
import { status } from '../../support/api-server.ts';
import { context } from '../../support/command.ts';
import { askedOf, type Registry, registry } from '../../support/registry-server.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const [mine, ours, everyones] = ['mine', 'ours', 'of all'].map((summary) => subcommandOf('tune', { summary }));

async function on(given: Registry & { personal?: Subcommand[] }) {
  const server = await registry(given);
  const { context: made } = context();
  for (const subcommand of given.personal ?? []) await writePersonal(made, subcommand);
  const kube = await made.kube({ kubeconfig: server.kubeconfig });
  const close = async () => {
    kube.close();
    await server.close();
  };
  return { server, context: made, kube, close };
}

test('the nearest wins, and what is nearer costs no more than it must', async () => {
  const cluster = { 'kf-system': [everyones!] };
  const cases: [Registry & { personal?: Subcommand[] }, [Level, string] | undefined, string[]][] = [
    [{ personal: [mine!], subcommands: { 'team-a': [ours!], ...cluster } }, ['personal', 'mine'], []],
    [{ subcommands: { 'team-a': [ours!], ...cluster } }, ['project', 'ours'], ['team-a']],
    [{ subcommands: cluster }, ['cluster', 'of all'], ['kf-system', 'team-a']],
    [{}, undefined, ['kf-system', 'team-a']],
    [{ subcommands: cluster, may: {} }, undefined, ['kf-system', 'team-a']],
    [{ subcommands: cluster, may: { 'kf-system': ['tune'] } }, ['cluster', 'of all'], ['kf-system', 'team-a']],
  ];
  for (const [given, wanted, asked] of cases) {
    const { server, close, ...options } = await on(given);
    const found = await findSubcommand('tune', options);
    assert.equal(found && [found.level, found.subcommand.spec.summary], wanted);
    // The cluster's answer is not waited for where the project has one: its request may not have come.
    const told = askedOf(server).filter((line) => wanted?.[0] !== 'project' || !line.includes('kf-system'));
    assert.equal(
      told,
      asked.map((namespace) => `GET /${namespace}/subcommands/tune`),
    );
    await close();
  }
});

test('one level alone, and all of them', async () => {
  const subcommands = { 'team-a': [ours!], 'kf-system': [everyones!] };
  const { server, close, ...options } = await on({ personal: [mine!], subcommands });
  const summaries = async (level?: Level) =>
    (await findEverywhere('tune', { ...options, level })).map(({ subcommand }) => subcommand.spec.summary);
  assert.equal(await summaries(), ['mine', 'ours', 'of all']);
  for (const [level, summary] of [
    ['personal', 'mine'],
    ['project', 'ours'],
    ['cluster', 'of all'],
  ] as const)
    assert.equal(await summaries(level), [summary]);
  assert.equal(
    (await findEverywhere('tune', { context: options.context, kube: undefined })).map(({ level }) => level),
    ['personal'],
  );
  await close();
});

test('a server that has no registry has none; one that is not there is an error, but not for a personal one', async () => {
  const { server, close, ...options } = await on({ personal: [mine!] });
  await close();
  assert.is((await findSubcommand('tune', options))?.level, 'personal');
  const error = await findSubcommand('other', options).catch((thrown) => thrown);
  assert.is(error.exit, Exit.unreachable);
  const bare = await on({
    routes: {
      'GET /apis/kf.kubeflow.org/v1alpha1/namespaces/team-a/subcommands/tune': status(404, 'NotFound', 'no such path'),
    },
  });
  assert.is(await findSubcommand('other', bare), undefined);
  await bare.close();
});

test('the nearest that is not whole is an error, never passed over for one behind it', async () => {
  const evil = { ...ours!, spec: { ...ours!.spec, files: { '../../.bashrc': 'x' } } };
  const { close, ...options } = await on({ subcommands: { 'team-a': [evil], 'kf-system': [everyones!] } });
  const error = await findSubcommand('tune', options).catch((thrown) => thrown);
  assert.match(error.message, /tune in team-a is no subcommand that can be used: "\.\.\/\.\.\/\.bashrc" is no path/);
  await close();
});

test('all: each level, from tables; who may not list gets those that are granted, and nothing else is asked for', async () => {
  const added = {
    ...everyones!,
    metadata: { name: 'tune', creationTimestamp: '2026-11-01T00:00:00Z', annotations: { [addedBy]: 'bob@x.org' } },
  };
  const pinned = subcommandOf('train', { replaces: 'train', pinned: true });
  const subcommands = { 'team-a': [ours!, pinned], 'kf-system': [added, subcommandOf('other')] };
  const admin = await on({ personal: [mine!], subcommands });
  const { found, notes } = await allSubcommands(admin.context, admin.kube);
  assert.equal(notes, []);
  assert.equal(
    found.map(({ name, level, summary }) => [name, level, summary]),
    [
      ['tune', 'personal', 'mine'],
      ['tune', 'project', 'ours'],
      ['train', 'project', 'Tune a model'],
      ['tune', 'cluster', 'of all'],
      ['other', 'cluster', 'Tune a model'],
    ],
  );
  assert.equal([found[2]!.replaces, found[2]!.pinned, found[2]!.namespace], ['train', true, 'team-a']);
  assert.equal([found[3]!.addedBy, found[3]!.created], ['bob@x.org', '2026-11-01T00:00:00Z']);
  assert.is(found[3]!.digest, everyones!.spec.digest);
  assert.equal(askedOf(admin.server), ['GET /kf-system/subcommands', 'GET /team-a/subcommands']);
  await admin.close();

  const granted = await on({ subcommands, may: { 'kf-system': ['tune', 'gone'] } });
  const seen = await allSubcommands(granted.context, granted.kube);
  assert.equal([seen.found.map(({ name, summary }) => [name, summary]), seen.notes], [[['tune', 'of all']], []]);
  assert.equal(askedOf(granted.server), ['GET /kf-system/subcommands/gone', 'GET /kf-system/subcommands/tune']);
  await granted.close();

  const nobody = await on({ subcommands, may: {} });
  assert.equal(await allSubcommands(nobody.context, nobody.kube), { found: [], notes: [] });
  assert.equal(askedOf(nobody.server), []);
  await nobody.close();
});

test('where the rules are not whole a list is tried, then the names; that there may be more is said', async () => {
  const {
    server,
    close,
    context: made,
    kube,
  } = await on({
    subcommands: { 'kf-system': [everyones!] },
    may: { 'kf-system': ['tune'] },
    incomplete: true,
  });
  const { found, notes } = await allSubcommands(made, kube);
  assert.equal(
    found.map(({ name }) => name),
    ['tune'],
  );
  assert.is(notes.length, 2);
  assert.match(notes[1]!, /can't tell all that you may see in kf-system/);
  assert.equal(askedOf(server), [
    'GET /kf-system/subcommands',
    'GET /kf-system/subcommands/tune',
    'GET /team-a/subcommands',
  ]);
  await close();
});

test('a cluster without a registry and a file that is none are told in a line each', async () => {
  const missing = status(404, 'NotFound', 'the server could not find the requested resource');
  const root = '/apis/kf.kubeflow.org/v1alpha1/namespaces';
  const routes = { [`GET ${root}/team-a/subcommands`]: missing, [`GET ${root}/kf-system/subcommands`]: missing };
  const { close, context: made, kube } = await on({ personal: [mine!], routes });
  writeFileSync(join(personalFolder(made), 'bad.yaml'), '[');
  const { found, notes } = await allSubcommands(made, kube);
  assert.equal(
    found.map(({ name }) => name),
    ['tune'],
  );
  assert.match(
    notes.join('\n'),
    /^cannot read .*bad\.yaml: .*\nthis cluster has no registry of subcommands; .*command init$/,
  );
  await close();
});

test.run();
