import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allServed, resourceFor, served, withServed } from '../../../shared/kube/discovery.ts';
import { cacheFile } from '../../../shared/kube/discovery-cache.ts';
import { at, closeServers, connect, failure, makeContext, reply, serve } from './support.ts';

test.after(closeServers);
test.before.each(() => rmSync(at('cache'), { recursive: true, force: true }));

const resource = (plural: string, kind: string, more: object = {}) => ({
  resource: plural,
  responseKind: { group: '', version: '', kind },
  scope: 'Namespaced',
  singularResource: kind.toLowerCase(),
  shortNames: [],
  ...more,
});
const core = [
  {
    metadata: {},
    versions: [
      {
        version: 'v1',
        resources: [resource('pods', 'Pod', { shortNames: ['po'] }), resource('nodes', 'Node', { scope: 'Cluster' })],
      },
    ],
  },
];
const trainer = (...versions: string[]) => ({
  metadata: { name: 'trainer.kubeflow.org' },
  versions: versions.map((version) => ({ version, resources: [resource('trainjobs', 'TrainJob')] })),
});

type Group = ReturnType<typeof trainer>;

/** A server of the aggregated form; `groups` may change between requests. */
async function server(state: { groups: Group[]; asked: string[] }) {
  const it = await serve((request, response) => {
    state.asked.push(request.url!);
    if (request.url === '/api' || request.url === '/apis') {
      assert.match(request.headers.accept!, 'g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
      return reply(response, 200, {
        kind: 'APIGroupDiscoveryList',
        items: request.url === '/api' ? core : state.groups,
      });
    }
    const known = state.groups.some((group) =>
      request.url!.startsWith(`/apis/${group.metadata.name}/${group.versions[0]!.version}/`),
    );
    if (known) reply(response, 200, { items: [] });
    else
      reply(response, 404, {
        kind: 'Status',
        code: 404,
        reason: 'NotFound',
        message: 'the server could not find the requested resource',
        details: {},
      });
  });
  return it;
}

test('kind, plural, singular and short name; the preferred version; the next process asks nothing', async () => {
  const state = { groups: [trainer('v2', 'v1alpha1')], asked: [] as string[] };
  const { url } = await server(state);
  const context = makeContext();
  const kube = await connect(url, { context });
  const job = { group: 'trainer.kubeflow.org', version: 'v2', kind: 'TrainJob', plural: 'trainjobs', namespaced: true };
  for (const name of ['TrainJob', 'trainjobs', 'trainjob'])
    assert.equal(await served(kube, context, job.group, name), job);
  assert.equal(await resourceFor(kube, context, 'trainer.kubeflow.org/v1alpha1', 'TrainJob'), {
    ...job,
    version: 'v1alpha1',
  });
  assert.is((await served(kube, context, '', 'po'))!.plural, 'pods');
  assert.is((await resourceFor(kube, context, 'v1', 'Node'))!.namespaced, false);
  assert.equal(state.asked.sort(), ['/api', '/apis']);
  const next = await connect(url, { context });
  assert.equal(await served(next, context, job.group, 'TrainJob'), job);
  assert.is(state.asked.length, 2);
  assert.match(cacheFile(url, context), `${at('cache')}/kf/127.0.0.1_`);
});

test('what the cache does not know is asked for once; what is not served is undefined', async () => {
  const state = { groups: [] as Group[], asked: [] as string[] };
  const { url } = await server(state);
  const context = makeContext();
  await allServed(await connect(url, { context }), context);
  state.groups = [trainer('v1')];
  const kube = await connect(url, { context });
  assert.is((await served(kube, context, 'trainer.kubeflow.org', 'TrainJob'))!.version, 'v1');
  assert.is(await served(kube, context, 'nope.org', 'X'), undefined);
  assert.is(await served(kube, context, 'trainer.kubeflow.org', 'Nope'), undefined);
  assert.is(state.asked.length, 4);
});

test('a version that is gone: asked afresh, used again; other errors come out at once', async () => {
  const state = { groups: [trainer('v1')], asked: [] as string[] };
  const { url } = await server(state);
  const context = makeContext();
  await allServed(await connect(url, { context }), context);
  state.groups = [trainer('v2')];
  const kube = await connect(url, { context });
  const used: (string | undefined)[] = [];
  await withServed(kube, context, 'trainer.kubeflow.org', 'TrainJob', async (it) => {
    used.push(it?.version);
    return kube.json({ path: `/apis/trainer.kubeflow.org/${it?.version}/trainjobs` });
  });
  assert.equal(used, ['v1', 'v2']);
  const error = await failure(
    withServed(kube, context, 'trainer.kubeflow.org', 'TrainJob', () => kube.json({ path: '/apis/gone/v1/x' })),
  );
  assert.is(error.exit, 3);
});

test('an old, broken or read-only cache costs only a request', async () => {
  const state = { groups: [trainer('v1')], asked: [] as string[] };
  const { url } = await server(state);
  let now = Date.now();
  const context = makeContext({}, { now: () => now });
  const look = async (place = context) => served(await connect(url, { context: place }), place, '', 'Pod');
  await look();
  now += 7 * 3600_000;
  await look();
  assert.is(state.asked.length, 4);
  writeFileSync(cacheFile(url, context), '{');
  await look();
  assert.is(state.asked.length, 6);
  assert.is(JSON.parse(readFileSync(cacheFile(url, context), 'utf8')).format, 1);
  writeFileSync(at('a-file'), '');
  assert.ok(await look(makeContext({ KUBECACHEDIR: at('a-file') })));
});

test('a server that knows no aggregated discovery is asked version by version; an API that is down is left out', async () => {
  const pods = {
    resources: [
      { name: 'pods', kind: 'Pod', namespaced: true, singularName: 'pod', shortNames: ['po'] },
      { name: 'pods/log', kind: 'Pod', namespaced: true },
    ],
  };
  const jobs = { resources: [{ name: 'trainjobs', kind: 'TrainJob', namespaced: true }] };
  const group = (name: string, preferred: string, ...versions: string[]) => ({
    name,
    preferredVersion: { version: preferred },
    versions: versions.map((version) => ({ version })),
  });
  const answers: Record<string, object> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', groups: [group('t', 'v1', 'v2', 'v1'), group('down', 'v1', 'v1')] },
    '/api/v1': pods,
    '/apis/t/v1': jobs,
    '/apis/t/v2': jobs,
  };
  const { url } = await serve((request, response) => {
    const answer = answers[request.url!];
    reply(response, answer ? 200 : 503, answer ?? 'down', { 'retry-after': '0' });
  });
  const context = makeContext();
  const kube = await connect(url, { context });
  assert.is((await served(kube, context, 't', 'TrainJob'))!.version, 'v1');
  assert.is((await served(kube, context, '', 'po'))!.plural, 'pods');
});

test.run();
