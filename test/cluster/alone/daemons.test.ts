/** Daemons of the node that die and come back, while pods run. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as cluster from '../index.ts';
import { create, logOf, python } from '../pods.ts';

const { kubectl, namespace, until } = cluster;
const skip = cluster.ownOnly();
if (skip) {
  console.log(`skipped: test/cluster/alone/daemons.test.ts: ${skip}`);
} else {
  test('the API server is killed, stays down and comes back; the kubelet too; pods go on', async () => {
    const ns = await namespace('kill');
    const code = 'import time\nfor i in range(200): print(i, flush=True); time.sleep(0.05)';
    await create(ns.name, python('counter', code));
    await until(
      'the first lines',
      20,
      async () => (await kubectl(['-n', ns.name, 'logs', 'counter'])).stdout.length > 0,
    );
    await cluster.killApiServer();
    const refused = await kubectl(['get', 'namespaces', '--request-timeout=2s']);
    assert.is(refused.code, 1);
    assert.match(refused.stderr, /refused/);
    await cluster.startApiServer();
    await cluster.startApiServer(); // it runs: nothing to do
    await cluster.restartKubelet();
    const lines = (await logOf(ns.name, 'counter')).trim().split('\n').map(Number);
    assert.equal(
      lines,
      Array.from({ length: 200 }, (_, i) => i),
    );
    await ns.delete();
  });
}

test.after(() => cluster.teardown());
test.run();
