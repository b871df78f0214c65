import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { choose } from '../../../shared/kube/config.ts';
import { inCluster } from '../../../shared/kube/config-in-cluster.ts';
import { at, failure, kubeconfig, makeContext } from './support.ts';

const write = (name: string, value: unknown): string => {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), typeof value === 'string' ? value : JSON.stringify(value));
  return at(name);
};
const choice = (files: string[], flags: object = {}, env: Record<string, string> = {}) =>
  choose(flags, makeContext({ KUBECONFIG: files.join(':'), ...env }));

const yaml = `apiVersion: v1
kind: Config
current-context: "dev"   # quoted
contexts:
- name: dev
  context: {cluster: c1, user: u1, namespace: team-a}
- name: prod
  context:
    cluster: c2
    user: u2
clusters:
- name: c1
  cluster:
    server: https://one.test:6443/
    certificate-authority: pki/ca.crt
- name: c2
  cluster: {server: "https://two.test/k8s/x"}
users:
- name: u1
  user:
    client-certificate: ../u.crt
    client-key: /abs/u.key
    tokenFile: tok
- name: u2
  user:
    exec: {command: bin/plugin, apiVersion: v1}
`;

test('YAML; paths are relative to the file; defaults', async () => {
  write('a/config', yaml);
  const dev = await choice([at('a/config')]);
  assert.equal([dev.contextName, dev.namespace, dev.namespaceGiven], ['dev', 'team-a', false]);
  assert.is(dev.cluster.server, 'https://one.test:6443');
  assert.equal(dev.cluster.ca, { file: at('a/pki/ca.crt') });
  assert.equal(
    [dev.user.cert, dev.user.key, dev.user.tokenFile],
    [{ file: at('u.crt') }, { file: '/abs/u.key' }, at('a/tok')],
  );
  const prod = await choice([at('a/config')], { context: 'prod' });
  assert.equal(
    [prod.namespace, prod.cluster.server, prod.user.exec!.command],
    ['default', 'https://two.test/k8s/x', at('a/bin/plugin')],
  );
});

test('--cluster, --user and --namespace replace what the context says; --cluster alone is enough without one', async () => {
  write('a/config', yaml);
  const mixed = await choice([at('a/config')], { cluster: 'c2', user: 'u1', namespace: 'n' });
  assert.equal([mixed.cluster.name, mixed.user.name, mixed.namespace, mixed.namespaceGiven], ['c2', 'u1', 'n', true]);
  write('none', yaml.replace(/current-context.*/, ''));
  assert.is((await choice([at('none')], { cluster: 'c2' })).cluster.name, 'c2');
});

test('several files: the first that sets a name wins whole; missing and empty ones are skipped', async () => {
  const one = write('one', {
    contexts: [{ name: 'x', context: { cluster: 'c' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://first' } }],
  });
  const two = write('two', {
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', namespace: 'not-this' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://second', 'certificate-authority': 'x' } }],
  });
  const three = write('three', { 'current-context': 'y' });
  const chosen = await choice([at('missing'), write('empty', ''), '', one, two, one, three]);
  assert.equal(
    [chosen.contextName, chosen.namespace, chosen.cluster.server, chosen.cluster.ca],
    ['x', 'default', 'https://first', undefined],
  );
});

test('without KUBECONFIG it is ~/.kube/config; --kubeconfig is alone', async () => {
  write('home/.kube/config', kubeconfig({ server: 'https://home' }));
  assert.is((await choice([])).cluster.server, 'https://home');
  const other = write('other', kubeconfig({ server: 'https://other' }));
  assert.is((await choice([at('one')], { kubeconfig: 'other' })).cluster.server, 'https://other');
  assert.is((await choice([at('one')], { kubeconfig: other })).cluster.server, 'https://other');
});

test('a server without a scheme, as kubectl takes it', async () => {
  const server = async (cluster: object) => (await choice([write('s', kubeconfig(cluster))])).cluster.server;
  assert.is(await server({ server: '10.0.0.1:6443' }), 'http://10.0.0.1:6443');
  assert.is(await server({ server: '10.0.0.1:6443', 'insecure-skip-tls-verify': true }), 'https://10.0.0.1:6443');
  assert.is(await server({ server: 'https://[fd00::1]:6443/' }), 'https://[fd00::1]:6443');
});

for (const [what, text, flags, message, hint] of [
  ['not YAML', 'a: [\n', {}, /bad:\d+:\d+: not a kubeconfig/, 'correct the file'],
  ['a list', '[1]', {}, 'holds no mapping', '--kubeconfig'],
  ['a name twice', { users: [{ name: 'u' }, { name: 'u' }] }, {}, 'users has "u" twice', 'remove one'],
  ['no such context', yaml, { context: 'nope' }, 'no context "nope"', 'there are: dev, prod'],
  ['no such cluster', yaml, { cluster: 'nope' }, 'no cluster "nope"', 'there are: c1, c2'],
  ['no such user', yaml, { user: 'nope' }, 'no user "nope"', 'there are: u1, u2'],
  [
    'no current context',
    yaml.replace(/current-context.*/, ''),
    {},
    'sets no current context',
    'kubectl config use-context dev',
  ],
  ['a cluster without a server', kubeconfig({}), {}, 'cluster "c" has no server', 'correct'],
  ['a server that is none', kubeconfig({ server: 'ftp://x' }), {}, 'no usable server: "ftp://x"', 'https URL'],
  ['empty', ' \n', {}, 'the kubeconfig is empty', 'ask for a kubeconfig'],
] as const) {
  test(`${what}: exit 2, what and what to do`, async () => {
    const error = await failure(choice([write('bad', text)], flags));
    assert.is(error.exit, 2);
    assert.match(error.message, message);
    assert.match(error.hint!, hint);
  });
}

test('nothing there: every file that was tried is named', async () => {
  const error = await failure(choice([at('no1'), at('no2')]));
  assert.is(error.exit, 2);
  assert.is(error.message, `no kubeconfig: ${at('no1')}, ${at('no2')} are not there`);
  const named = await failure(choice([], { kubeconfig: 'no3' }));
  assert.is(named.message, `no kubeconfig at ${at('no3')}`);
  assert.match((await failure(choice([at('home')]))).message, 'is a folder');
});

test('in a pod, without a kubeconfig, it is the service account', async () => {
  write('account/token', 'tok');
  write('account/namespace', 'team-a\n');
  write('account/ca.crt', 'x');
  const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = {
    KUBERNETES_SERVICE_HOST: 'fd00::1',
    KUBERNETES_SERVICE_PORT: '443',
  };
  const context = makeContext({ KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT });
  const chosen = inCluster({ as: 'bob' }, context, at('account'))!;
  assert.equal(
    [chosen.cluster.server, chosen.cluster.ca, chosen.namespace],
    ['https://[fd00::1]:443', { file: at('account/ca.crt') }, 'team-a'],
  );
  assert.equal([chosen.user.tokenFile, chosen.user.impersonate.user], [at('account/token'), 'bob']);
  assert.is(inCluster({}, context, at('no-account')), undefined);
  assert.is(inCluster({}, makeContext(), at('account')), undefined);
});

test.run();
