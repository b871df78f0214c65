import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../../plugins/kf/index.ts';
import { type Answer, apiServer, type Handler, status } from '../../../support/api-server.ts';
import { runCommand } from '../../../support/command.ts';

const namespace = (name: string): Answer => ({ body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } });
const refused = status(403, 'Forbidden', 'namespaces "x" is forbidden: User "tester" cannot get resource "namespaces"');
const rules = (apiGroups: string[]): Answer => ({
  status: 201,
  body: {
    status: {
      resourceRules: [{ verbs: ['create'], apiGroups, resources: ['*'] }],
      nonResourceRules: [],
      incomplete: false,
    },
  },
});
const reviews = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

async function use(routes: Record<string, Handler | Answer>, ...argv: string[]) {
  const server = await apiServer(routes);
  const before = readFileSync(server.kubeconfig, 'utf8');
  const result = await runCommand(group, ['use', ...argv], { env: { KUBECONFIG: server.kubeconfig } });
  const after = readFileSync(server.kubeconfig, 'utf8');
  await server.close();
  return { ...result, before, after, asked: server.asked.length, url: server.url };
}

test('without a word it shows project, context and cluster, and asks nothing', async () => {
  const { code, stdout, stderr, asked, url } = await use({});
  assert.equal([code, stderr, asked], [0, '', 0]);
  assert.is(stdout, `project   team-a\ncontext   test\ncluster   local (${url})\n`);
  assert.is((await use({}, '-o', 'name')).stdout, 'team-a\n');
  const { stdout: json } = await use({}, '-ojson');
  assert.is(JSON.parse(json).project, 'team-a');
});

test('the namespace of the context changes, and nothing else in the file', async () => {
  const done = await use({ '/api/v1/namespaces/team-b': namespace('team-b') }, 'team-b');
  assert.equal([done.code, done.stdout, done.stderr], [0, '', 'now in team-b (was team-a), context test\n']);
  assert.is(done.after, done.before.replace('namespace: team-a', 'namespace: team-b'));
  assert.is((await use({}, 'team-a')).stderr, 'already in team-a, context test\n');
});

test('a project that is not there: exit 3, the closest, nothing changed', async () => {
  const list = {
    body: { metadata: {}, items: ['team-b', 'kube-system', 'demo'].map((name) => ({ metadata: { name } })) },
  };
  const missing = (name: string) => ({
    [`/api/v1/namespaces/${name}`]: status(404, 'NotFound', `namespaces "${name}" not found`, { name }),
    '/api/v1/namespaces': list,
  });
  const near = await use(missing('taem-b'), 'taem-b');
  assert.equal([near.code, near.stderr], [3, 'no project "taem-b"; did you mean team-b?\n']);
  assert.is(near.after, near.before);
  const far = await use(missing('vision'), 'vision');
  assert.is(far.stderr, 'no project "vision"\nthere are: team-b, demo …\n');
});

test('where namespaces may not be read, a right in the project is enough, and none is exit 4', async () => {
  const may = await use({ '/api/v1/namespaces/x': refused, [`POST ${reviews}`]: rules(['trainer.kubeflow.org']) }, 'x');
  assert.is(may.code, 0);
  const mayNot = await use(
    { '/api/v1/namespaces/x': refused, [`POST ${reviews}`]: rules(['authorization.k8s.io']) },
    'x',
  );
  assert.is(mayNot.code, 4);
  assert.match(mayNot.stderr, /^not allowed: you have no rights in x/);
  assert.is(mayNot.after, mayNot.before);
});

test('a server that is not there: exit 5, nothing changed', async () => {
  const server = await apiServer({});
  const dir = mkdtempSync(join(tmpdir(), 'kf-use-'));
  const file = join(dir, 'config');
  const text = readFileSync(server.kubeconfig, 'utf8');
  writeFileSync(file, text);
  await server.close();
  const result = await runCommand(group, ['use', 'x', '--request-timeout', '2s'], { env: { KUBECONFIG: file } });
  assert.equal([result.code, result.stdout], [5, '']);
  assert.match(result.stderr, /^cannot reach http:/);
  assert.is(readFileSync(file, 'utf8'), text);
  rmSync(dir, { recursive: true });
});

test.run();
