// waits
/** remove on the real cluster: real controllers, finalizers, rights and a project that goes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf, startKf } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace, ownOnly, skipReason, teardown, until } from './index.ts';
import { create } from './pods.ts';
import { areUp, forever, makeJob } from './train-jobs.ts';

const skip = skipReason();
const real = testUnless(skip);

/** A Deployment whose pods end soon when told to. */
const web = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'main', image: 'local.test/busybox:1', command: ['sleep', '100000'] }],
      },
    },
  },
});

const rolledOut = async (ns: string, name: string) => {
  const { code, stderr } = await kubectl(['-n', ns, 'rollout', 'status', `deployment/${name}`, '--timeout=90s']);
  assert.is(code, 0, stderr);
};
const there = async (ns: string, what: string): Promise<string[]> =>
  (await kubectl(['-n', ns, 'get', what, '-o', 'name'])).stdout.split('\n').filter(Boolean);
const configMap = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
});

real('a Deployment goes with its ReplicaSet and pods; a pod of it comes back, which is said', async () => {
  const { name: ns, delete: done } = await namespace('remove');
  await create(ns, web('web'));
  await rolledOut(ns, 'web');
  const [pod] = await there(ns, 'pods');
  const one = await kf(['remove', pod!, '--yes', '-n', ns, '--timeout', '60s']);
  assert.is(one.code, 0, one.stderr);
  assert.match(one.stderr, /belongs to replicaset\/web-\S+ \(of deployment\/web\), whose controller may make it anew/);
  await rolledOut(ns, 'web');
  const dry = await kf(['remove', 'web', '--dry-run=server', '-n', ns]);
  assert.is(dry.code, 0, dry.stderr);
  assert.match(
    dry.stdout,
    /^deployment\/web {3}Running\n└─ replicaset\/web-\S+\n {3}├─ pod\/web-\S+\n {3}└─ pod\/web-\S+\n$/,
  );
  assert.is((await there(ns, 'deployments')).length, 1);
  assert.is((await kf(['remove', 'web', '-n', ns])).code, 2);
  const gone = await kf(['remove', 'web', '--yes', '-n', ns, '--timeout', '90s']);
  assert.is(gone.code, 0, gone.stderr);
  assert.match(gone.stderr, /deployment\/web removed\n$/);
  assert.equal(await there(ns, 'deployments,replicasets,pods'), []);
  const none = await kf(['remove', 'web', '--yes', '-n', ns]);
  assert.is(none.code, 3);
  await done();
});

real('a TrainJob goes with its JobSet, Jobs and pods', async () => {
  const { name: ns, delete: done } = await namespace('remove');
  await makeJob(ns, 'digits', { nodes: 2, code: forever });
  await areUp(ns, 'digits', 2);
  const gone = await kf(['remove', 'digits', '--yes', '-n', ns, '--timeout', '90s', '-o', 'json']);
  assert.is(gone.code, 0, gone.stderr);
  const [item] = JSON.parse(gone.stdout).items;
  const kinds = item.owns.map(({ kind }: { kind: string }) => kind);
  for (const kind of ['JobSet', 'Job', 'Pod']) assert.ok(kinds.includes(kind), kinds.join());
  assert.equal(await there(ns, 'trainjobs,jobsets,jobs,pods'), []);
  await done();
});

real('a package goes with all that bears its name, and nothing else', async () => {
  const { name: ns, delete: done } = await namespace('remove');
  const labels = { 'app.kubernetes.io/part-of': 'shop' };
  await create(ns, web('front', labels));
  await create(ns, configMap('settings', { labels }));
  await create(ns, configMap('others'));
  await rolledOut(ns, 'front');
  const gone = await kf(['remove', 'shop', '--yes', '-n', ns, '--timeout', '90s', '-o', 'name']);
  assert.is(gone.code, 0, gone.stderr);
  assert.match(gone.stderr, /^package\/shop {3}Running\n/);
  assert.equal(gone.stdout.trim().split('\n').sort(), ['configmap/settings', 'deployment.apps/front']);
  assert.equal(await there(ns, 'deployments,replicasets,pods'), []);
  const left = await there(ns, 'configmaps');
  assert.ok(left.includes('configmap/others') && !left.includes('configmap/settings'), left.join());
  await done();
});

real('a finalizer that holds: which, where and who; Ctrl-C leaves the deletion going on', async () => {
  const { name: ns, delete: done } = await namespace('remove');
  const held = web('held');
  await create(ns, { ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } });
  await rolledOut(ns, 'held');
  const late = await kf(['remove', 'held', '--yes', '-n', ns, '--timeout', '5s']);
  assert.is(late.code, 5, late.stderr);
  assert.match(late.stderr, /^deployment\/held {3}Running {3}finalizer example.com\/hold\n/);
  assert.match(
    late.stderr,
    /deployment\/held is held by the finalizer example.com\/hold \(kubectl-create set it, and must take it away\)\n/,
  );
  assert.match(late.stderr, /deployment\/held is not gone after 5s: .*1 deployment/);
  const stopped = await kf(['remove', 'held', '--yes', '-n', ns], { signalAfter: /is held by the finalizer/ });
  assert.is(stopped.code, 130);
  assert.match(stopped.stderr, /stopped waiting; deployment\/held is being deleted all the same\n/);
  const waiting = await startKf(['remove', 'held', '--yes', '-n', ns]);
  await waiting.saw(/is held by the finalizer/);
  await kubectl(['-n', ns, 'patch', 'deployment', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
  const ended = await waiting.ended;
  assert.is(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /being deleted since/);
  await done();
});

real('a project that is being deleted says so, and what holds it', async () => {
  const { name: ns, delete: done } = await namespace('remove');
  await create(ns, { ...web('web'), metadata: { name: 'web', finalizers: ['example.com/hold'] } });
  await rolledOut(ns, 'web');
  await done();
  await until('the deletion of the pods', 60, async () => (await there(ns, 'pods')).length === 0, 500);
  const late = await kf(['remove', 'web', '--yes', '-n', ns, '--timeout', '4s']);
  assert.is(late.code, 5, late.stderr);
  assert.match(late.stderr, new RegExp(`^project ${ns} is being deleted, and all in it`));
  assert.match(late.stderr, /deployment\/web is held by the finalizer example.com\/hold/);
  await kubectl(['-n', ns, 'patch', 'deployment', 'web', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
});

testUnless(ownOnly())('a person with a part of the rights', async () => {
  const { name: ns, delete: done } = await namespace('remove');
  await create(ns, web('web'));
  await rolledOut(ns, 'web');
  const user = `remover-${ns}`;
  const kubeconfig = await clientCertUser(user, []);
  const grant = async (name: string, verbs: string) => {
    const role = ['create', 'role', name, `--verb=${verbs}`, '--resource=deployments.apps', '-n', ns];
    assert.is((await kubectl(role)).code, 0);
    const binding = ['create', 'rolebinding', name, `--role=${name}`, `--user=${user}`, '-n', ns];
    assert.is((await kubectl(binding)).code, 0);
  };
  const stranger = await kf(['remove', 'web', '--yes', '-n', ns], { kubeconfig });
  assert.is(stranger.code, 4, stranger.stderr);
  await grant('reader', 'get,list');
  const reader = await kf(['remove', 'web', '--yes', '-n', ns], { kubeconfig });
  assert.is(reader.code, 4, reader.stderr);
  assert.match(
    reader.stderr,
    new RegExp(`you may not list replicasets.apps.*\n[\\s\\S]*not allowed: ${user} may not delete`),
  );
  assert.is((await there(ns, 'deployments')).length, 1);
  await grant('remover', 'delete');
  // Who may not watch is told by asking.
  const remover = await kf(['remove', 'web', '--yes', '-n', ns, '--timeout', '60s'], { kubeconfig });
  assert.is(remover.code, 0, remover.stderr);
  assert.equal(await there(ns, 'deployments'), []);
  await done();
});

test.after(teardown);
test.run();
