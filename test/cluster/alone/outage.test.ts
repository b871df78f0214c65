/** The API server is killed and comes back, and the kubelet is restarted: once for all who go on meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openKube } from '../../../shared/kube/open.ts';
import { listWatch } from '../../../shared/kube/watch-list.ts';
import { makeContext } from '../../shared/kube/support.ts';
import { testUnless } from '../../support/real.ts';
import { startKf } from '../../support/suite.ts';
import { Acts } from '../acts.ts';
import { assertWhole, followNamespace, startJob } from '../follow-jobs.ts';
import * as cluster from '../index.ts';
import { assertPrinted, startPrinters } from '../log-pods.ts';
import { create, logOf, python } from '../pods.ts';

const { kubectl, namespace, until } = cluster;

const acts = new Acts({
  killed: cluster.killApiServer,
  back: async () => {
    // It stays away for a while.
    await sleep(4000);
    await cluster.startApiServer();
  },
  kubelet: cluster.restartKubelet,
  'killed again': cluster.killApiServer,
  'back again': async () => {
    await sleep(1500);
    await cluster.startApiServer();
  },
});
type Scene = Parameters<typeof acts.scene>[0];

const scenes: [string, Scene][] = [];
const scene = (name: string, body: Scene) => scenes.push([name, body]);

scene('pods go on; a second start of the API server does nothing', async (act) => {
  const ns = await namespace('kill');
  await create(ns.name, python('counter', 'import time\nfor i in range(400): print(i, flush=True); time.sleep(0.05)'));
  await until('the first lines', 90, async () => (await kubectl(['-n', ns.name, 'logs', 'counter'])).stdout.length > 0);
  await act('killed');
  const refused = await kubectl(['get', 'namespaces', '--request-timeout=2s']);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /refused/);
  await act('back');
  await cluster.startApiServer(); // it runs: nothing to do
  await act('kubelet');
  const lines = (await logOf(ns.name, 'counter')).trim().split('\n').map(Number);
  assert.equal(
    lines,
    Array.from({ length: 400 }, (_, i) => i),
  );
  await ns.delete();
});

scene('train logs -f: nothing lost, nothing doubled', async (act) => {
  const ns = await followNamespace('killed');
  await startJob(ns.name, 'goes-on', 2, 'for i in range(6000): print(r, i, flush=True); time.sleep(0.005)');
  const running = await startKf(['train', 'logs', '-f', 'goes-on', '-n', ns.name], { timeout: 300_000 });
  await running.saw('node-0 | 0 200', 120_000);
  await act('killed');
  await running.saw('connection lost; trying again');
  await act('back');
  await running.saw('connected again');
  await act('kubelet');
  const ran = await running.ended;
  assert.is(ran.code, 0, ran.stderr);
  assertWhole(ran.stdout, 2, 6000);
  assert.is(ran.stderr.split('connected again').length - 1, ran.stderr.split('connection lost').length - 1, ran.stderr);
  await ns.delete();
});

scene('logs -f of 20 pods, 200 lines/s each: nothing lost, nothing doubled', async (act) => {
  const ns = await namespace('logs-killed');
  const printing = { pods: 20, lines: 6000, rate: 200, inSeconds: 8 };
  await startPrinters(ns.name, 'many', printing);
  const running = await startKf(['logs', '-f', 'many', '-n', ns.name], { timeout: 300_000 });
  await running.saw(' 800 the quick', 120_000);
  await act('killed');
  await running.saw('connection lost; trying again');
  await act('back');
  await act('kubelet');
  const ran = await running.ended;
  assert.is(ran.code, 0, ran.stderr);
  assertPrinted(ran.stdout, printing);
  assert.match(ran.stderr, 'connected again');
  await ns.delete();
});

scene('a watch of a custom resource, over two restarts: nothing missed, nothing doubled', async (act) => {
  const { kubeconfig } = await cluster.ensureCluster();
  const ns = await namespace('watch');
  const context = makeContext();
  const kube = await openKube({ kubeconfig, namespace: ns.name }, context);
  const stop = new AbortController();
  const seen: string[] = [];
  const told: string[] = [];
  let restored = 0;
  const options = {
    signal: stop.signal,
    sleep: context.sleep,
    now: context.now,
    onTrouble: (message: string) => told.push(message),
    onRestored: () => restored++,
  };
  const path = `/apis/trainer.kubeflow.org/v1alpha1/namespaces/${ns.name}/trainjobs`;
  const reading = (async () => {
    for await (const event of listWatch(kube, path, {}, options)) {
      if (event.type !== 'MODIFIED')
        seen.push('object' in event ? `${event.type} ${event.object.metadata.name}` : event.type);
    }
  })();
  const job = async (name: string) => {
    const value = {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: { name, namespace: ns.name },
      spec: { runtimeRef: { name: 'python-distributed' }, suspend: true },
    };
    await until(`trainjob ${name}`, 60, async () => {
      const { code, stderr } = await kubectl(['create', '-f', '-'], { input: JSON.stringify(value) });
      return code === 0 || stderr.includes('AlreadyExists');
    });
  };
  const saw = (what: string) => until(what, 60, async () => seen.includes(what));
  await job('before');
  await saw('ADDED before');
  await act('killed');
  await act('back');
  await job('first');
  await saw('ADDED first');
  await act('killed again');
  await act('back again');
  await job('second');
  await saw('ADDED second');
  await kubectl(['-n', ns.name, 'delete', 'trainjob', 'before', '--wait=false']);
  await saw('DELETED before');
  stop.abort();
  await reading;
  assert.equal(
    seen.filter((what) => what !== 'SYNCED'),
    ['ADDED before', 'ADDED first', 'ADDED second', 'DELETED before'],
  );
  assert.equal([told.length, restored], [2, 2]);
  assert.match(told[0]!, 'cannot reach');
  kube.close();
  await ns.delete();
});

const own = testUnless(cluster.ownOnly());
let played: Promise<PromiseSettledResult<void>[]> | undefined;
for (const [at, [name]] of scenes.entries()) {
  own(name, async () => {
    // All of them at once, when the first is wanted.
    played ??= Promise.allSettled(scenes.map(([, body]) => acts.scene(body)));
    const result = (await played)[at];
    if (result?.status === 'rejected') throw result.reason;
  });
}
test.after(() => cluster.teardown());
test.run();
