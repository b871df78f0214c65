/** Pods to go into: three of a StatefulSet, and one with containers that have a shell, Python, and nothing. */

import { kubectl, namespace } from './index.ts';
import { create } from './pods.ts';

const sleeping = (name: string, image = 'busybox') => ({
  name,
  image: `local.test/${image}:1`,
  command: ['sleep', '1000000'],
});

export async function execNamespace(prefix: string): Promise<{ name: string; delete(): Promise<void> }> {
  const ns = await namespace(prefix);
  const labels = { app: 'trio' };
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [sleeping('main')] } };
  const spec = { replicas: 3, serviceName: 'trio', podManagementPolicy: 'Parallel', selector: { matchLabels: labels } };
  await create(ns.name, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'trio' },
    spec: { ...spec, template },
  });
  await create(ns.name, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'box' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [sleeping('main'), sleeping('py', 'python'), { name: 'bare', image: 'local.test/pause:1' }],
    },
  });
  const all = ['pod/box', 'pod/trio-0', 'pod/trio-1', 'pod/trio-2'];
  const waited = await kubectl(['-n', ns.name, 'wait', '--for=condition=Ready', ...all, '--timeout=60s']);
  if (waited.code !== 0) throw new Error(waited.stderr);
  return ns;
}
