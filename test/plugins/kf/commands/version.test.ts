import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../../plugins/kf/index.ts';
import { version } from '../../../../shared/cli/version.ts';
import { apiServer } from '../../../support/api-server.ts';
import { runCommand } from '../../../support/command.ts';

const routes = {
  '/version': { body: { gitVersion: 'v1.36.2' } },
  '/apis/trainer.kubeflow.org': {
    body: { versions: [{ version: 'v1alpha1' }, { version: 'v1' }], preferredVersion: { version: 'v1' } },
  },
};

test('client, server, and the APIs that it serves, the preferred version first', async () => {
  const server = await apiServer(routes);
  const { code, stdout, stderr } = await runCommand(group, ['version'], { env: { KUBECONFIG: server.kubeconfig } });
  assert.equal([code, stderr], [0, '']);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/));
  assert.equal(rows, [
    ['client', version],
    ['node', process.version],
    ['server', `v1.36.2 (${server.url})`],
    ['trainer.kubeflow.org', 'v1, v1alpha1'],
    ['jobset.x-k8s.io', 'not installed'],
  ]);
  await server.close();
});

test('--client sends nothing and needs no kubeconfig', async () => {
  const { code, stdout } = await runCommand(group, ['version', '--client', '-o', 'json'], {
    kube: async () => assert.unreachable('no cluster is opened') as never,
  });
  assert.is(code, 0);
  assert.equal(JSON.parse(stdout), { client: { version, commit: '', node: process.version } });
  assert.is((await runCommand(group, ['version', '--client', '-o', 'name'])).stdout, `kf/${version}\n`);
});

test('a server that is not there: the client is shown, the error follows, exit 5', async () => {
  const server = await apiServer({});
  const kubeconfig = server.kubeconfig;
  const { readFileSync, writeFileSync, rmSync } = await import('node:fs');
  const text = readFileSync(kubeconfig, 'utf8');
  await server.close();
  const file = `${kubeconfig.replace(/\/config$/, '')}.gone`;
  writeFileSync(file, text);
  const { code, stdout, stderr } = await runCommand(group, ['version', '--request-timeout=2s'], {
    env: { KUBECONFIG: file },
  });
  rmSync(file);
  assert.is(code, 5);
  assert.match(stdout, /^client /);
  assert.match(stderr, /^cannot reach /);
});

test.run();
