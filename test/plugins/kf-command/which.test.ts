import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-command/index.ts';
import { Exit } from '../../../shared/cli/errors.ts';
import { ownVerbs } from '../../../shared/cli/suite.ts';
import type { Subcommand } from '../../../shared/registry/entry.ts';
import { writePersonal } from '../../../shared/registry/personal.ts';
import { context, runCommand } from '../../support/command.ts';
import { type Registry, registry } from '../../support/registry-server.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const test = suite('kubectl kf command which');
const bin = mkdtempSync(join(tmpdir(), 'kf-which-'));
mkdirSync(bin, { recursive: true });
for (const name of ['kubectl-kf', 'kubectl-kf_train', 'kubectl-kf-foo']) {
  writeFileSync(join(bin, name), '');
  chmodSync(join(bin, name), 0o755);
}
test.after(() => rmSync(bin, { recursive: true }));

async function which(words: string[], given: Registry & { personal?: Subcommand[] }) {
  const server = await registry(given);
  const { home } = context().context;
  for (const subcommand of given.personal ?? []) await writePersonal({ env: {}, home }, subcommand);
  const env = { KUBECONFIG: server.kubeconfig, PATH: bin };
  try {
    return await runCommand(group, ['command', 'which', ...words], { env, home });
  } finally {
    await server.close();
  }
}

/** ORDER and WHAT of each row. */
const rows = ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => {
  assert.equal([code, stderr], [0, '']);
  return stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {3,}/).slice(0, 2).join(': '));
};
const at = (level: 'mine' | 'ours' | 'all', name: string, replaces = false): Subcommand =>
  subcommandOf(name, { summary: level, ...(replaces ? { replaces: name } : {}) });

test('the nearest subcommand runs; the others come after', async () => {
  const given = {
    personal: [at('mine', 'tune')],
    subcommands: { 'team-a': [at('ours', 'tune')], 'kf-system': [at('all', 'tune')] },
  };
  assert.equal(rows(await which(['tune'], given)), [
    'runs: tune 0.1.0 of your own',
    'then: tune 0.1.0 of project team-a',
    'then: tune 0.1.0 of the whole cluster',
  ]);
});

test('a built-in is taken by what says that it replaces it, and by nothing else', async () => {
  const replaced = { subcommands: { 'team-a': [at('ours', 'train', true)] } };
  assert.equal(rows(await which(['train'], replaced)), [
    'runs: train 0.1.0 of project team-a, in place of the built-in',
    'then: the built-in of kf-train',
  ]);
  const unasked = { personal: [at('mine', 'train')], subcommands: { 'kf-system': [at('all', 'status')] } };
  assert.equal(rows(await which(['train'], unasked)), ['runs: the built-in of kf-train']);
  assert.equal(rows(await which(['status'], unasked)), ['runs: the built-in of kf']);
});

test('a reserved verb is the built-in, whatever an object says', async () => {
  for (const verb of ['use', 'whoami']) {
    assert.ok(ownVerbs.includes(verb));
    const given = { personal: [at('mine', verb, true)] };
    assert.equal(rows(await which([verb], given)), ['runs: the built-in of kf']);
  }
});

test("anyone's plugin comes before a subcommand; a group that is missing is told with the way to it", async () => {
  assert.equal(rows(await which(['foo'], { personal: [at('mine', 'foo')] })), [
    'runs: the plugin kf-foo',
    'then: foo 0.1.0 of your own',
  ]);
  const missing = await which(['serve'], {});
  assert.match(
    missing.stdout,
    /^missing +the built-in of kf-serve +not installed: kubectl krew install kf\/kf-serve$/m,
  );
});

test('for scripts', async () => {
  const given = { subcommands: { 'team-a': [at('ours', 'train', true)] } };
  assert.is((await which(['train', '-oname'], given)).stdout, 'subcommand.kf.kubeflow.org/train\n');
  assert.is((await which(['train', '-oname'], {})).stdout, `${join(bin, 'kubectl-kf_train')}\n`);
  const { items } = JSON.parse((await which(['train', '-ojson'], given)).stdout);
  assert.equal(
    items.map(({ kind, installed }: { kind: string; installed?: boolean }) => [kind, installed]),
    [
      ['subcommand', undefined],
      ['built-in', true],
    ],
  );
});

test('what is nothing: exit 3, with the closest verb', async () => {
  const { code, stdout, stderr } = await which(['trian'], {});
  assert.equal([code, stdout], [Exit.notFound, '']);
  assert.match(stderr, /^nothing runs as "trian"; did you mean train\?\n/);
  assert.match((await which(['x\u001b[2Jy'], {})).stderr, /^nothing runs as "xy"/);
});

test('where no cluster answers, what is here is told, then the error', async () => {
  const env = { KUBECONFIG: '/nowhere', PATH: bin };
  const { code, stdout, stderr } = await runCommand(group, ['command', 'which', 'train'], { env });
  assert.is(code, Exit.usage);
  assert.match(stdout, /^runs +the built-in of kf-train/m);
  assert.match(stderr, /nowhere/);
});

test.run();
