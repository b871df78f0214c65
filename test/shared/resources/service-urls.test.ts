import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openKube } from '../../../shared/kube/open.ts';
import { ingressUrls, serviceUrls } from '../../../shared/resources/service-urls.ts';
import { apiServer, status } from '../../support/api-server.ts';
import { context } from '../../support/command.ts';

const object = (kind: string, spec: object, more: object = {}) => ({
  apiVersion: 'x/v1',
  kind,
  metadata: { name: kind.toLowerCase() },
  spec,
  ...more,
});
const path = (service: string, at?: string) => ({ path: at, backend: { service: { name: service } } });

test('an Ingress: hosts, TLS, a load balancer where there is no host, the default backend', () => {
  const rules = [
    { host: 'a.example.com', http: { paths: [path('web', '/shop'), path('regex', '/(.*)')] } },
    { host: '*.example.com', http: { paths: [path('wild')] } },
  ];
  const tls = [{ hosts: ['a.example.com'] }];
  assert.equal(ingressUrls(object('Ingress', { rules, tls })), [
    ['web', 'https://a.example.com/shop'],
    ['regex', 'https://a.example.com/'],
  ]);
  const balanced = { status: { loadBalancer: { ingress: [{ ip: 'fd00::1' }] } } };
  assert.equal(ingressUrls(object('Ingress', { defaultBackend: { service: { name: 'all' } } }, balanced)), [
    ['all', 'http://[fd00::1]/'],
  ]);
  for (const spec of [null, {}, { rules: 'x' }, { rules: [{ http: { paths: [null] } }] }]) {
    assert.equal(ingressUrls(object('Ingress', spec as object)), []);
  }
});

const ns = (group: string, version: string, plural: string, namespace = 'team-a') =>
  `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
const group = (name: string, version: string, resources: [string, string][]) => ({
  metadata: { name },
  versions: [
    {
      version,
      resources: resources.map(([resource, kind]) => ({ resource, responseKind: { kind }, scope: 'Namespaced' })),
    },
  ],
});
const list = (...items: object[]) => ({ body: { metadata: {}, items } });

test('routes and virtual services lead through their gateways, also those that may not be read', async () => {
  const server = await apiServer({
    '/api': { body: { kind: 'APIGroupDiscoveryList', items: [group('', 'v1', [['services', 'Service']])] } },
    '/apis': {
      body: {
        kind: 'APIGroupDiscoveryList',
        items: [
          group('gateway.networking.k8s.io', 'v1', [
            ['httproutes', 'HTTPRoute'],
            ['gateways', 'Gateway'],
          ]),
          group('networking.istio.io', 'v1', [
            ['virtualservices', 'VirtualService'],
            ['gateways', 'Gateway'],
          ]),
          group('networking.k8s.io', 'v1', [['ingresses', 'Ingress']]),
        ],
      },
    },
    [ns('networking.k8s.io', 'v1', 'ingresses')]: status(403, 'Forbidden', 'no'),
    [ns('gateway.networking.k8s.io', 'v1', 'httproutes')]: list(
      object('HTTPRoute', {
        parentRefs: [{ name: 'front', namespace: 'infra', sectionName: 'tls' }],
        rules: [{ matches: [{ path: { value: '/model' } }], backendRefs: [{ name: 'model' }] }],
      }),
      object('HTTPRoute', {
        hostnames: ['*.example.com', 'b.example.com'],
        parentRefs: [{ name: 'hidden', namespace: 'infra' }],
        rules: [{ backendRefs: [{ name: 'b' }, { name: 'bucket', kind: 'Bucket' }] }],
      }),
    ),
    [`${ns('gateway.networking.k8s.io', 'v1', 'gateways', 'infra')}/front`]: {
      body: {
        spec: {
          listeners: [
            { name: 'plain', protocol: 'HTTP' },
            { name: 'tls', protocol: 'HTTPS', hostname: 'front.example.com' },
          ],
        },
      },
    },
    [`${ns('gateway.networking.k8s.io', 'v1', 'gateways', 'infra')}/hidden`]: status(403, 'Forbidden', 'no'),
    [ns('networking.istio.io', 'v1', 'virtualservices')]: list(
      object('VirtualService', {
        hosts: ['*'],
        gateways: ['kubeflow/kubeflow-gateway'],
        http: [
          {
            match: [{ uri: { prefix: '/notebook/team-a/mine/' } }],
            route: [{ destination: { host: 'mine.team-a.svc.cluster.local' } }],
          },
          { route: [{ destination: { host: 'other.team-b.svc.cluster.local' } }] },
        ],
      }),
      object('VirtualService', {
        hosts: ['inside'],
        gateways: ['mesh'],
        http: [{ route: [{ destination: { host: 'inside' } }] }],
      }),
    ),
    [`${ns('networking.istio.io', 'v1', 'gateways', 'kubeflow')}/kubeflow-gateway`]: {
      body: { spec: { servers: [{ hosts: ['*'], port: { number: 80 } }] } },
    },
    '/api/v1/namespaces/istio-system/services/istio-ingressgateway': {
      body: { spec: { ports: [] }, status: { loadBalancer: { ingress: [{ hostname: 'kf.example.com' }] } } },
    },
  });
  try {
    const { context: world } = context({ env: { KUBECONFIG: server.kubeconfig } });
    const kube = await openKube({}, world);
    assert.equal([...(await serviceUrls(kube, world, 'team-a'))].sort(), [
      ['b', 'http://b.example.com/'],
      ['mine', 'http://kf.example.com/notebook/team-a/mine/'],
      ['model', 'https://front.example.com/model'],
    ]);
    kube.close();
  } finally {
    await server.close();
  }
});

test.run();
