import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kube, KubeObject } from '../../../shared/kube/kube.ts';
import { openKube } from '../../../shared/kube/open.ts';
import { listComponents, ownedTree } from '../../../shared/resources/project.ts';
import { componentLabel, componentPods, resolveComponent } from '../../../shared/resources/resolve.ts';
import { type Answer, type ApiServer, apiServer, type Handler, status } from '../../support/api-server.ts';
import { context as inMemory } from '../../support/command.ts';
import { failure } from '../kube/support.ts';

type Routes = Record<string, Handler | Answer>;

/** group → version → kinds, as discovery tells them. */
const discovery = (groups: Record<string, Record<string, [string, string][]>>): Answer => ({
  body: {
    kind: 'APIGroupDiscoveryList',
    items: Object.entries(groups).map(([name, versions]) => ({
      metadata: { name },
      versions: Object.entries(versions).map(([version, kinds]) => ({
        version,
        resources: kinds.map(([kind, resource]) => ({ resource, responseKind: { kind }, scope: 'Namespaced' })),
      })),
    })),
  },
});
const core = discovery({
  '': {
    v1: [
      ['Pod', 'pods'],
      ['Service', 'services'],
    ],
  },
});
const apps: Record<string, [string, string][]> = {
  v1: [
    ['Deployment', 'deployments'],
    ['StatefulSet', 'statefulsets'],
    ['ReplicaSet', 'replicasets'],
  ],
};
const basic: Routes = { '/api': core, '/apis': discovery({ apps }), '/api/v1/namespaces/team-a': { body: {} } };

/** Runs the work against a server with these routes; what was asked of it beside discovery. */
async function against(
  routes: Routes,
  work: (kube: Kube, again: () => Promise<Kube>) => Promise<void>,
): Promise<string[]> {
  const server = await apiServer(Object.assign(routes, { ...basic, ...routes }));
  const opened: Kube[] = [];
  // A home of its own for what is remembered of the server.
  const again = async (): Promise<Kube> => {
    opened.push(await openKube({ kubeconfig: server.kubeconfig }, context));
    return opened.at(-1)!;
  };
  try {
    await work(await again(), again);
    return askedOf(server);
  } finally {
    for (const kube of opened) kube.close();
    await server.close();
  }
}
const askedOf = ({ asked }: ApiServer) => asked.map(({ path }) => path).filter((path) => !/^\/apis?$/.test(path));
const { context } = inMemory();

const root = (group: string, plural: string) => `/apis/${group}/v1/namespaces/team-a/${plural}`;
const pods = '/api/v1/namespaces/team-a/pods';
const found = (kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'team-a', uid: `uid-${kind}-${name}`, ...more },
});
const owner = (kind: string, name: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${kind}-${name}`, controller: true }],
});
const noObject = (name: string) => status(404, 'NotFound', `"${name}" not found`, { name });
const no = status(403, 'Forbidden', 'forbidden', {});
const listed = async (kube: Kube) => {
  const seen: string[] = [];
  for await (const { kind, items, refused } of listComponents(kube, context)) {
    seen.push(...(refused ? [refused] : items.map((each) => `${kind.kind}/${each.metadata.name}`)));
  }
  return seen;
};
const list = (...items: KubeObject[]): Answer => ({ body: { kind: 'List', metadata: {}, items } });

test('only what is served is asked for', async () => {
  const routes = { [`${root('apps', 'deployments')}/web`]: { body: found('Deployment', 'web') } };
  const asked = await against(routes, async (kube) => {
    assert.is(componentLabel(await resolveComponent(kube, context, 'web')), 'deployment/web');
  });
  assert.equal(
    asked.sort(),
    [`${pods}/web`, `${root('apps', 'deployments')}/web`, `${root('apps', 'statefulsets')}/web`].sort(),
  );
});

test('the version is the one that the server prefers', async () => {
  const at = '/apis/trainer.kubeflow.org/v1beta1/namespaces/team-a/trainjobs/digits';
  const trainer: Record<string, [string, string][]> = {
    v1beta1: [['TrainJob', 'trainjobs']],
    v1alpha1: [['TrainJob', 'trainjobs']],
  };
  const routes = {
    '/apis': discovery({ 'trainer.kubeflow.org': trainer }),
    [at]: { body: found('TrainJob', 'digits') },
  };
  await against(routes, async (kube) => {
    assert.is((await resolveComponent(kube, context, 'digits')).path, at);
  });
});

test('a kind that has come since the server was asked last is found, one that is gone is no fault', async () => {
  let serves: Answer = discovery({
    apps: {
      v1: [
        ['Deployment', 'deployments'],
        ['DaemonSet', 'daemonsets'],
      ],
    },
  });
  const routes: Routes = {
    '/apis': () => serves,
    [`${root('apps', 'deployments')}/web`]: { body: found('Deployment', 'web') },
    [`${root('batch', 'jobs')}/new`]: { body: found('Job', 'new') },
  };
  const asked = await against(routes, async (kube, again) => {
    // What is remembered: DaemonSets, no Jobs.
    await resolveComponent(kube, context, 'web');
    serves = discovery({ apps: { v1: [['Deployment', 'deployments']] }, batch: { v1: [['Job', 'jobs']] } });
    assert.is(componentLabel(await resolveComponent(await again(), context, 'new')), 'job/new');
    assert.is(
      (await failure(resolveComponent(await again(), context, 'ds/x'))).message,
      'this cluster has no DaemonSets: it serves no daemonsets.apps',
    );
  });
  assert.ok(asked.includes(`${root('batch', 'jobs')}/new`));
});

test('where discovery is refused the kinds are asked for all the same', async () => {
  const routes: Routes = {
    '/apis': no,
    '/api': no,
    [`${root('apps', 'statefulsets')}/db`]: { body: found('StatefulSet', 'db') },
  };
  await against(routes, async (kube) => {
    assert.is(componentLabel(await resolveComponent(kube, context, 'db')), 'statefulset/db');
  });
});

test('a kind whose server is broken is no "not found"', async () => {
  const routes: Routes = { [`${root('apps', 'statefulsets')}/db`]: status(500, 'InternalError', 'etcd is sad') };
  await against(routes, async (kube) => {
    const error = await failure(resolveComponent(kube, context, 'sts/db'));
    assert.ok(error.exit !== 3, error.message);
    assert.match(error.message, /etcd is sad/);
  });
});

test('names from the cluster are harmless in a suggestion', async () => {
  const routes: Routes = { [pods]: list(found('Pod', 'web\u001b[2J\u202e-1')), [`${pods}/web-1`]: noObject('web-1') };
  await against(routes, async (kube) => {
    const error = await failure(resolveComponent(kube, context, 'web--1'));
    assert.not.match(error.message, /[\u001b\u202e]/);
  });
});

test('pods of another with the same labels are not its own', async () => {
  const labels = { app: 'x', 'pod-template-hash': 'abc' };
  const spec = { selector: { matchLabels: { app: 'x' } } };
  const routes: Routes = {
    [`${root('apps', 'deployments')}/web`]: { body: { ...found('Deployment', 'web'), spec } },
    [`${root('apps', 'statefulsets')}/web`]: noObject('web'),
    [`${pods}/web`]: noObject('web'),
    [pods]: list(
      found('Pod', 'own', { labels, ...owner('ReplicaSet', 'web-abc') }),
      found('Pod', 'other', { labels, ...owner('ReplicaSet', 'web2-abc') }),
      found('Pod', 'bare', { labels }),
    ),
  };
  await against(routes, async (kube) => {
    const web = await resolveComponent(kube, context, 'web');
    assert.equal(
      (await componentPods(kube, web))!.map((pod) => pod.metadata.name),
      ['own', 'bare'],
    );
  });
});

test('a tree has no end in a circle, and leaves out what is not its own', async () => {
  const circle = [
    found('ReplicaSet', 'a', owner('ReplicaSet', 'b')),
    found('ReplicaSet', 'b', owner('ReplicaSet', 'a')),
  ];
  const routes: Routes = {
    [`${root('apps', 'deployments')}/web`]: { body: found('Deployment', 'web') },
    [root('apps', 'replicasets')]: list(
      ...circle,
      found('ReplicaSet', 'c', owner('Deployment', 'web')),
      found('ReplicaSet', 'self', owner('ReplicaSet', 'self')),
    ),
    [pods]: list(
      found('Pod', 'p', owner('ReplicaSet', 'c')),
      found('Pod', 'q', owner('ReplicaSet', 'a')),
      found('Pod', 'r'),
    ),
  };
  await against(routes, async (kube) => {
    const { root, refused } = await ownedTree(kube, await resolveComponent(kube, context, 'deploy/web'));
    assert.equal(
      root.children.map(({ name, children }) => [name, children.map((child) => child.path)]),
      [['c', [`${pods}/p`]]],
    );
    assert.equal(refused, []);
  });
});

test('a list has the kinds that have come since, and those that moved', async () => {
  let serves: Answer = discovery({ apps, 'kubeflow.org': { v1beta1: [['Notebook', 'notebooks']] } });
  const notebooks = (version: string) => `/apis/kubeflow.org/${version}/namespaces/team-a/notebooks`;
  const routes: Routes = {
    '/apis': () => serves,
    [root('apps', 'deployments')]: list(found('Deployment', 'web')),
    [root('apps', 'statefulsets')]: list(),
    [notebooks('v1beta1')]: list(),
    [notebooks('v1')]: list(found('Notebook', 'lab')),
    [root('batch', 'jobs')]: list(found('Job', 'new')),
    [pods]: list(),
  };
  await against(routes, async (kube, again) => {
    assert.equal(await listed(kube), ['Deployment/web']);
    serves = discovery({ apps, 'kubeflow.org': { v1: [['Notebook', 'notebooks']] }, batch: { v1: [['Job', 'jobs']] } });
    delete routes[notebooks('v1beta1')];
    assert.equal(await listed(await again()), ['Deployment/web', 'Job/new', 'Notebook/lab']);
  });
});

test('a list goes on where one kind is refused, and ends where the server fails', async () => {
  const routes: Routes = {
    [root('apps', 'deployments')]: no,
    [root('apps', 'statefulsets')]: list(found('StatefulSet', 'db')),
    [pods]: list(found('Pod', 'db-0', owner('StatefulSet', 'db')), found('Pod', 'lone')),
  };
  await against(routes, async (kube) => {
    assert.equal(await listed(kube), ['you may not list deployments in team-a', 'StatefulSet/db', 'Pod/lone']);
  });
  await against({ ...routes, [pods]: status(500, 'InternalError', 'etcd is sad') }, async (kube) => {
    assert.match((await failure(listed(kube))).message, /etcd is sad/);
  });
});

test.run();
