import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-command/index.ts';
import { Exit } from '../../../shared/cli/errors.ts';
import { addedBy, type Subcommand } from '../../../shared/registry/entry.ts';
import { personalFolder, writePersonal } from '../../../shared/registry/personal.ts';
import { status } from '../../support/api-server.ts';
import { context, runCommand } from '../../support/command.ts';
import { askedOf, type Registry, registry } from '../../support/registry-server.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const test = suite('kubectl kf command list');
const now = Date.parse('2026-11-25T12:00:00Z');
const ours = {
  ...subcommandOf('tune', { summary: 'of the project' }),
  metadata: { name: 'tune', creationTimestamp: '2026-11-25T11:00:00Z', annotations: { [addedBy]: 'bob@x.org' } },
};
const everyones = [subcommandOf('tune'), subcommandOf('train', { replaces: 'train', pinned: true })];

/** The command's words in a world with such a registry and personal subcommands. */
async function list(words: string[], given: Registry & { personal?: Subcommand[] }) {
  const server = await registry(given);
  const { home } = context().context;
  for (const subcommand of given.personal ?? []) await writePersonal({ env: {}, home }, subcommand);
  const env = { KUBECONFIG: server.kubeconfig };
  try {
    return { ...(await runCommand(group, ['command', 'list', ...words], { env, home, now: () => now })), server, home };
  } finally {
    await server.close();
  }
}

const all = { personal: [subcommandOf('mine')], subcommands: { 'team-a': [ours], 'kf-system': everyones } };

test('each level, by name, the nearest first; what is behind another says so', async () => {
  const { code, stdout, stderr } = await list([], all);
  assert.equal([code, stderr], [0, '']);
  assert.is(
    stdout,
    `NAME    VERSION   LEVEL     RUNTIME   NOTE                            SUMMARY
mine    0.1.0     yours     python    -                               Tune a model
train   0.1.0     cluster   python    replaces the built-in, pinned   Tune a model
tune    0.1.0     project   python    -                               of the project
tune    0.1.0     cluster   python    behind the project's            Tune a model
`,
  );
});

test('-o wide tells who added it; json, yaml and name are for programs', async () => {
  const wide = await list(['-o', 'wide', '--project'], all);
  assert.match(
    wide.stdout,
    new RegExp(`^tune +0\\.1\\.0 +project +python +${ours.spec.digest.slice(0, 19)} +bob@x\\.org +60m +-`, 'm'),
  );
  const json = JSON.parse((await list(['-o', 'json'], all)).stdout);
  assert.equal([json.kind, json.items.length, json.notReadable], ['SubcommandSummaryList', 4, []]);
  assert.is(json.items[2].addedBy, 'bob@x.org');
  assert.is((await list(['-oname'], all)).stdout.split('\n')[0], 'subcommand.kf.kubeflow.org/mine');
});

test('one level alone asks for that alone', async () => {
  const names = async (flag: string) => {
    const { code, stdout, server } = await list([flag, '-oname'], all);
    assert.is(code, 0);
    return [stdout.trim().replaceAll('subcommand.kf.kubeflow.org/', '').split('\n').join(), askedOf(server).join()];
  };
  assert.equal(await names('--personal'), ['mine', '']);
  assert.equal(await names('--project'), ['tune', 'GET /team-a/subcommands']);
  assert.equal(await names('--cluster'), ['train,tune', 'GET /kf-system/subcommands']);
  const two = await list(['--project', '--cluster'], all);
  assert.equal([two.code, two.stdout], [Exit.usage, '']);
});

test('a person granted one name sees one, another sees none, and nothing else is asked for', async () => {
  const one = await list([], { ...all, personal: [], may: { 'kf-system': ['train'] } });
  assert.equal(
    [one.code, one.stdout.split('\n').length, askedOf(one.server)],
    [0, 3, ['GET /kf-system/subcommands/train']],
  );
  const none = await list([], { ...all, personal: [], may: {} });
  assert.equal([none.code, none.stdout, askedOf(none.server)], [0, '', []]);
  assert.match(none.stderr, /^no subcommands of your own, in team-a or of the cluster that you may see\nadd one: /);
});

test('without a registry one’s own are listed, and a line says why there are no more', async () => {
  const missing = status(404, 'NotFound', 'the server could not find the requested resource');
  const root = '/apis/kf.kubeflow.org/v1alpha1/namespaces';
  const routes = { [`GET ${root}/team-a/subcommands`]: missing, [`GET ${root}/kf-system/subcommands`]: missing };
  const { code, stdout, stderr } = await list(['-oname'], { personal: [subcommandOf('mine')], routes });
  assert.equal([code, stdout], [0, 'subcommand.kf.kubeflow.org/mine\n']);
  assert.match(stderr, /^this cluster has no registry of subcommands; its admin adds it: kubectl kf command init\n$/);
});

test('where the server is away one’s own are listed, then the error, exit 5', async () => {
  const { server, home } = await list([], all);
  const env = { KUBECONFIG: '/nowhere' };
  const offline = await runCommand(group, ['command', 'list', '--personal', '-oname'], { env, home });
  assert.equal([offline.code, offline.stdout, offline.stderr], [0, 'subcommand.kf.kubeflow.org/mine\n', '']);
  writeFileSync(join(home, 'config'), kubeconfig(server.url));
  const away = await runCommand(group, ['command', 'list', '-oname'], {
    env: { KUBECONFIG: join(home, 'config') },
    home,
  });
  assert.equal([away.code, away.stdout], [Exit.unreachable, 'subcommand.kf.kubeflow.org/mine\n']);
  assert.match(away.stderr, /^cannot reach http:\/\/127\.0\.0\.1:\d+.*connection refused\n/);
});

const kubeconfig = (server: string) => `{apiVersion: v1, kind: Config, current-context: c,
contexts: [{name: c, context: {cluster: c, user: u}}], users: [{name: u, user: {token: t}}], clusters: [{name: c, cluster: {server: "${server}"}}]}`;

test('what is not whole is told in a line; nothing from the cluster gets to the terminal as it is', async () => {
  const evil = subcommandOf('evil', { summary: '\u001b[2J\u202egone' });
  const { home } = context().context;
  await writePersonal({ env: {}, home }, evil);
  writeFileSync(join(personalFolder({ env: {}, home }), 'bad.yaml'), 'kind: "\u001b[31m"');
  const { code, stdout, stderr } = await runCommand(group, ['command', 'list', '--personal'], { home, terminal: 200 });
  assert.is(code, 0);
  assert.match(stdout, /^evil +0\.1\.0 +yours +python +- +\ufffdgone$/m);
  assert.match(stderr, /^cannot read .*bad\.yaml: /);
  assert.not.match(stdout + stderr, /\u001b/);
});

test.run();
