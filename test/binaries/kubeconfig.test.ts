// no cluster
/** What `use` writes and how several kubeconfig files merge, with the real kubectl's word beside it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { choose } from '../../shared/kube/config.ts';
import { setContextNamespace } from '../../shared/kube/edit.ts';
import { krewTools, skipReason } from '../cluster/index.ts';
import { run } from '../cluster/system.ts';
import { makeContext } from '../shared/kube/support.ts';
import { testUnless } from '../support/real.ts';

const real = testUnless(skipReason());
const folder = mkdtempSync(join(tmpdir(), 'kf-kubectl-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
async function kubectl(KUBECONFIG: string, ...args: string[]): Promise<string> {
  const ended = await run(join(await krewTools(), 'kubectl'), args, {
    env: { PATH: process.env.PATH, HOME: folder, KUBECONFIG },
  });
  assert.is(ended.code, 0, ended.stderr);
  return ended.stdout;
}
const view = async (files: string) => JSON.parse(await kubectl(files, 'config', 'view', '--raw', '-o', 'json'));

const one = `# mine
apiVersion: v1
kind: Config
contexts:
- name: dev   # for trying
  context:
    cluster: c
    user: u
- {name: "odd name", context: {cluster: c, user: u, namespace: old}}
clusters:
- name: c
  cluster: {server: "https://one:6443"}
`;
const two = `current-context: dev
contexts:
- name: dev
  context: {cluster: other, user: u, namespace: not-this}
- name: prod
  context: {cluster: c, user: u}
clusters:
- name: c
  cluster: {server: "https://two:6443", insecure-skip-tls-verify: true}
users:
- name: u
  user: {token: t}
`;

real('kubectl reads what was written, and nothing else differs', async () => {
  for (const [context, namespace] of [
    ['dev', 'team-a'],
    ['odd name', '123'],
    ['dev', 'team-b'],
    ['prod', 'true'],
  ] as const) {
    const files = `${write('one', one)}:${join(folder, 'missing')}:${write('two', two)}`;
    const before = await view(files);
    await setContextNamespace({ context }, makeContext({ KUBECONFIG: files }), namespace);
    for (const each of before.contexts) if (each.name === context) each.context.namespace = namespace;
    assert.equal(await view(files), before);
  }
});

real('it is the same file that kubectl config set-context changes', async () => {
  for (const context of ['dev', 'prod']) {
    const files = `${write('one', one)}:${write('two', two)}`;
    await kubectl(files, 'config', 'set-context', context, '--namespace', 'x');
    const changed = [
      readFileSync(join(folder, 'one'), 'utf8') !== one,
      readFileSync(join(folder, 'two'), 'utf8') !== two,
    ];
    write('one', one);
    write('two', two);
    await setContextNamespace({ context }, makeContext({ KUBECONFIG: files }), 'x');
    assert.equal(
      [readFileSync(join(folder, 'one'), 'utf8') !== one, readFileSync(join(folder, 'two'), 'utf8') !== two],
      changed,
    );
  }
});

real('files merge as kubectl merges them', async () => {
  const files = `${write('one', one)}:${write('two', two)}`;
  for (const flags of [{}, { context: 'prod' }, { context: 'odd name' }]) {
    const chosen = await choose(flags, makeContext({ KUBECONFIG: files }));
    const args = [
      'config',
      'view',
      '--raw',
      '--minify',
      '-o',
      'json',
      ...(flags.context ? ['--context', flags.context] : []),
    ];
    const { contexts, clusters, users } = JSON.parse(await kubectl(files, ...args));
    assert.equal(
      [
        chosen.contextName,
        chosen.namespace,
        chosen.cluster.name,
        chosen.cluster.server,
        chosen.cluster.insecure,
        chosen.user.token,
      ],
      [
        contexts[0].name,
        contexts[0].context.namespace ?? 'default',
        clusters[0].name,
        clusters[0].cluster.server,
        false,
        users[0].user.token,
      ],
    );
  }
});

test.run();
