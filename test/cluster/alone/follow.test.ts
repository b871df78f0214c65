/** The API server is killed and comes back, and the kubelet is restarted, while logs are followed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../../support/real.ts';
import { startKf } from '../../support/suite.ts';
import { assertWhole, followNamespace, startJob } from '../follow-jobs.ts';
import * as cluster from '../index.ts';

const own = testUnless(cluster.ownOnly());
test.after(() => cluster.teardown());

own(
  'the API server is killed, stays away and comes back; then the kubelet: nothing lost, nothing doubled',
  async () => {
    const ns = await followNamespace('killed');
    await startJob(ns.name, 'goes-on', 2, 'for i in range(6000): print(r, i, flush=True); time.sleep(0.005)');
    const running = await startKf(['train', 'logs', '-f', 'goes-on', '-n', ns.name], { timeout: 300_000 });
    await running.saw('node-0 | 0 200');
    await cluster.killApiServer();
    await running.saw('connection lost; trying again');
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await cluster.startApiServer();
    await running.saw('connected again');
    await cluster.restartKubelet();
    const ran = await running.ended;
    assert.is(ran.code, 0, ran.stderr);
    assertWhole(ran.stdout, 2, 6000);
    assert.is(
      ran.stderr.split('connected again').length - 1,
      ran.stderr.split('connection lost').length - 1,
      ran.stderr,
    );
    await ns.delete();
  },
);

test.run();
