/** A watch while the API server is killed, stays away and comes back. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openKube } from '../../../shared/kube/open.ts';
import { listWatch } from '../../../shared/kube/watch-list.ts';
import { makeContext } from '../../shared/kube/support.ts';
import { testUnless } from '../../support/real.ts';
import * as cluster from '../index.ts';

const real = testUnless(cluster.ownOnly());
test.after(() => cluster.teardown());

real('nothing of a watched custom resource is missed or doubled over two restarts of the API server', async () => {
  const { kubectl } = cluster;
  const { kubeconfig } = await cluster.ensureCluster();
  const ns = await cluster.namespace('watch');
  const context = makeContext();
  const kube = await openKube({ kubeconfig, namespace: ns.name }, context);
  const stop = new AbortController();
  const seen: string[] = [];
  const told: string[] = [];
  let back = 0;
  const options = {
    signal: stop.signal,
    sleep: context.sleep,
    now: context.now,
    onTrouble: (message: string) => told.push(message),
    onRestored: () => back++,
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
    await cluster.until(`trainjob ${name}`, 60, async () => {
      const { code, stderr } = await kubectl(['create', '-f', '-'], { input: JSON.stringify(value) });
      return code === 0 || stderr.includes('AlreadyExists');
    });
  };
  const until = (what: string) => cluster.until(what, 60, async () => seen.includes(what));
  await job('before');
  await until('ADDED before');
  for (const round of ['first', 'second']) {
    await cluster.killApiServer();
    await context.sleep(1500);
    await cluster.startApiServer();
    await job(round);
    await until(`ADDED ${round}`);
  }
  await kubectl(['-n', ns.name, 'delete', 'trainjob', 'before', '--wait=false']);
  await until('DELETED before');
  stop.abort();
  await reading;
  assert.equal(
    seen.filter((what) => what !== 'SYNCED'),
    ['ADDED before', 'ADDED first', 'ADDED second', 'DELETED before'],
  );
  assert.equal([told.length, back], [2, 2]);
  assert.match(told[0]!, 'cannot reach');
  kube.close();
  await ns.delete();
});

test.run();
