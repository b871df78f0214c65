import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-project/index.ts';
import { type Answer, apiServer, type Handler, status } from '../../support/api-server.ts';
import { cleanProject, group as groupOf, idlePolicies, roleBinding, user } from '../../support/clean-project.ts';
import { runCommand } from '../../support/command.ts';
import { owner, project, roles } from '../../support/facts.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const admission = '/apis/admissionregistration.k8s.io/v1';
const within = (path: string) => path.replace(/([^/]+)$/, `namespaces/${project}/$1`);

const clean = [
  ...cleanProject(project, owner),
  ...idlePolicies(['kf-dataset-binding', 'kf-dataset-owner', 'kf-dataset-storage'], {}),
];
const namespace = clean[0]!;
const list = (kind: string, items: object[]): Answer => ({
  body: { kind: `${kind}List`, apiVersion: 'v1', metadata: { resourceVersion: '1' }, items },
});
const named = (kind: string, more: object[] = []) =>
  list(
    kind,
    [...clean, ...more].filter((each) => (each as { kind: string }).kind === kind),
  );

const served = (more: object[] = []): Record<string, Handler | Answer> => ({
  '/api': { body: { kind: 'APIGroupDiscoveryList', items: [] } },
  '/apis': { body: { kind: 'APIGroupDiscoveryList', items: [] } },
  [`/api/v1/namespaces/${project}`]: { body: namespace },
  '/api/v1/namespaces': named('Namespace'),
  '/api/v1/persistentvolumes': named('PersistentVolume'),
  ...Object.fromEntries(
    ['ServiceAccount', 'Pod', 'Secret', 'Service', 'ResourceQuota', 'PersistentVolumeClaim'].map((kind) => [
      within(`/api/v1/${kind.toLowerCase()}s`),
      named(kind),
    ]),
  ),
  [within('/apis/networking.k8s.io/v1/networkpolicies')]: named('NetworkPolicy'),
  [`${admission}/validatingadmissionpolicies`]: named('ValidatingAdmissionPolicy'),
  [`${admission}/validatingadmissionpolicybindings`]: named('ValidatingAdmissionPolicyBinding'),
  [within(`${rbac}/roles`)]: named('Role'),
  [within(`${rbac}/rolebindings`)]: named('RoleBinding', more),
  [`${rbac}/rolebindings`]: named('RoleBinding'),
  [`${rbac}/clusterroles`]: list('ClusterRole', roles),
  [`${rbac}/clusterrolebindings`]: list('ClusterRoleBinding', []),
});

async function validate(args: string[], routes: Record<string, Handler | Answer>) {
  const server = await apiServer(routes);
  try {
    const env = { KUBECONFIG: server.kubeconfig };
    return { ...(await runCommand(group, ['validate', ...args], { env })), asked: server.asked };
  } finally {
    await server.close();
  }
}

const review = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

test('rights that a webhook gives are none of RBAC: that is said', async () => {
  const { code, stderr } = await validate([], { ...served(), [review]: { body: { status: { incomplete: true } } } });
  assert.is(code, 0);
  assert.match(stderr, /no findings in what could be seen\n.*rights that other authorizers than RBAC give/);
});

const forbidden = status(403, 'Forbidden', 'forbidden: User "tester" cannot list it');

test('a clean project: nothing on stdout, exit 0, and of secrets only the metadata is asked for', async () => {
  const { code, stdout, stderr, asked } = await validate([], served());
  assert.equal([code, stdout, stderr], [0, '', 'team-a (context test): no findings\n']);
  const secrets = asked.filter(({ path }) => path.endsWith('/secrets'));
  assert.is(secrets.length, 1);
  assert.match(String(secrets[0]!.headers.accept), /PartialObjectMetadataList/);
  const writes = asked.filter(({ method }) => method !== 'GET').map(({ path }) => path);
  assert.equal(writes, [review]);
});

test('with rights in the project only: what could not be read is said, and no clean bill given', async () => {
  const inside = Object.entries(served()).map(([path, answer]) => [
    path,
    path.includes(`/namespaces/${project}`) || path === '/api' || path === '/apis' ? answer : forbidden,
  ]);
  const { code, stdout, stderr } = await validate([], Object.fromEntries(inside));
  assert.equal([code, stdout], [0, '']);
  assert.match(stderr, /no findings in what could be seen\n/);
  assert.match(stderr, /not seen: .*clusterrolebindings, clusterroles, namespaces, .*not the whole answer/);
  const strict = await validate(['--strict', '-o', 'json'], Object.fromEntries(inside));
  assert.is(strict.code, 1);
  assert.ok(JSON.parse(strict.stdout).notReadable.includes('rolebindings of other projects'));
});

test('whoever may read nothing gets no empty answer, but a refusal', async () => {
  const nothing = Object.keys(served()).map((path) => [
    path,
    path.startsWith('/api/v1/namespaces') || path.split('/').length > 2 ? forbidden : served()[path]!,
  ]);
  const some = {
    body: { status: { resourceRules: [{ verbs: ['create'], apiGroups: [''], resources: ['configmaps'] }] } },
  };
  const { code, stdout, stderr } = await validate([], { ...Object.fromEntries(nothing), [review]: some });
  assert.equal([code, stdout], [4, '']);
  assert.match(stderr, /you may read nothing in team-a/);
});

test('an answer that is neither yes nor no ends it', async () => {
  const broken = { ...served(), [`${rbac}/clusterroles`]: status(500, 'InternalError', 'etcd is gone') };
  const { code, stderr } = await validate([], broken);
  assert.is(code, 1);
  assert.match(stderr, /etcd is gone/);
  assert.not.match(stderr, /no findings/);
});

const open = roleBinding(project, 'open', 'view', [groupOf('system:authenticated')]);
const nobody = {
  ...roleBinding(project, 'nobody', 'view', []),
  metadata: { name: 'nobody', namespace: project, uid: 'u1' },
};

test('the exit code follows --fail-on and --ignore; a code that there is not is refused', async () => {
  const runs: [string[], number][] = [
    [[], 1],
    [['--fail-on', 'never'], 0],
    [['--ignore', 'KF102'], 0],
    [['--ignore', 'KF102', '--fail-on', 'note'], 1],
    [['--ignore', 'KF102,KF305', '--fail-on', 'note'], 0],
  ];
  for (const [args, wanted] of runs)
    assert.is((await validate(args, served([open, nobody]))).code, wanted, args.join(' '));
  const wrong = await validate(['--ignore', 'KF1'], served());
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, /not "KF1"/);
});

test('--fix says what it does; what is refused stays, with exit 1', async () => {
  const path = `${within(`${rbac}/rolebindings`)}/nobody`;
  const routes = served([nobody]);
  const none = await validate(['--fix', '--yes'], served());
  assert.equal([none.code, none.stderr.split('\n')[1]], [0, 'nothing that can be fixed safely']);
  const asks = await validate(['--fix'], routes);
  assert.is(asks.code, 2);
  const client = await validate(['--fix', '--dry-run=client'], routes);
  assert.match(client.stderr, /^would delete rolebinding nobody \(KF305\)$/m);
  assert.not.ok(client.asked.some(({ method }) => method === 'DELETE' || method === 'PATCH'));
  let body: unknown;
  const taken = {
    ...routes,
    [`DELETE ${path}`]: (asked: { body: string }) => {
      body = JSON.parse(asked.body);
      return { body };
    },
  };
  const server = await validate(['--fix', '--dry-run=server'], taken);
  assert.match(server.stderr, /would take 1 of 1; nothing was changed/);
  assert.equal((body as { dryRun: string[] }).dryRun, ['All']);
  const done = await validate(['--fix', '--yes'], taken);
  assert.is(done.code, 0);
  assert.match(done.stderr, /1 of 1 done/);
  assert.equal(body, { ...(body as object), preconditions: { uid: 'u1' } });
  const refused = await validate(['--fix', '--yes'], {
    ...routes,
    [`DELETE ${path}`]: status(409, 'Conflict', 'the UID in the precondition does not match'),
  });
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /not done: delete rolebinding nobody: .*precondition/);
});

const resources = (...all: [string, string, string][]) => ({
  body: {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: '' },
        versions: [
          {
            version: 'v1',
            resources: all.map(([resource, kind, scope]) => ({ resource, responseKind: { kind }, scope })),
          },
        ],
      },
    ],
  },
});

test('--who-can: everyone who can, by which binding, as words, data and names', async () => {
  const everywhere = {
    ...roleBinding('', 'admins', 'cluster-admin', [groupOf('admins')]),
    ...{ kind: 'ClusterRoleBinding', metadata: { name: 'admins' } },
  };
  const routes = {
    ...served([open]),
    '/api': resources(
      ['pods', 'Pod', 'Namespaced'],
      ['nodes', 'Node', 'Cluster'],
      ['namespaces', 'Namespace', 'Cluster'],
    ),
    [`${rbac}/clusterrolebindings`]: list('ClusterRoleBinding', [everywhere]),
  };
  const who = async (words: string) =>
    (await validate(['--who-can', words], routes)).stdout.replace(/ +/g, ' ').split('\n').slice(1, -1);
  assert.equal(await who('create pods/exec'), [
    'service account team-a/default-editor rolebinding/default-editor clusterrole/edit',
    'group admins clusterrolebinding/admins clusterrole/cluster-admin',
  ]);
  assert.equal(await who('get pod p'), [
    'service account team-a/default-viewer rolebinding/default-viewer clusterrole/view',
    'group system:authenticated rolebinding/open clusterrole/view',
    'group admins clusterrolebinding/admins clusterrole/cluster-admin',
  ]);
  for (const words of ['list nodes', 'get /metrics', 'delete namespaces', 'watch *'])
    assert.equal(await who(words), ['group admins clusterrolebinding/admins clusterrole/cluster-admin'], words);
  const json = JSON.parse((await validate(['--who-can', 'list nodes', '-o', 'json'], routes)).stdout);
  assert.equal(json.items[0].by.name, 'admins');
  const name = await validate(['--who-can', 'list nodes', '-o', 'name'], routes);
  assert.is(name.stdout, 'clusterrolebinding.rbac.authorization.k8s.io/admins\n');
  assert.is((await validate(['--who-can', 'get'], routes)).code, 2);
  assert.is((await validate(['--who-can', 'get horses'], routes)).code, 3);
  assert.is((await validate(['--who-can', 'get pods', '-o', 'sarif'], routes)).code, 2);
  const none = await validate(['--who-can', 'get pods'], {
    ...routes,
    ...Object.fromEntries(
      Object.keys(routes)
        .filter((path) => path.startsWith(rbac))
        .map((path) => [path, forbidden]),
    ),
  });
  assert.equal([none.code, none.stdout], [4, '']);
});

test('names that strangers chose reach no terminal as they are', async () => {
  const evil = roleBinding(project, 'evil', 'view', [user('\u001b]0;owned\u0007\u001b[31meve\u202e')]);
  for (const output of ['table', 'wide', 'name']) {
    const { stdout, stderr } = await validate(['-o', output], served([evil]));
    assert.not.match(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e]/, output);
  }
});

test('a hundred thousand bindings of other projects need no more memory than a few', async () => {
  const pageOf = (start: number) =>
    Array.from({ length: 500 }, (_, i) => ({
      ...roleBinding(`team-${start}`, `user-${start + i}-clusterrole-edit`, 'edit', [
        user(`person-${start + i}@example.com`),
      ]),
    }));
  const many: Handler = ({ url }) => {
    const start = Number(new URL(url, 'http://x').searchParams.get('continue') ?? 0);
    const next = start + 500 < 100_000 ? { continue: String(start + 500) } : {};
    return {
      body: {
        kind: 'RoleBindingList',
        apiVersion: 'v1',
        metadata: { resourceVersion: '1', ...next },
        items: pageOf(start),
      },
    };
  };
  const server = await apiServer({ ...served(), [`${rbac}/rolebindings`]: many });
  try {
    // Too little for them all: they would take more than 100 MiB.
    const main = join(import.meta.dirname, '../../../plugins/kf-project/main.ts');
    const args = ['--max-old-space-size=40', '--max-semi-space-size=4', main, 'validate'];
    const child = spawn(process.execPath, args, {
      env: { KUBECONFIG: server.kubeconfig, HOME: '/nonexistent', PATH: '/usr/bin' },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal([code, stderr], [0, 'team-a (context test): no findings\n']);
    assert.is(server.asked.filter(({ path }) => path === `${rbac}/rolebindings`).length, 200);
  } finally {
    await server.close();
  }
});

test.run();
