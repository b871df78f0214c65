// changes: Trainer
/**
 * Kubeflow's kinds whose controllers can't be had here, by definitions of the tests' own: they change what the whole cluster
 * serves. What a controller would make of them is made here with its labels and owners; what runs is real.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kube } from '../../../shared/kube/kube.ts';
import { openKube } from '../../../shared/kube/open.ts';
import { servedKinds } from '../../../shared/resources/components.ts';
import { listComponents, type OwnedNode, ownedTree } from '../../../shared/resources/project.ts';
import { componentLabel, componentPods, resolveComponent } from '../../../shared/resources/resolve.ts';
import { failure, makeContext } from '../../shared/kube/support.ts';
import { testUnless } from '../../support/real.ts';
import * as make from '../component-objects.ts';
import { kubeflowKinds, serve } from '../crds.ts';
import { ensureCluster, kubectl, namespace, skipReason, until } from '../index.ts';
import { create } from '../pods.ts';

const real = testUnless(skipReason());
const context = makeContext();
let kube: Kube;
let ns = '';
let end = async () => {};
let unserve = async () => {};

test.before(async () => {
  if (skipReason()) return;
  const { kubeconfig } = await ensureCluster();
  const made = await namespace('crds');
  [ns, end] = [made.name, made.delete];
  kube = await openKube({ kubeconfig, namespace: ns }, context);
});
test.after(async () => {
  kube?.close();
  await end();
  await unserve();
});

/** Makes the object, its status as a controller would write it, and what it owns. */
async function put(object: Record<string, unknown>, status: object, owned: object[] = []): Promise<void> {
  await create(ns, object);
  const { kind, apiVersion, metadata } = object as { kind: string; apiVersion: string; metadata: { name: string } };
  const type = `${kind.toLowerCase()}s.${apiVersion.split('/')[1]}.${apiVersion.split('/')[0]}`;
  const { stdout } = await kubectl(['-n', ns, 'get', type, metadata.name, '-o', 'jsonpath={.metadata.uid}']);
  const owner = { apiVersion, kind, name: metadata.name, uid: stdout, controller: true };
  for (const each of owned as { metadata: object }[]) {
    await create(ns, { ...each, metadata: { ...each.metadata, ownerReferences: [owner] } });
  }
  await say(type, metadata.name, status);
}
async function say(type: string, name: string, status: object): Promise<void> {
  const patch = ['patch', type, name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
  const { code, stderr } = await kubectl(['-n', ns, ...patch]);
  assert.is(code, 0, stderr);
}
/** A StatefulSet or Deployment whose pods bear these labels, and have that main container. */
const running = (object: ReturnType<typeof make.deployment>, labels: object, container: string) => {
  object.spec.template.metadata.labels = { ...object.spec.template.metadata.labels, ...labels };
  object.spec.template.spec.containers = [make.stays('sidecar'), make.stays(container)];
  return object;
};
const ready = (type: string, name: string) =>
  until(`${type}/${name} to be ready`, 60, async () => {
    const { stdout } = await kubectl(['-n', ns, 'get', type, name, '-o', 'jsonpath={.status.readyReplicas}']);
    return stdout === '1';
  });
const look = async (word: string) => {
  const component = await resolveComponent(kube, context, word);
  const pods = (await componentPods(kube, component))!;
  const state = component.kind.state(component.object, pods);
  const main = pods.map((pod) => component.kind.mainContainer(pod));
  const { root } = await ownedTree(kube, component);
  return { component, pods: pods.map((pod) => pod.metadata.name), state, main, tree: kindsOf(root) };
};
const kindsOf = (node: OwnedNode): string =>
  node.children.map((c) => (c.children.length > 0 ? `${c.kind}(${kindsOf(c)})` : c.kind)).join();

real('a kind that is not served is said to be so, and is found as soon as it is', async () => {
  const before = await servedKinds(kube, context);
  const lacking = kubeflowKinds.filter(({ kind }) => !before.some((each) => each.kind === kind));
  for (const { kind, plural, group } of lacking) {
    const error = await failure(() => resolveComponent(kube, context, `${kind}/x`));
    assert.is(error.exit, 3);
    assert.is(error.message, `this cluster has no ${kind}s: it serves no ${plural}.${group}`);
  }
  // A command that starts later, with what an earlier one remembered.
  const again = await openKube({ kubeconfig: (await ensureCluster()).kubeconfig, namespace: ns }, context);
  unserve = await serve(kubeflowKinds);
  const error = await failure(() => resolveComponent(again, context, 'notebook/lab'));
  assert.is(error.message, `no notebook "lab" in ${ns}`);
  again.close();
  kube.close();
  kube = await openKube({ kubeconfig: (await ensureCluster()).kubeconfig, namespace: ns }, context);
  const kinds = await servedKinds(kube, context);
  for (const { kind, versions } of kubeflowKinds) {
    assert.equal(kinds.find((each) => each.kind === kind)?.versions, [versions[0]], kind);
  }
});

real('a Notebook', async () => {
  const labels = { 'notebook-name': 'lab', statefulset: 'lab' };
  await put(
    { apiVersion: 'kubeflow.org/v1', kind: 'Notebook', metadata: { name: 'lab' }, spec: { template: { spec: {} } } },
    { readyReplicas: 1, containerState: { running: {} }, conditions: [{ type: 'Running', status: 'True' }] },
    [running(make.statefulSet('lab'), labels, 'lab')],
  );
  await ready('statefulset', 'lab');
  const { component, pods, state, main, tree } = await look('lab');
  assert.is(componentLabel(component), 'notebook/lab');
  assert.is(componentLabel((await look('nb/lab')).component), 'notebook/lab');
  assert.is(component.path, `/apis/kubeflow.org/v1/namespaces/${ns}/notebooks/lab`);
  assert.equal([pods, main, tree], [['lab-0'], ['lab'], 'StatefulSet(Pod)']);
  assert.equal([state.phase, state.nodes, state.why], ['Running', { ready: 1, total: 1 }, '']);
  assert.is(component.kind.url!(component.object), `/notebook/${ns}/lab/`);
  assert.is(component.kind.service, 'notebook');

  await kubectl(['-n', ns, 'annotate', 'notebook', 'lab', 'kubeflow-resource-stopped=2026-01-01T00:00:00Z']);
  assert.equal((await look('lab')).state.why, '1 pod still to stop');
  assert.is((await look('lab')).state.phase, 'Stopped');
});

real('a Workspace', async () => {
  const labels = { 'notebooks.kubeflow.org/workspace-name': 'desk' };
  await put(
    { apiVersion: 'kubeflow.org/v1beta1', kind: 'Workspace', metadata: { name: 'desk' }, spec: { kind: 'jupyter' } },
    { state: 'Running', stateMessage: 'Workspace is running' },
    [running(make.statefulSet('ws-desk-x7k2p'), labels, 'main')],
  );
  await ready('statefulset', 'ws-desk-x7k2p');
  const { component, pods, state, main, tree } = await look('desk');
  assert.is(componentLabel(component), 'workspace/desk');
  assert.equal([pods, main, tree], [['ws-desk-x7k2p-0'], ['main'], 'StatefulSet(Pod)']);
  assert.equal([state.phase, state.nodes], ['Running', { ready: 1, total: 1 }]);
  await say('workspace', 'desk', { state: 'Error', stateMessage: 'its WorkspaceKind is gone' });
  assert.equal(
    [(await look('desk')).state.phase, (await look('desk')).state.why],
    ['Failed', 'its WorkspaceKind is gone'],
  );
  await kubectl(['-n', ns, 'patch', 'workspace', 'desk', '--type=merge', '-p', '{"spec":{"paused":true}}']);
  assert.is((await look('ws/desk')).state.phase, 'Stopped');
});

real('an InferenceService', async () => {
  const labels = { 'serving.kserve.io/inferenceservice': 'iris', component: 'predictor' };
  const url = 'http://iris.example.com';
  const condition = (type: string, status: string, message = '') => ({ type, status, message });
  await put(
    { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', metadata: { name: 'iris' }, spec: {} },
    { url, conditions: [condition('PredictorReady', 'True'), condition('Ready', 'True')] },
    [running(make.deployment('iris-predictor'), labels, 'kserve-container')],
  );
  await ready('deployment', 'iris-predictor');
  const { component, pods, state, main, tree } = await look('iris');
  assert.is(componentLabel(component), 'inferenceservice/iris');
  assert.is(componentLabel((await look('isvc/iris')).component), 'inferenceservice/iris');
  assert.match(pods.join(), /^iris-predictor-[0-9a-f]+-\w{5}$/);
  assert.equal([main, tree], [['kserve-container'], 'Deployment(ReplicaSet(Pod))']);
  assert.equal([state.phase, state.nodes, state.why], ['Ready', { ready: 1, total: 1 }, '']);
  assert.is(component.kind.url!(component.object), url);
  assert.is(component.kind.service, 'model server');

  const waiting = { conditions: [condition('IngressReady', 'False', 'no ingress yet'), condition('Ready', 'False')] };
  await say('inferenceservice', 'iris', waiting);
  assert.equal(
    [(await look('iris')).state.phase, (await look('iris')).state.why],
    ['Pending', 'IngressReady: no ingress yet'],
  );
  const broken = { transitionStatus: 'BlockedByFailedLoad', lastFailureInfo: { message: 'no model at s3://x' } };
  await say('inferenceservice', 'iris', { modelStatus: broken });
  assert.equal([(await look('iris')).state.phase, (await look('iris')).state.why], ['Failed', 'no model at s3://x']);
  await kubectl(['-n', ns, 'annotate', 'inferenceservice', 'iris', 'serving.kserve.io/stop=true']);
  assert.is((await look('iris')).state.phase, 'Stopped');
});

real('what they made is not listed beside them', async () => {
  const found: string[] = [];
  for await (const { kind, items } of listComponents(kube, context)) {
    found.push(...items.map((each) => `${kind.kind}/${each.metadata.name}`));
  }
  assert.equal(found.sort(), ['InferenceService/iris', 'Notebook/lab', 'Workspace/desk']);
});

test.run();
