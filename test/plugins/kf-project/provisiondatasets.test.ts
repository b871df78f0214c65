import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { group } from '../../../plugins/kf-project/index.ts';
import { type Answer, apiServer, type Handler, status } from '../../support/api-server.ts';
import { runCommand } from '../../support/command.ts';

const path = '/api/v1/persistentvolumes';
const list = (items: object[]): Answer => ({
  body: { kind: 'PersistentVolumeList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items },
});

async function run(args: string[], routes: Record<string, Handler | Answer>) {
  const server = await apiServer(routes);
  try {
    const env = { KUBECONFIG: server.kubeconfig };
    return { ...(await runCommand(group, ['provisiondatasets', ...args], { env })), asked: server.asked };
  } finally {
    await server.close();
  }
}

const volume = (phase: string, more: { list?: string; spec?: object } = {}) => ({
  metadata: {
    ...{ name: 'set-0.team-a', uid: 'u', resourceVersion: '7', labels: { 'kf.kubeflow.org/dataset': 'set' } },
    annotations: { 'kf.kubeflow.org/allowed-namespaces': more.list ?? 'team-a' },
  },
  spec: {
    ...{ nfs: { server: 'nas', path: '/set' }, accessModes: ['ReadOnlyMany'], storageClassName: 'set.team-a' },
    ...{ persistentVolumeReclaimPolicy: 'Retain', ...more.spec },
  },
  status: { phase },
});
const nas = ['--type', 'NFS', '--id', 'nas:/set'];

test('a dry run shows the volumes, and changes nothing', async () => {
  const words = ['ID', 'nas:/set', 'namespaces', 'team-a,team-b'];
  const { code, stdout, stderr, asked } = await run(['--type', 'NFS', ...words, '--dry-run=client', '-oyaml'], {
    [path]: list([]),
  });
  assert.equal([code, stderr], [0, '']);
  const { items } = parse(stdout);
  assert.equal(
    items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
    ['set-0.team-a', 'set-1.team-a'],
  );
  assert.equal(items[0].metadata.annotations, { 'kf.kubeflow.org/allowed-namespaces': 'team-a,team-b' });
  assert.equal(items[0].spec, {
    ...{ capacity: { storage: '1Gi' }, accessModes: ['ReadOnlyMany'], persistentVolumeReclaimPolicy: 'Retain' },
    ...{ storageClassName: 'set.team-a', nfs: { server: 'nas', path: '/set', readOnly: true } },
  });
  assert.equal([...new Set(asked.map(({ method }) => method))], ['GET']);
});

test('a volume whose claim is gone is made free again, and nothing else', async () => {
  const routes = { [path]: list([volume('Released', { spec: { claimRef: { namespace: 'team-a', name: 'x' } } })]) };
  const { code, stdout, asked } = await run(nas, { ...routes, [`PATCH ${path}/set-0.team-a`]: { body: {} } });
  assert.equal([code, stdout], [0, 'persistentvolume/set-0.team-a made free for another claim\n']);
  const [patch, more] = asked.filter(({ method }) => method !== 'GET');
  assert.is(more, undefined);
  assert.equal(JSON.parse(patch!.body), { spec: { claimRef: null }, metadata: { resourceVersion: '7' } });
});

test('other storage under the name, too few instances, data that would be deleted: refused before anything is changed', async () => {
  const cases: [string[], object, number, RegExp][] = [
    [
      ['--type', 'NFS', '--id', 'nas:/other', '--name', 'set'],
      volume('Bound'),
      1,
      /is there already, with other storage: nfs nas:\/set\ngive/,
    ],
    [[...nas, '--mode', 'RWX'], volume('Bound'), 1, /with other storage: mode ReadOnlyMany/],
    [
      [...nas, '--namespaces', 'team-a,b', '--instances', '1', '--claim'],
      volume('Bound'),
      2,
      /1 instance is too few for claims in 2/,
    ],
    [
      ['delete', 'set', '--yes'],
      volume('Bound', { spec: { persistentVolumeReclaimPolicy: 'Delete' } }),
      1,
      /data would be deleted/,
    ],
    [['unshare', 'set', 'team-a', '--yes'], volume('Bound'), 2, /belongs to team-a, which stays/],
    [['delete', 'other', '--yes'], { metadata: { name: 'x' }, spec: {} }, 3, /there is no dataset "other"\nsee those/],
  ];
  for (const [args, there, exit, why] of cases) {
    const { code, stdout, stderr, asked } = await run(args, { [path]: list([there]) });
    assert.equal([code, stdout], [exit, ''], args.join(' '));
    assert.match(stderr, why);
    assert.equal([...new Set(asked.map(({ method }) => method))], ['GET']);
  }
});

test('a cluster without the manifest, and one whose policy refuses, say what to do', async () => {
  const message =
    'persistentvolumes is forbidden: User "tester" cannot list resource "persistentvolumes" in API group "" at the cluster scope';
  const none = await run(nas, { [path]: status(403, 'Forbidden', message) });
  assert.is(none.code, 4);
  assert.is(
    none.stderr,
    'not allowed: tester may not list persistentvolumes in the whole cluster\nan admin gives project owners datasets of their own: kubectl kf create --init\n',
  );
  const denied = `persistentvolumes "x" is forbidden: ValidatingAdmissionPolicy 'kf-dataset-owner' with binding 'b' denied request: not yours: ask`;
  const routes = { [`GET ${path}`]: list([]), [`POST ${path}`]: status(403, 'Forbidden', denied) };
  const { code, stderr } = await run(nas, routes);
  assert.equal([code, stderr], [4, "not allowed: not yours: ask\nso says the cluster's policy kf-dataset-owner\n"]);
});

test('the list: those of the project, all with -A', async () => {
  const other = volume('Available', { list: 'team-b', spec: { storageClassName: 'set.team-b' } });
  const stray = { ...volume('Bound'), spec: { storageClassName: 'other' } };
  const routes = { [path]: list([volume('Bound'), other, stray]) };
  const here = await run(['ls'], routes);
  assert.is(here.code, 0);
  assert.match(here.stdout, /^NAME .*\nset +team-a +nfs nas:\/set +ROX +1\/1 .* team-a\n$/);
  const all = await run(['ls', '-A', '-ojson'], routes);
  assert.equal(
    JSON.parse(all.stdout).items.map(({ project }: { project: string }) => project),
    ['team-a', 'team-b'],
  );
  const twice = await run(['delete', 'set.team-b', '--dry-run=client'], {
    ...{ ...routes, '/api/v1/namespaces/team-b/persistentvolumeclaims': list([]) },
  });
  assert.equal([twice.code, twice.stdout], [0, 'persistentvolume/set-0.team-a deleted; its data stays (dry run)\n']);
  const asks = await run(['delete', 'set.team-b'], {
    ...routes,
    '/api/v1/namespaces/team-b/persistentvolumeclaims': list([]),
  });
  assert.is(asks.code, 2);
  assert.match(asks.stderr, /no terminal to ask on\nsay so with --yes/);
});

test.run();
