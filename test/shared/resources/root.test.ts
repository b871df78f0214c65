import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rootTest } from '../../../shared/resources/root.ts';
import { object } from './components-support.ts';

test('what a known kind made is no root; what an unknown one made is', async () => {
  const isRoot = await rootTest();
  const owned = (apiVersion: string, kind: string, controller = true) =>
    isRoot(object({}, {}, { ownerReferences: [{ apiVersion, kind, name: 'o', uid: 'o', controller }] }));
  for (const [apiVersion, kind] of [
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'Deployment'],
    ['kubeflow.org/v1', 'Notebook'],
    ['kubeflow.org/v1', 'PyTorchJob'],
    ['jobset.x-k8s.io/v1alpha2', 'JobSet'],
    ['serving.knative.dev/v1', 'Revision'],
  ] as const) {
    assert.is(owned(apiVersion, kind), false, kind);
  }
  assert.is(owned('ray.io/v1', 'RayCluster'), true);
  assert.is(owned('example.com/v1', 'Deployment'), true);
  assert.is(owned('apps/v1', 'ReplicaSet', false), true);
  assert.is(isRoot(object({})), true);
});

test.run();
