import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-command/index.ts';
import { Exit } from '../../../shared/cli/errors.ts';
import { addedBy, type Subcommand } from '../../../shared/registry/entry.ts';
import { writePersonal } from '../../../shared/registry/personal.ts';
import { context, runCommand } from '../../support/command.ts';
import { askedOf, type Registry, registry } from '../../support/registry-server.ts';
import { specOf, subcommandOf } from '../../support/subcommands.ts';

const test = suite('kubectl kf command describe');
const now = Date.parse('2026-11-25T12:00:00Z');
const { history: _, ...before } = specOf({ version: '0.0.9', summary: 'older' });
const spec = specOf({
  requires: [
    { verbs: ['create'], group: 'trainer.kubeflow.org', resource: 'trainjobs' },
    { verbs: ['get', 'list'], group: '', resource: 'pods', subresource: 'log' },
  ],
  dependencies: ['numpy>=2'],
  origin: { url: 'https://git.example.com/team/jobs.git', commit: 'a'.repeat(40), path: 'tune.py' },
  history: [before],
});
const ours: Subcommand = {
  ...subcommandOf('tune'),
  metadata: { name: 'tune', creationTimestamp: '2026-11-25T11:00:00Z', annotations: { [addedBy]: 'bob@x.org' } },
  spec,
};
const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const mayOnly = (verb: string): Registry['routes'] => ({
  [`POST ${reviews}`]: ({ body }) => ({
    body: { status: { allowed: JSON.parse(body).spec.resourceAttributes.verb === verb } },
  }),
});

async function describe(words: string[], given: Registry & { personal?: Subcommand[]; terminal?: number }) {
  const server = await registry(given);
  const { home } = context().context;
  for (const subcommand of given.personal ?? []) await writePersonal({ env: {}, home }, subcommand);
  const world = { env: { KUBECONFIG: server.kubeconfig }, home, now: () => now };
  try {
    const terminal = given.terminal === undefined ? {} : { terminal: given.terminal };
    return { ...(await runCommand(group, ['command', 'describe', ...words], { ...world, ...terminal })), server };
  } finally {
    await server.close();
  }
}

test('all there is to know: where, who, parameters as in help, needs and whether one has them, origin, digest', async () => {
  const subcommands = { 'team-a': [ours], 'kf-system': [subcommandOf('tune')] };
  const { code, stdout, stderr } = await describe(['tune'], { subcommands, routes: mayOnly('get')! });
  assert.equal([code, stderr], [0, '']);
  assert.is(
    stdout.replaceAll(/ {3,}/g, '   '),
    `name   tune
version   0.1.0
summary   Tune a model
level   project team-a
added   by bob@x.org, 60m ago (2026-11-25T11:00:00Z)
stands before   tune 0.1.0 of the whole cluster
usage   kubectl kf tune <name> [--trials <trials>] [--metric <metric>]
  name   text
  --trials   how often (whole number; default 10)
  --metric   (loss | accuracy; default loss)
runs   on this machine or in the cluster
runtime   python, starts at tune.tune
packages   numpy>=2
needs   create trainjobs.trainer.kubeflow.org: you may not
needs   get,list pods/log: you may not list
origin   https://git.example.com/team/jobs.git, tune.py, at commit ${'a'.repeat(40)}
digest   ${spec.digest}
source   tune.py (2 lines): --source shows it
versions before   0.0.9
`,
  );
});

test('for programs, without the source; the source alone with --source', async () => {
  const given = { subcommands: { 'team-a': [ours] }, routes: mayOnly('create')! };
  const data = JSON.parse((await describe(['tune', '-ojson'], given)).stdout);
  assert.equal([data.name, data.level, data.addedBy, data.digestHolds], ['tune', 'project', 'bob@x.org', true]);
  assert.equal([data.files, data.history], [['tune.py'], [{ version: '0.0.9', digest: before.digest }]]);
  assert.equal(data.lacks, [{ verbs: ['get', 'list'], group: '', resource: 'pods', subresource: 'log' }]);
  assert.is((await describe(['tune', '-oname'], given)).stdout, 'subcommand.kf.kubeflow.org/tune\n');
  const source = await describe(['tune', '--source'], given);
  assert.is(source.stdout, `==> tune.py <==\n${spec.files['tune.py']}`);
});

test('what replaces a built-in says so; a digest that is not of what it holds is told', async () => {
  const train = subcommandOf('train', { replaces: 'train' });
  const told = await describe(['train'], { subcommands: { 'team-a': [train] } });
  assert.match(told.stdout, /^replaces +the built-in train, which --builtin runs$/m);
  const forged = { ...ours, spec: { ...spec, requires: [], files: { 'tune.py': 'evil()\n' } } };
  const forgery = await describe(['tune'], { subcommands: { 'team-a': [forged] } });
  assert.match(forgery.stdout, /^digest +sha256:\w{64} is NOT of what it holds: it will not be run$/m);
});

test('a level chooses; one that may not be seen is as one that is not there', async () => {
  const subcommands = { 'team-a': [ours], 'kf-system': [subcommandOf('tune', { summary: 'of all' })] };
  assert.match((await describe(['tune', '--cluster'], { subcommands })).stdout, /^summary +of all$/m);
  const forbidden = await describe(['tune'], { subcommands, may: {} });
  const missing = await describe(['tune'], {});
  for (const { code, stdout, stderr } of [forbidden, missing]) {
    assert.equal([code, stdout], [Exit.notFound, '']);
    assert.is(
      stderr,
      'no subcommand "tune" that you can see among your own, in project team-a, or for the whole cluster\nsee those there are: kubectl kf command list\n',
    );
  }
  assert.equal(askedOf(forbidden.server), ['GET /kf-system/subcommands/tune', 'GET /team-a/subcommands/tune']);
});

test('one’s own is described where no cluster answers', async () => {
  const { home } = context().context;
  await writePersonal({ env: {}, home }, { ...ours, metadata: { name: 'tune' } });
  const { code, stdout } = await runCommand(group, ['command', 'describe', 'tune'], {
    home,
    env: { KUBECONFIG: '/nowhere' },
  });
  assert.is(code, 0);
  assert.match(stdout, /^level +your own$/m);
  assert.match(stdout, /^needs +create trainjobs\.trainer\.kubeflow\.org \(whether you may was not to be learned\)$/m);
});

test('no escape sequence gets through, in facts or source', async () => {
  const evil = subcommandOf('evil', {
    summary: 'a\u001b[2Jb',
    description: '\u001b',
    files: { 'tune.py': '# \u001b]0;x\u0007\u202e\n' },
  });
  const given = { subcommands: { 'team-a': [evil] }, terminal: 100 };
  for (const words of [['evil'], ['evil', '--source']]) {
    const { code, stdout } = await describe(words, given);
    assert.is(code, 0);
    assert.not.match(stdout, /[\u001b\u202e]/);
  }
});

test.run();
