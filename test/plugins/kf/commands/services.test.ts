import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { status } from '../../../support/api-server.ts';
import { deployment, forbidden, kf, list, listPath, object, ownedBy, service } from '../served.ts';

const services = listPath('', 'v1', 'services');
const deployments = listPath('apps', 'v1', 'deployments');
const notebooks = listPath('kubeflow.org', 'v1', 'notebooks');
const models = listPath('serving.kserve.io', 'v1beta1', 'inferenceservices');
const jobs = listPath('batch', 'v1', 'jobs');

const notebook = object('kubeflow.org/v1', 'Notebook', 'mine', { status: { readyReplicas: 1, containerState: {} } });
const model = object('serving.kserve.io/v1beta1', 'InferenceService', 'iris', {
  status: { url: 'https://iris.team-a.example.com', conditions: [{ type: 'Ready', status: 'True' }] },
});
const job = (name: string, done: boolean) =>
  object('batch/v1', 'Job', name, {
    spec: {},
    status: done ? { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] } : { active: 1, ready: 1 },
  });

const project = {
  [services]: list([service('mlflow-dashboard'), service('mine', {}, ownedBy(notebook)), service('web')]),
  [deployments]: list([deployment('web', 1, 2)]),
  [notebooks]: list([notebook]),
  [models]: list([model]),
  [jobs]: list([job('old', true), job('digits', false)]),
};

test('what serves and runs, with its state and the way to it; pods are not asked for', async () => {
  const { code, stdout, stderr, asked } = await kf(['services'], project);
  assert.equal([code, stderr], [0, '']);
  const lines = stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  ').replace(/( {2}-)+$/, ''));
  assert.equal(lines, [
    'TYPE  NAME  STATE  READY  AGE  REACH  WHY',
    'dashboard  service/mlflow-dashboard  -  -  10m  kubectl kf services open service/mlflow-dashboard',
    'service  service/web  Pending  1/2  10m  kubectl kf services open service/web  its pods are starting',
    'job history  job/old  Succeeded  1/1  10m  kubectl kf logs job/old',
    'job  job/digits  Running  1/1  10m  kubectl kf logs -f job/digits',
    'notebook  notebook/mine  Running  1/1  10m  kubectl kf services open notebook/mine',
    'model server  inferenceservice/iris  Ready  1/1  10m  https://iris.team-a.example.com',
    '',
  ]);
  // Kinds come one after the other, and stand under one head all the same.
  const [head = '', ...rows] = stdout.trimEnd().split('\n');
  for (const row of rows) assert.is(/^\S+( \S+)* +/.exec(row)?.[0].length, head.indexOf('NAME'), row);
  assert.not(asked.some(({ path }) => path.endsWith('/pods')));
});

test('as data: a schema that is kept', async () => {
  const { stdout } = await kf(['services', 'list', '-o', 'json'], { [models]: list([model]) });
  assert.equal(JSON.parse(stdout), {
    apiVersion: 'kf.kubeflow.org/services-v1',
    kind: 'ServiceList',
    items: [
      {
        type: 'model server',
        component: {
          apiVersion: 'serving.kserve.io/v1beta1',
          kind: 'InferenceService',
          name: 'iris',
          namespace: 'team-a',
        },
        phase: 'Ready',
        why: '',
        nodes: { ready: 1, total: 1 },
        created: '2026-01-01T00:50:00Z',
        url: 'https://iris.team-a.example.com',
        inCluster: null,
        reach: 'https://iris.team-a.example.com',
      },
    ],
    notReadable: [],
  });
  const names = await kf(['services', 'list', '-oname'], { [models]: list([model]) });
  assert.is(names.stdout, 'inferenceservice.serving.kserve.io/iris\n');
  const none = await kf(['services', 'list', '-oyaml']);
  assert.is(none.stdout, 'apiVersion: kf.kubeflow.org/services-v1\nkind: ServiceList\nitems: []\nnotReadable: []\n');
});

test('an Ingress leads to it; a URL is not cut where a person reads it', async () => {
  const host = `${'very-long-'.repeat(8)}host.example.com`;
  const rules = [{ host, http: { paths: [{ path: '/web', backend: { service: { name: 'web' } } }] } }];
  const ingress = object('networking.k8s.io/v1', 'Ingress', 'web', { spec: { rules, tls: [{ hosts: [host] }] } });
  const routes = {
    [services]: list([service('web')]),
    [listPath('networking.k8s.io', 'v1', 'ingresses')]: list([ingress]),
  };
  const { stdout } = await kf(['services'], routes, { terminal: 60 });
  assert.ok(stdout.includes(`https://${host}/web `), stdout);
});

test('what may not be listed is told, the rest still comes; nothing at all is exit 4', async () => {
  const part = await kf(['services'], { ...project, [notebooks]: forbidden('notebooks') });
  assert.is(part.code, 0);
  assert.match(part.stderr, /^you may not list notebooks in team-a: there may be more\n$/);
  assert.match(part.stdout, /service\/web/);
  const no = (path: string) => [path, forbidden(path.split('/').at(-1)!)];
  const none = await kf(['services'], Object.fromEntries([services, deployments, notebooks, models, jobs].map(no)));
  assert.is(none.code, 4);
  assert.match(none.stderr, /you may not list services in team-a: there may be more\n/);
  assert.match(none.stderr, /not allowed: nothing in team-a may be listed that serves\n/);
});

test('an empty project, and one that is not there', async () => {
  const empty = await kf(['services', '-l', 'a=b']);
  assert.equal([empty.code, empty.stdout, empty.stderr], [0, '', 'nothing serves or runs in team-a with a=b\n']);
  const gone = status(404, 'NotFound', 'namespaces "team-a" not found', { name: 'team-a', kind: 'namespaces' });
  const missing = await kf(['services'], { '/api/v1/namespaces/team-a': gone });
  assert.is(missing.code, 3);
  assert.match(missing.stderr, /^no project "team-a"/);
});

test('its page names what stands below it', async () => {
  const { code, stdout } = await kf(['services', '--help']);
  assert.is(code, 0);
  assert.match(stdout, /\nSee also, each with its own --help:\n {2}services list, ls .*\n {2}services health /);
  assert.not.match(stdout, /whoami/);
});

test('hostile strings do nothing to a terminal', async () => {
  const evil = `\u001b]0;title\u0007\u001b[2J\u202eevil\r${'x'.repeat(100_000)}`;
  const labels = { 'app.kubernetes.io/name': evil };
  const bad = object('serving.kserve.io/v1beta1', 'InferenceService', 'bad', {
    metadata: { labels, annotations: { a: evil } },
    status: { url: `https://x\u001b[31m/${evil}`, conditions: [{ type: 'Ready', status: 'False', message: evil }] },
  });
  const routes = { [services]: list([service('web', {}, { labels })]), [models]: list([bad]) };
  for (const words of [['services'], ['services', '-o', 'wide'], ['services', '-o', 'json']]) {
    const { code, stdout } = await kf(words, routes, { terminal: 100, env: { NO_COLOR: '1' }, colorDepth: 1 });
    assert.is(code, 0);
    assert.not.match(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test.run();
