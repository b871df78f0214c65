import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, status } from '../../../support/api-server.ts';
import { deployment, forbidden, kf, list, listPath, object, ownedBy, service } from '../served.ts';

const services = listPath('', 'v1', 'services');
const slices = listPath('discovery.k8s.io', 'v1', 'endpointslices');
const notebooks = listPath('kubeflow.org', 'v1', 'notebooks');

const slice = (name: string, ready: boolean[]) => ({
  metadata: { name: `${name}-x`, labels: { 'kubernetes.io/service-name': name } },
  endpoints: ready.map((each) => ({ conditions: { ready: each } })),
});
const proxy = (name: string, path = '/') => `${services}/http%3A${name}%3A80/proxy${path}`;
const page: Answer = { body: '<html></html>', headers: { 'content-type': 'text/html' } };
const unavailable = (message: string) => status(503, 'ServiceUnavailable', message);

const rows = (stdout: string) =>
  Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(/ {3,}/))
      .map(([, name, ...rest]) => [name!, rest.map((cell) => cell.replace(/^\d+ms$/, 'ms')).join('|')]),
  );

test('each thing is asked once, and told in plain words', async () => {
  const names = ['good', 'login', 'broken', 'closed', 'half', 'none', 'rpc'];
  const rpc = service('rpc', { ports: [{ name: 'grpc', port: 80 }] });
  const { code, stdout, stderr, asked } = await kf(['services', 'health'], {
    [services]: list([...names.slice(0, -1).map((name) => service(name)), rpc]),
    [slices]: list([
      ...names.filter((name) => name !== 'none' && name !== 'half').map((name) => slice(name, [true])),
      slice('half', [true, false]),
    ]),
    [proxy('good')]: page,
    [proxy('half')]: page,
    [proxy('login')]: { status: 401, body: 'log in' },
    [proxy('broken')]: { status: 500, body: 'oops' },
    [proxy('closed')]: unavailable('error trying to reach service: dial tcp 10.0.0.1:80: connect: connection refused'),
  });
  assert.is(code, 1);
  assert.is(stderr, '');
  assert.equal(rows(stdout), {
    'service/good': 'Healthy|1/1|HTTP 200|ms|-',
    'service/login': 'Healthy|1/1|HTTP 401|ms|-',
    'service/broken': 'Unhealthy|1/1|-|-|HTTP 500',
    'service/closed': 'Unhealthy|1/1|-|-|nothing listens on its port',
    'service/half': 'Degraded|1/2|HTTP 200|ms|1 of 2 pods not ready',
    'service/none': 'Unhealthy|0/0|-|-|no pods behind it',
    'service/rpc': 'Healthy|1/1|-|-|not asked: grpc is not HTTP',
  });
  for (const name of names.slice(0, 4)) assert.is(asked.filter(({ path }) => path === proxy(name)).length, 1);
});

test('a notebook is asked below its own path; a stopped one is not unhealthy', async () => {
  const running = object('kubeflow.org/v1', 'Notebook', 'mine', { status: { readyReplicas: 1 } });
  const stopped = object('kubeflow.org/v1', 'Notebook', 'other', {
    metadata: { annotations: { 'kubeflow-resource-stopped': '2026-01-01T00:00:00Z' } },
  });
  const { code, stdout } = await kf(['services', 'health'], {
    [notebooks]: list([running, stopped]),
    [services]: list([service('mine', {}, ownedBy(running)), service('other', {}, ownedBy(stopped))]),
    [slices]: list([slice('mine', [true])]),
    [proxy('mine', '/notebook/team-a/mine/')]: page,
  });
  assert.is(code, 0);
  assert.equal(rows(stdout), {
    'notebook/mine': 'Healthy|1/1|HTTP 200|ms|-',
    'notebook/other': 'Stopped|0/1|-|-|-',
  });
});

test('only those that are named; one that is not there is exit 3', async () => {
  const routes = {
    [services]: list([service('a'), service('b')]),
    [slices]: list([slice('a', [true])]),
    [proxy('a')]: page,
  };
  const one = await kf(['services', 'health', 'a', '-o', 'json'], routes);
  assert.is(one.code, 0);
  const { items } = JSON.parse(one.stdout);
  assert.equal(
    items.map((item: { component: { name: string }; health: string }) => [item.component.name, item.health]),
    [['a', 'Healthy']],
  );
  assert.is((await kf(['services', 'health', 'svc/a'], routes)).code, 0);
  const none = await kf(['services', 'health', 'a', 'c'], routes);
  assert.is(none.code, 3);
  assert.match(none.stderr, /nothing that serves is named c in team-a/);
});

test('partial permission: readiness alone, an answer alone, and neither', async () => {
  const [web, behind] = [service('web'), deployment('web', 1, 1)];
  const seen = { [services]: list([web]), [slices]: list([slice('web', [true])]) };
  const noProxy = await kf(['services', 'health'], { ...seen, [proxy('web')]: forbidden('services/proxy', 'get') });
  assert.equal([noProxy.code, rows(noProxy.stdout)], [0, { 'service/web': 'Healthy|1/1|-|-|-' }]);
  assert.match(noProxy.stderr, /^you may not reach services in team-a through the API server: this is not the whole/);
  const noSlices = { ...seen, [slices]: forbidden('endpointslices') };
  const answer = await kf(['services', 'health'], { ...noSlices, [proxy('web')]: page });
  assert.equal([answer.code, rows(answer.stdout)], [0, { 'service/web': 'Healthy|-|HTTP 200|ms|-' }]);
  assert.match(answer.stderr, /^you may not list endpointslices in team-a: this is not the whole answer\n$/);
  const state = { ...noSlices, [proxy('web')]: forbidden('services/proxy', 'get') };
  const fromState = await kf(['services', 'health'], {
    ...state,
    [listPath('apps', 'v1', 'deployments')]: list([behind]),
  });
  assert.equal([fromState.code, rows(fromState.stdout)], [0, { 'service/web': 'Healthy|1/1|-|-|-' }]);
  const neither = await kf(['services', 'health'], state);
  assert.is(neither.code, 4);
  assert.match(neither.stdout, /Unknown/);
});

test('an answer that does not come is waited for as long as was said', async () => {
  const { code, stdout } = await kf(['services', 'health', '--timeout', '1s'], {
    [services]: list([service('slow')]),
    [slices]: list([slice('slow', [true])]),
    [proxy('slow')]: () => 'by itself' as const,
  });
  assert.equal([code, rows(stdout)], [1, { 'service/slow': 'Unhealthy|1/1|-|-|no answer in 1s' }]);
});

test.run();
