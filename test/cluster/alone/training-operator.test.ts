// changes: Training Operator
// timeout: 900
/** The Training Operator's kinds, by its own definitions and controllers: they change what the whole cluster serves. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kube } from '../../../shared/kube/kube.ts';
import { openKube } from '../../../shared/kube/open.ts';
import { findJob } from '../../../shared/resources/find.ts';
import { listComponents, type OwnedNode, ownedTree } from '../../../shared/resources/project.ts';
import { componentLabel, componentPods, resolveComponent } from '../../../shared/resources/resolve.ts';
import { makeContext } from '../../shared/kube/support.ts';
import { testUnless } from '../../support/real.ts';
import { stays } from '../component-objects.ts';
import { ensureCluster, kubectl, namespace, ownOnly, until } from '../index.ts';
import { create } from '../pods.ts';
import { noOperator, type Operator, trainingOperator } from '../training-operator.ts';

const skip = ownOnly() ?? noOperator();
const real = testUnless(skip);
const context = makeContext();
let kube: Kube;
let ns = '';
let end = async () => {};
let operator: Operator;

test.before(async () => {
  if (skip) return;
  const { kubeconfig } = await ensureCluster();
  const made = await namespace('operator');
  [ns, end] = [made.name, made.delete];
  operator = await trainingOperator(ns);
  kube = await openKube({ kubeconfig, namespace: ns }, context);
  await create(ns, { apiVersion: 'v1', kind: 'List', items: [...kinds.map((kind) => job(...kind)), failing()] });
});
test.after(async () => {
  kube?.close();
  await end();
  await operator?.stop();
});

const replica = (containers: object[], replicas = 1) => ({
  replicas,
  restartPolicy: 'Never',
  template: { spec: { terminationGracePeriodSeconds: 0, containers } },
});
const job = (kind: string, container: string, field: string, types: Record<string, number>) => ({
  apiVersion: 'kubeflow.org/v1',
  kind,
  metadata: { name: `a-${kind.toLowerCase()}` },
  spec: {
    [field]: Object.fromEntries(
      Object.entries(types).map(([type, n]) => [type, replica([stays('sidecar'), stays(container)], n)]),
    ),
  },
});
const failing = () => {
  const container = { ...stays('pytorch'), command: ['sh', '-c', 'echo no luck; exit 5'] };
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name: 'unlucky' },
    spec: { pytorchReplicaSpecs: { Master: replica([container]) } },
  };
};

/** Kind, the container that the operator looks for, the field of the replicas, how many of each type. */
const kinds: [string, string, string, Record<string, number>][] = [
  ['PyTorchJob', 'pytorch', 'pytorchReplicaSpecs', { Master: 1, Worker: 1 }],
  ['TFJob', 'tensorflow', 'tfReplicaSpecs', { Chief: 1, Worker: 1 }],
  ['MPIJob', 'mpi', 'mpiReplicaSpecs', { Launcher: 1, Worker: 1 }],
  ['XGBoostJob', 'xgboost', 'xgbReplicaSpecs', { Master: 1, Worker: 1 }],
  ['PaddleJob', 'paddle', 'paddleReplicaSpecs', { Master: 1, Worker: 1 }],
  ['JAXJob', 'jax', 'jaxReplicaSpecs', { Worker: 2 }],
];

const look = async (word: string) => {
  const component = await resolveComponent(kube, context, word);
  const pods = (await componentPods(kube, component))!;
  return { component, pods, state: component.kind.state(component.object, pods) };
};
const doing = async (word: string, phase: string) => {
  let seen = '';
  await until(`${word} to be ${phase}`, 120, async () => {
    const { state } = await look(word);
    seen = `${state.phase} ${state.why}`;
    return state.phase === phase;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${seen}\n${operator.log().slice(-2000)}`);
  });
  return look(word);
};
const kindsOf = (node: OwnedNode): string[] => node.children.map(({ kind }) => kind).sort();

for (const [kind, container, , types] of kinds) {
  real(`a ${kind}`, async () => {
    const name = `a-${kind.toLowerCase()}`;
    const { component, pods, state } = await doing(name, 'Running');
    const ranks = Object.entries(types).flatMap(([type, n]) =>
      Array.from({ length: n }, (_, i) => `${type.toLowerCase()}-${i}`),
    );
    assert.is(componentLabel(component), `${kind.toLowerCase()}/${name}`);
    assert.equal(pods.map((pod) => component.kind.rank(pod)).sort(), ranks.sort());
    assert.equal(new Set(pods.map((pod) => component.kind.mainContainer(pod))), new Set([container]));
    assert.equal([state.nodes, state.why], [{ ready: 2, total: 2 }, '']);
    const { root, refused } = await ownedTree(kube, component);
    assert.equal(refused, []);
    assert.is(kindsOf(root).filter((each) => each === 'Pod').length, 2);
    // MPI's launcher gets its hosts and the right to reach them, the others a name for each replica.
    const beside = kind === 'MPIJob' ? ['ConfigMap', 'Role', 'RoleBinding', 'ServiceAccount'] : ['Service'];
    for (const each of beside) assert.ok(kindsOf(root).includes(each), `${each} among ${kindsOf(root)}`);
    const found = await findJob(kube, context, name);
    assert.equal([found.kind.kind, found.path], [kind, component.path]);
    assert.is((await look(`${component.kind.plural}/${name}`)).component.path, component.path);
  });
}

real('one that fails, one that is suspended', async () => {
  const { state } = await doing('unlucky', 'Failed');
  assert.equal([state.why, state.failure?.exitCode], ['master-0 exited 5', 5]);
  const patch = ['patch', 'tfjob', 'a-tfjob', '--type=merge', '-p', '{"spec":{"runPolicy":{"suspend":true}}}'];
  const { code, stderr } = await kubectl(['-n', ns, ...patch]);
  assert.is(code, 0, stderr);
  await doing('a-tfjob', 'Suspended');
});

real('what they made is not listed beside them', async () => {
  const found: string[] = [];
  for await (const { kind, items } of listComponents(kube, context)) {
    found.push(...items.map((each) => `${kind.kind}/${each.metadata.name}`));
  }
  assert.equal(
    found.sort(),
    [...kinds.map(([kind]) => `${kind}/a-${kind.toLowerCase()}`), 'PyTorchJob/unlucky'].sort(),
  );
});

test.run();
