/** shared/kube against the real API server, with kubectl's word beside it. */
import { rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { create, find, patch, remove, resourcePath, serverSideApply } from '../../shared/kube/apply.ts';
import { resourceFor, served } from '../../shared/kube/discovery.ts';
import type { Kube, KubeObject } from '../../shared/kube/kube.ts';
import { openKube } from '../../shared/kube/open.ts';
import { listAll, pages } from '../../shared/kube/pages.ts';
import { selfSubjectAccessReview, selfSubjectReview, selfSubjectRulesReview } from '../../shared/kube/reviews.ts';
import { listWatch } from '../../shared/kube/watch-list.ts';
import type { Served } from '../../shared/resources/resource.ts';
import { at, failure, makeContext } from '../shared/kube/support.ts';
import { testUnless } from '../support/real.ts';
import { ensureCluster, kubectl, namespace, skipReason } from './index.ts';

const real = testUnless(skipReason());
const context = makeContext();
let kube: Kube;
let ns = '';
let end = async () => {};
test.before(async () => {
  if (skipReason()) return;
  const { kubeconfig } = await ensureCluster();
  const made = await namespace('kube');
  [ns, end] = [made.name, made.delete];
  kube = await openKube({ kubeconfig, namespace: ns }, context);
});
test.after(async () => {
  kube?.close();
  await end();
});

const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
const configMaps = async (): Promise<Served> => (await served(kube, context, '', 'ConfigMap'))!;

real('discovery says what kubectl api-resources says', async () => {
  const { stdout } = await kubectl(['api-resources', '--no-headers']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  assert.ok(rows.length > 40);
  for (const row of rows) {
    const [kind, namespaced, apiVersion] = row.slice(-3).length === 3 ? [row.at(-1)!, row.at(-2)!, row.at(-3)!] : [];
    const found = await resourceFor(kube, context, apiVersion!, kind!);
    assert.ok(found, `${apiVersion} ${kind}`);
    assert.equal([found.plural, String(found.namespaced)], [row[0], namespaced]);
    assert.equal(await served(kube, context, found.group, found.plural), found);
  }
  rmSync(at('cache'), { recursive: true, force: true });
});

real('pages hold what one list holds', async () => {
  const maps = await configMaps();
  for (let i = 0; i < 12; i++) await create(kube, maps, configMap(`page-${i}`));
  const path = resourcePath(maps, ns);
  const { stdout } = await kubectl(['-n', ns, 'get', 'configmaps', '-o', 'name']);
  const names: string[] = [];
  const sizes: number[] = [];
  for await (const { items } of pages(kube, path, {}, { first: 2, size: 5 })) {
    sizes.push(items.length);
    names.push(...items.map((item) => `configmap/${item.metadata.name}`));
    assert.ok(items.every((item) => item.kind === 'ConfigMap' && item.apiVersion === 'v1'));
  }
  assert.equal(names, stdout.trim().split('\n'));
  assert.equal(sizes.slice(0, 2), [2, 5]);
  const { items } = await listAll(kube, path, { fieldSelector: 'metadata.name=page-3' });
  assert.equal(
    items.map((item) => item.metadata.name),
    ['page-3'],
  );
});

real('apply, dry run, conflict, patch, delete', async () => {
  const maps = await configMaps();
  const dry = await serverSideApply(kube, maps, configMap('one', { a: '1' }), { dryRun: true });
  assert.is(dry.metadata.namespace, ns);
  assert.is(await find(kube, maps, 'one'), undefined);
  const made = await serverSideApply(kube, maps, configMap('one', { a: '1' }));
  const managers = (made.metadata.managedFields as { manager: string; operation: string }[]).map(
    (m) => `${m.manager} ${m.operation}`,
  );
  assert.equal(managers, ['kubectl-kf Apply']);
  await kubectl(['-n', ns, 'patch', 'configmap', 'one', '-p', '{"data":{"a":"2"}}']);
  const conflict = await failure(serverSideApply(kube, maps, configMap('one', { a: '3' })));
  assert.equal([conflict.exit, conflict.status?.reason], [1, 'Conflict']);
  assert.equal((await serverSideApply(kube, maps, configMap('one', { a: '3' }), { force: true })).data, { a: '3' });
  assert.equal((await patch(kube, maps, 'one', { data: { b: '4' } })).data, { a: '3', b: '4' });
  const twice = await failure(create(kube, maps, configMap('one')));
  assert.is(twice.status?.reason, 'AlreadyExists');
  assert.is((await failure(remove(kube, maps, 'one', { uid: 'not-this' }))).status?.code, 409);
  assert.equal([await remove(kube, maps, 'one'), await remove(kube, maps, 'one')], [true, false]);
});

real('fields that are not known are named: by a dry run of create, by apply, exit 2', async () => {
  const maps = await configMaps();
  const odd = { ...configMap('odd'), datta: { a: '1' } };
  for (const write of [create, serverSideApply]) {
    const error = await failure(write(kube, maps, odd, { dryRun: true }));
    assert.is(error.exit, 2);
    assert.match(error.message, 'datta');
  }
});

real('who I am and what I may do, as kubectl says it; acting as another too', async () => {
  const me = await selfSubjectReview(kube);
  const { stdout } = await kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
  assert.is(me.username, stdout);
  const { kubeconfig } = await ensureCluster();
  const alice = await openKube({ kubeconfig, namespace: ns, as: 'alice', asGroup: ['team', 'other'] }, context);
  const { username, groups } = await selfSubjectReview(alice);
  assert.equal([username, groups], ['alice', ['team', 'other', 'system:authenticated']]);
  const may = (who: Kube) => selfSubjectAccessReview(who, { verb: 'create', resource: 'pods' });
  assert.equal([(await may(kube)).allowed, (await may(alice)).allowed], [true, false]);
  const rules = await selfSubjectRulesReview(alice);
  assert.not(rules.resourceRules.some((rule) => rule.resources?.includes('pods')));
  const error = await failure(alice.json({ path: `/api/v1/namespaces/${ns}/pods` }));
  assert.is(error.message, `not allowed: alice may not list pods in ${ns}`);
  assert.is(error.exit, 4);
  alice.close();
});

real('listWatch sees what another does, in order', async () => {
  const maps = await configMaps();
  const stop = new AbortController();
  const seen: string[] = [];
  const options = { signal: stop.signal, sleep: context.sleep, now: context.now };
  for await (const event of listWatch(
    kube,
    resourcePath(maps, ns),
    { fieldSelector: 'metadata.name=watched' },
    options,
  )) {
    seen.push(event.type);
    if (event.type === 'SYNCED') {
      await kubectl(['-n', ns, 'create', 'configmap', 'watched']);
      await kubectl(['-n', ns, 'patch', 'configmap', 'watched', '-p', '{"data":{"a":"2"}}']);
      await kubectl(['-n', ns, 'delete', 'configmap', 'watched']);
    }
    if (event.type === 'DELETED') stop.abort();
  }
  assert.equal(seen, ['SYNCED', 'ADDED', 'MODIFIED', 'DELETED']);
});

test.run();
