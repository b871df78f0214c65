import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { httpScheme, mainPort, portsOf, typeOfService } from '../../../shared/resources/service-type.ts';

const service = (name: string, labels: Record<string, string> = {}, ports: unknown = []) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels },
  spec: { ports },
});

test('what a Service is, by its labels before its name', () => {
  const cases: [string, Record<string, string>, string][] = [
    ['spark-history-server', {}, 'job history'],
    ['mlflow', {}, 'dashboard'],
    ['katib-ui', {}, 'dashboard'],
    ['ml-pipeline-ui', {}, 'dashboard'],
    ['guide', {}, 'service'],
    ['x', { 'app.kubernetes.io/name': 'Grafana' }, 'dashboard'],
    ['x', { app: 'jupyterhub' }, 'notebook'],
    ['vllm-llama', {}, 'model server'],
    ['logs', { 'app.kubernetes.io/component': 'tensorboard' }, 'tensorboard'],
    ['web', {}, 'service'],
  ];
  for (const [name, labels, type] of cases) assert.is(typeOfService(service(name, labels)), type, name);
});

test('the port that a person means speaks HTTP', () => {
  const ports = [
    { name: 'grpc', port: 8001 },
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'metrics', port: 9090 },
    { name: 'http-web', port: 80, targetPort: 'web' },
  ];
  assert.equal(mainPort(service('x', {}, ports)), {
    name: 'http-web',
    port: 80,
    protocol: 'TCP',
    appProtocol: '',
    targetPort: 'web',
  });
  const of = (port: object) => httpScheme(portsOf(service('x', {}, [port]))[0]!);
  assert.is(of({ port: 443 }), 'https');
  assert.is(of({ port: 5432, name: 'postgres' }), 'none');
  assert.is(of({ port: 1, appProtocol: 'kubernetes.io/ws' }), 'http');
  assert.is(of({ port: 1, appProtocol: 'kubernetes.io/h2c' }), 'none');
  assert.is(of({ port: 5000 }), undefined);
});

test('objects whose shape nobody vouches for', () => {
  for (const ports of [undefined, null, 'x', [null, 3, { port: 'x' }, {}]]) {
    assert.equal(portsOf(service('x', {}, ports)), []);
    assert.is(mainPort(service('x', {}, ports)), undefined);
  }
});

test.run();
