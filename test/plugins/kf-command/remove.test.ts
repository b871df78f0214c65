import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-command/index.ts';
import { Exit } from '../../../shared/cli/errors.ts';
import { answer as mainAnswer } from '../../../shared/cli/main.ts';
import { addedBy, type Subcommand } from '../../../shared/registry/entry.ts';
import { isPersonal, personalFolder, writePersonal } from '../../../shared/registry/personal.ts';
import { type Answer, type Handler, status } from '../../support/api-server.ts';
import { context, runCommand } from '../../support/command.ts';
import { askedOf, type Registry, registry } from '../../support/registry-server.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const test = suite('kubectl kf command remove');
const mine = subcommandOf('tune');
const ours: Subcommand = {
  ...mine,
  metadata: { name: 'tune', uid: 'u-1', annotations: { [addedBy]: 'bob@x.org' } },
};
const path = '/apis/kf.kubeflow.org/v1alpha1/namespaces/team-a/subcommands/tune';
const takes = (answer: Handler | Answer = { body: {} }) => ({ [`DELETE ${path}`]: answer });

async function remove(words: string[], given: Registry & { personal?: Subcommand[] }) {
  const server = await registry(given);
  const { home } = context().context;
  for (const subcommand of given.personal ?? []) await writePersonal({ env: {}, home }, subcommand);
  const env = { KUBECONFIG: server.kubeconfig };
  try {
    return {
      ...(await runCommand(group, ['command', 'remove', ...words], { env, home })),
      server,
      home,
    };
  } finally {
    await server.close();
  }
}

test('the nearest goes; where nobody can be asked, --yes must be said', async () => {
  const given = { personal: [mine], subcommands: { 'team-a': [ours] } };
  const refused = await remove(['tune'], given);
  assert.equal([refused.code, refused.stdout], [Exit.usage, '']);
  assert.is(
    refused.stderr,
    'would remove tune 0.1.0 of your own, and there is no terminal to ask on\nsay so with --yes\n',
  );
  assert.ok(isPersonal({ env: {}, home: refused.home }, 'tune'));
  const done = await remove(['tune', '--yes'], given);
  assert.equal([done.code, done.stderr, askedOf(done.server)], [0, 'tune 0.1.0 of your own removed\n', []]);
  assert.not.ok(isPersonal({ env: {}, home: done.home }, 'tune'));
});

test('of the project: just the object that was seen goes; what it replaced is the built-in again', async () => {
  const done = await remove(['tune', '--project', '-y'], { subcommands: { 'team-a': [ours] }, routes: takes() });
  assert.equal([done.code, done.stderr], [0, 'tune 0.1.0 from project team-a removed\n']);
  const sent = done.server.asked.find(({ method }) => method === 'DELETE');
  assert.equal(JSON.parse(sent!.body).preconditions, { uid: 'u-1' });
  const train = subcommandOf('train', { replaces: 'train' });
  const told = await remove(['train', '-y'], { personal: [train] });
  assert.match(told.stderr, /^train 0\.1\.0 of your own removed: train is the built-in again/);
});

test('a dry run removes nothing', async () => {
  const client = await remove(['tune', '--dry-run=client'], { personal: [mine] });
  assert.equal([client.code, client.stderr], [0, 'tune 0.1.0 of your own would be removed\n']);
  assert.ok(isPersonal({ env: {}, home: client.home }, 'tune'));
  const server = await remove(['tune', '--dry-run=server'], { subcommands: { 'team-a': [ours] }, routes: takes() });
  assert.is(server.code, 0);
  assert.equal(JSON.parse(server.server.asked.at(-1)!.body).dryRun, ['All']);
});

test('on a terminal it asks, and names who added it', async () => {
  const answered = async (answer: string) => {
    const server = await registry({ subcommands: { 'team-a': [ours] }, routes: takes() });
    const made = context({
      terminal: 100,
      colorDepth: 1,
      stdin: `${answer}\n`,
      env: { KUBECONFIG: server.kubeconfig },
    });
    Object.assign(made.context.stdin, { isTTY: true });
    try {
      const code = await mainAnswer(group, ['command', 'remove', 'tune'], made.context);
      return { code, stderr: made.stderr(), server };
    } finally {
      await server.close();
    }
  };
  const no = await answered('n');
  assert.is(no.code, Exit.failed);
  assert.match(no.stderr, /remove tune 0\.1\.0 from project team-a, which bob@x\.org added\? \[y\/N\] /);
  assert.match(no.stderr, /nothing was removed\n$/);
  assert.not.ok(no.server.asked.some(({ method }) => method === 'DELETE'));
  const yes = await answered('y');
  assert.is(yes.code, 0);
  assert.match(yes.stderr, /tune 0\.1\.0 from project team-a removed\n$/);
});

test('what is not whole can be taken away all the same', async () => {
  const { home } = context().context;
  await writePersonal({ env: {}, home }, mine);
  const file = join(personalFolder({ env: {}, home }), 'tune.yaml');
  writeFileSync(file, '[');
  const own = await runCommand(group, ['command', 'remove', 'tune', '--yes'], { home });
  assert.equal([own.code, existsSync(file)], [0, false]);
  const broken = { ...ours, spec: 'x' } as unknown as Subcommand;
  assert.is((await remove(['tune', '-y'], { subcommands: { 'team-a': [broken] }, routes: takes() })).code, 0);
});

test('none there, no right, and one that was made anew meanwhile: exit codes and words', async () => {
  const none = await remove(['tune', '-y'], {});
  assert.is(none.code, Exit.notFound);
  assert.match(none.stderr, /^no subcommand "tune" that you can see/);
  const subcommands = { 'team-a': [ours] };
  const no = status(
    403,
    'Forbidden',
    'subcommands "tune" is forbidden: User "tester" cannot delete resource "subcommands" in API group "kf.kubeflow.org" in the namespace "team-a"',
    { name: 'tune' },
  );
  const forbidden = await remove(['tune', '-y'], { subcommands, routes: takes(no) });
  assert.equal([forbidden.code, forbidden.stdout], [Exit.forbidden, '']);
  assert.match(forbidden.stderr, /^not allowed: tester may not delete subcommands in team-a\n/);
  const changed = await remove(['tune', '-y'], {
    subcommands,
    routes: takes(status(409, 'Conflict', 'uid', { name: 'tune' })),
  });
  assert.is(changed.code, Exit.failed);
  assert.match(changed.stderr, /^tune was made anew by another at the same time; nothing was removed\n/);
});

test.run();
