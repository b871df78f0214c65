import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-command/index.ts';
import { isReplaced, placeId, writeIndex } from '../../../shared/registry/remembered.ts';
import { context, runCommand } from '../../support/command.ts';
import { registry } from '../../support/registry-server.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const entry = (name: string, replaces?: string) => ({
  ...{ name, level: 'project' as const, summary: '', digest: 'd' },
  ...(replaces ? { replaces } : {}),
});

/** Runs a verb as the dispatcher has it run, on a machine that has these programs. */
async function added(kubeconfig: string, words: string[], known: ReturnType<typeof entry>[] = []) {
  const { context: at } = context();
  const env = { KUBECONFIG: kubeconfig, PATH: at.home };
  for (const name of ['kubectl-kf', 'kubectl-kf_train']) {
    writeFileSync(join(at.home, name), '#!/bin/sh\n');
    chmodSync(join(at.home, name), 0o755);
  }
  const world = { env, home: at.home, self: join(at.home, 'kubectl-kf_command') };
  const { context: here } = context(world);
  const id = await placeId({}, here);
  if (id) writeIndex(id, known, here);
  let handed: string[] | undefined;
  const handOver = async (file: string, args: string[]) => {
    handed = [file.replace(`${at.home}/`, ''), ...args];
    return 42;
  };
  const result = await runCommand(group, ['command', '__added', ...words], { ...world, handOver });
  return { ...result, handed, here };
}

test('a verb that nobody has added gives the closest, of those that are remembered too', async () => {
  const server = await registry({});
  const of = async (...words: string[]) => {
    const { code, stdout, stderr, handed } = await added(server.kubeconfig, words, [entry('finetune')]);
    assert.equal([code, stdout, handed], [2, '', undefined]);
    return stderr;
  };
  assert.is(await of('finetun', 'x'), 'no verb "finetun"; did you mean finetune?\n');
  assert.is(await of('trian'), 'no verb "trian"; did you mean train?\n');
  assert.is(await of('finetune'), 'no verb "finetune"\nsee kubectl kf --help for those there are\n', 'not itself');
  assert.match(await of('quite-another'), /^no verb "quite-another"\nsee /);
  await server.close();
});

test('a verb that was replaced, and is no more, is the built-in again, now and from then on', async () => {
  const server = await registry({ subcommands: { 'team-a': [subcommandOf('tune')] } });
  const train = await added(server.kubeconfig, ['train', 'list', '-A'], [entry('train', 'train')]);
  assert.equal([train.code, train.handed], [42, ['kubectl-kf_train', '--builtin', 'list', '-A']]);
  assert.not(await isReplaced('train', () => ({}), train.here));
  const logs = await added(server.kubeconfig, ['logs', 'x', '--', 'y'], [entry('logs', 'logs')]);
  assert.equal(logs.handed, ['kubectl-kf', 'logs', '--builtin', 'x', '--', 'y']);
  await server.close();
});

test('what has the name of a built-in and does not say that it replaces it never runs in its place', async () => {
  const server = await registry({ subcommands: { 'team-a': [subcommandOf('train')] } });
  const { handed } = await added(server.kubeconfig, ['train', 'list']);
  assert.equal(handed, ['kubectl-kf_train', '--builtin', 'list']);
  await server.close();
});

test('where the cluster is away, a slip is told as one, and a replaced verb is not silently another', async () => {
  const server = await registry({});
  await server.close();
  const file = join(context().context.home, 'config');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'a' },
    contexts: [{ name: 'a', context: { cluster: 'c', namespace: 'team-a' } }],
    clusters: [{ name: 'c', cluster: { server: server.url } }],
  };
  writeFileSync(file, JSON.stringify(config));
  const slip = await added(file, ['trian']);
  assert.is(slip.code, 5);
  assert.match(slip.stderr, /\nno verb "trian"; did you mean train\?; what was added there can't be asked for\n$/);
  const replaced = await added(file, ['train', 'x'], [entry('train', 'train')]);
  assert.equal([replaced.code, replaced.handed], [5, undefined]);
  assert.match(replaced.stderr, /\ntrain was replaced in this project; the original runs with --builtin\n$/);
});

test('without any cluster, a verb is unknown as before', async () => {
  const { code, stderr } = await added('/nowhere/config', ['trian', 'x']);
  assert.equal([code, stderr], [2, 'no verb "trian"; did you mean train?\n']);
});

test.run();
