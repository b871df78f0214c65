import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { TLSSocket } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  at,
  base64,
  closeServers,
  connect,
  failure,
  kubeconfig,
  makeCertificate,
  makeContext,
  pemOf,
  reply,
  serve,
  usualCertificates,
} from './support.ts';

test.after(closeServers);
test.before(usualCertificates);

/** A plugin in the folder: notes each run, what it was told, and answers with the status. */
function plugin(name: string, status: string, apiVersion = 'client.authentication.k8s.io/v1', more = ''): string {
  const answer = JSON.stringify({ kind: 'ExecCredential', apiVersion, status: 'STATUS' }).replace('"STATUS"', status);
  writeFileSync(
    at(name),
    `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${at(`${name}.runs`)}\necho "$@ $EXTRA" > ${at(`${name}.args`)}\necho "sign in at example.org" >&2\n${more}\ncat <<'END'\n${answer}\nEND\n`,
  );
  chmodSync(at(name), 0o755);
  rmSync(at(`${name}.runs`), { force: true });
  return `./${name}`;
}
const runs = (name: string): { apiVersion: string; spec: Record<string, unknown> }[] =>
  existsSync(at(`${name}.runs`))
    ? readFileSync(at(`${name}.runs`), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
const v1 = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'IfAvailable' };

test('five parallel requests run it once; it is told what kubectl tells it; arguments and env arrive', async () => {
  const tokens: string[] = [];
  const server = await serve((request, response) => {
    tokens.push(request.headers.authorization ?? '');
    reply(response, 200, {});
  });
  const exec = {
    ...v1,
    command: plugin('plain', '{"token":"t1"}'),
    args: ['a', 'b'],
    env: [{ name: 'EXTRA', value: 'x' }],
  };
  const kube = await connect(server.url, { user: { exec } });
  assert.is(runs('plain').length, 0, 'opening runs nothing');
  await Promise.all(Array.from({ length: 5 }, () => kube.json({ path: '/' })));
  await kube.json({ path: '/' });
  assert.equal(tokens, Array(6).fill('Bearer t1'));
  assert.equal(runs('plain'), [{ kind: 'ExecCredential', apiVersion: v1.apiVersion, spec: { interactive: false } }]);
  assert.is(readFileSync(at('plain.args'), 'utf8'), 'a b x\n');
});

test('provideClusterInfo hands over the cluster, with the extension meant for the plugin', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const exec = { ...v1, command: plugin('cluster', '{"token":"t"}'), provideClusterInfo: true };
  const cluster = {
    'tls-server-name': 'kube.test',
    extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }],
  };
  await (await connect(server.url, { user: { exec }, cluster })).json({ path: '/' });
  assert.equal(runs('cluster')[0]!.spec, {
    cluster: {
      server: server.url,
      'tls-server-name': 'kube.test',
      'certificate-authority-data': base64('ca.crt'),
      config: { audience: 'x' },
    },
    interactive: false,
  });
});

test('it runs again when what it gave has expired, and once where the server refuses it', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let refuse = false;
  let calls = 0;
  const server = await serve((_, response) => {
    calls++;
    reply(response, refuse ? 401 : 200, {});
  });
  const status = '{"token":"t","expirationTimestamp":"2026-01-01T00:10:00Z"}';
  const exec = { ...v1, command: plugin('expiring', status) };
  const kube = await connect(server.url, { user: { exec }, context: makeContext({}, { now: () => now }) });
  await kube.json({ path: '/' });
  now += 9 * 60_000;
  await kube.json({ path: '/' });
  assert.is(runs('expiring').length, 1);
  plugin('expiring', '{"token":"t"}');
  now += 2 * 60_000;
  await kube.json({ path: '/' });
  assert.is(runs('expiring').length, 1);
  refuse = true;
  calls = 0;
  const error = await failure(kube.json({ path: '/' }));
  assert.is(error.exit, 4);
  assert.match(error.message, 'the credentials of user "alice" were not accepted');
  assert.equal([runs('expiring').length, calls], [2, 2]);
});

test('certificates from a plugin are used, and new ones on new connections', async () => {
  makeCertificate('first', 'ca', '/CN=first');
  makeCertificate('second', 'ca', '/CN=second');
  let names: string[] = [];
  const server = await serve(
    (request, response) => {
      names.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
      reply(response, names.length === 2 ? 401 : 200, {});
    },
    { requestCert: true, ca: pemOf('ca.crt') },
  );
  const pair = (name: string) =>
    JSON.stringify({ clientCertificateData: pemOf(`${name}.crt`), clientKeyData: pemOf(`${name}.key`) });
  const exec = { ...v1, command: plugin('certificate', pair('first')) };
  const kube = await connect(server.url, { user: { exec } });
  await kube.json({ path: '/' });
  plugin('certificate', pair('second'));
  await kube.json({ path: '/' });
  assert.equal(names, ['first', 'first', 'second']);
  names = [];
});

test('v1beta1 needs no interactiveMode; v1 does', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  const apiVersion = 'client.authentication.k8s.io/v1beta1';
  const beta = { apiVersion, command: plugin('beta', '{"token":"t"}', apiVersion) };
  await (await connect(server.url, { user: { exec: beta } })).json({ path: '/' });
  assert.is(runs('beta')[0]!.apiVersion, apiVersion);
  const error = await failure(
    connect(server.url, { user: { exec: { ...v1, interactiveMode: undefined, command: 'x' } } }),
  );
  assert.match(error.message, 'needs an interactiveMode');
  const old = await failure(
    connect(server.url, { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } } }),
  );
  assert.match(old.message, 'has apiVersion "client.authentication.k8s.io/v1alpha1"');
});

for (const [what, exec, exit, message, hint] of [
  [
    'a command that is not there',
    { command: 'no-such-plugin', installHint: 'get it from\nexample.org' },
    2,
    'credential plugin no-such-plugin of user "alice" is not there',
    'get it from example.org',
  ],
  ['a terminal wanted', { command: 'sh', interactiveMode: 'Always' }, 2, 'stdin is not a terminal', 'on a terminal'],
  ['failing', { command: 'sh', args: ['-c', 'exit 3'] }, 4, 'failed with exit code 3', 'log in again'],
  ['no JSON', { command: 'sh', args: ['-c', 'echo hello'] }, 4, 'not JSON', 'update'],
  [
    'no credentials',
    { command: 'sh', args: ['-c', `echo '{"kind":"ExecCredential","apiVersion":"${v1.apiVersion}","status":{}}'`] },
    4,
    'neither a token nor a certificate',
    'update',
  ],
  [
    'another version',
    { command: 'sh', args: ['-c', `echo '{"kind":"ExecCredential","apiVersion":"v2","status":{"token":"t"}}'`] },
    4,
    'answered in v2',
    'update',
  ],
] as const) {
  test(`a plugin: ${what}`, async () => {
    const server = await serve((_, response) => reply(response, 200, {}));
    const kube = await connect(server.url, { user: { exec: { ...v1, ...exec } } });
    const error = await failure(kube.json({ path: '/' }));
    assert.is(error.exit, exit);
    assert.match(error.message, message);
    assert.match(error.hint!, hint);
    assert.is(server.connections(), 0);
  });
}

test('what it says on stderr is shown, and nothing of it is on stdout', async () => {
  const server = await serve((_, response) => reply(response, 200, {}));
  writeFileSync(
    at('shown'),
    kubeconfig(
      { server: server.url, 'certificate-authority': 'ca.crt' },
      { exec: { ...v1, command: plugin('shown-plugin', '{"token":"t"}') } },
    ),
  );
  const root = new URL('../../../', import.meta.url).pathname;
  const script = `const { realExec } = await import('${root}shared/process/exec.ts');
    const { openKube } = await import('${root}shared/kube/open.ts');
    const context = { ...process, stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: '/', home: '/', platform: 'linux',
      now: Date.now, signal: new AbortController().signal, exec: realExec };
    const kube = await openKube({ kubeconfig: '${at('shown')}' }, context);
    await kube.json({ path: '/' }).catch(() => {});
    process.exit(0);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const ended = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    ended.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    ended.stderr += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  assert.match(ended.stderr, 'sign in at example.org');
  assert.is(ended.stdout, '');
});

test.run();
