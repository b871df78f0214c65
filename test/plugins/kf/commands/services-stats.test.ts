import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { status } from '../../../support/api-server.ts';
import { deployment, forbidden, kf, list, listPath, object, ownedBy, service } from '../served.ts';

const pods = listPath('', 'v1', 'pods');
const metrics = '/apis/metrics.k8s.io/v1beta1/namespaces/team-a/pods';
const withMetrics = {
  '/apis': {
    body: {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'apps' },
          versions: [
            {
              version: 'v1',
              resources: [
                { resource: 'deployments', responseKind: { kind: 'Deployment' }, scope: 'Namespaced' },
                { resource: 'replicasets', responseKind: { kind: 'ReplicaSet' }, scope: 'Namespaced' },
              ],
            },
          ],
        },
        {
          metadata: { name: 'metrics.k8s.io' },
          versions: [
            {
              version: 'v1beta1',
              resources: [{ resource: 'pods', responseKind: { kind: 'PodMetrics' }, scope: 'Namespaced' }],
            },
          ],
        },
      ],
    },
  },
};
const web = deployment('web', 2, 2);
const set = object('apps/v1', 'ReplicaSet', 'web-abc', { metadata: ownedBy(web) });
const pod = (name: string, node: string, limits: object = { cpu: '1', memory: '1Gi' }) =>
  object('v1', 'Pod', name, {
    metadata: { labels: { app: 'web', 'pod-template-hash': 'abc' }, ...ownedBy(set) },
    spec: {
      nodeName: node,
      containers: [{ name: 'main', resources: { requests: { cpu: '500m', memory: '512Mi' }, limits } }],
    },
    status: { phase: 'Running', containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }] },
  });
const project = {
  [pods]: list([pod('web-abc-1', 'node1'), pod('web-abc-2', 'node2')]),
  [listPath('apps', 'v1', 'deployments')]: list([web]),
};
const metric = (name: string, cpu: string, memory: string) => ({
  metadata: { name },
  containers: [{ name: 'main', usage: { cpu, memory } }],
});
const summary = (name: string, cores: number, bytes: number) => ({
  body: {
    pods: [
      { podRef: { name: 'other', namespace: 'team-b' }, cpu: { usageNanoCores: 9e9 } },
      {
        podRef: { name, namespace: 'team-a' },
        cpu: { usageNanoCores: cores * 1e9 },
        memory: { workingSetBytes: bytes },
      },
    ],
  },
});
const kubelet = (node: string) => `/api/v1/nodes/${node}/proxy/stats/summary`;
const cells = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {3,}/).join('|'));

test('from the metrics API, where there is one', async () => {
  const items = [metric('web-abc-1', '250m', '256Mi'), metric('web-abc-2', '1250000000n', '1792Mi')];
  const { code, stdout, stderr, asked } = await kf(['services', 'stats'], {
    ...project,
    ...withMetrics,
    [metrics]: list(items),
  });
  assert.equal([code, stderr], [0, '']);
  assert.equal(cells(stdout), ['deployment/web|2|1.5|1/2|75%|2Gi|1Gi/2Gi|100%|-']);
  assert.not(asked.some(({ path }) => path.includes('/proxy/')));
});

test('from the kubelets, where there is none, or it does not answer; of this project alone', async () => {
  const kubelets = {
    [kubelet('node1')]: summary('web-abc-1', 0.25, 2 ** 28),
    [kubelet('node2')]: summary('web-abc-2', 0.25, 2 ** 28),
  };
  const { code, stdout, stderr } = await kf(['services', 'stats'], { ...project, ...kubelets });
  assert.equal([code, stderr], [0, '']);
  assert.equal(cells(stdout), ['deployment/web|2|500m|1/2|25%|512Mi|1Gi/2Gi|25%|-']);
  const down = status(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
  const again = await kf(['services', 'stats', '-o', 'json'], {
    ...project,
    ...kubelets,
    ...withMetrics,
    [metrics]: down,
  });
  assert.equal(JSON.parse(again.stdout).items[0].cpu, { used: 0.5, request: 1, limit: 2 });
});

test('a bar where a person looks; a pod each where a component is named; no limit, no part of it', async () => {
  const unlimited = pod('web-abc-2', 'node1', {});
  const { stdout } = await kf(
    ['services', 'stats', 'deployment/web'],
    {
      ...project,
      [pods]: list([pod('web-abc-1', 'node1'), unlimited]),
      [`${listPath('apps', 'v1', 'deployments')}/web`]: { body: web },
      [kubelet('node1')]: summary('web-abc-1', 0.5, 2 ** 29),
    },
    { terminal: 140, colorDepth: 1 },
  );
  assert.equal(cells(stdout), [
    'pod/web-abc-1|1|500m|500m/1|█████····· 50%|512Mi|512Mi/1Gi|█████····· 50%|-',
    'pod/web-abc-2|1|-|500m/-|-|-|512Mi/-|-|-',
  ]);
});

test('where neither may be read: what is asked for, and why there is no more', async () => {
  const { code, stdout, stderr, asked } = await kf(['services', 'stats'], {
    ...project,
    ...withMetrics,
    [metrics]: forbidden('pods'),
    [kubelet('node1')]: forbidden('nodes/proxy', 'get'),
    [kubelet('node2')]: forbidden('nodes/proxy', 'get'),
  });
  assert.is(code, 4);
  assert.equal(cells(stdout), ['deployment/web|2|-|1/2|-|-|1Gi/2Gi|-|-']);
  assert.match(stderr, /^nothing tells what is used: only what is asked for is shown\n/);
  assert.match(stderr, /the metrics API may not be read: tester may not list pods in team-a\n/);
  assert.match(stderr, /the kubelets may not be read: tester may not get nodes\/proxy in team-a\n/);
  assert.ok(asked.filter(({ path }) => path.includes('/proxy/')).length <= 2);
});

test('pods that may not be listed; nothing that runs; wrong use', async () => {
  const no = await kf(['services', 'stats'], { [pods]: forbidden('pods') });
  assert.is(no.code, 4);
  assert.match(no.stderr, /^not allowed: tester may not list pods in team-a\n/);
  const none = await kf(['services', 'stats']);
  assert.equal([none.code, none.stdout, none.stderr], [0, '', 'nothing runs in team-a\n']);
  assert.is((await kf(['services', 'stats', 'web', '-l', 'a=b'])).code, 2);
  const behind = await kf(['services', 'stats', 'service/web'], {
    ...project,
    [`${listPath('', 'v1', 'services')}/web`]: { body: service('web') },
    [kubelet('node1')]: summary('web-abc-1', 1, 1),
    [kubelet('node2')]: { status: 500, body: 'oops' },
  });
  assert.is(behind.code, 0);
  assert.match(behind.stderr, /the kubelet of node2 does not answer/);
});

test.run();
