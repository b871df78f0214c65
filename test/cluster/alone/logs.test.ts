/** The API server is killed and comes back while many pods are followed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../../support/real.ts';
import { startKf } from '../../support/suite.ts';
import * as cluster from '../index.ts';
import { assertPrinted, startPrinters } from '../log-pods.ts';

const own = testUnless(cluster.ownOnly());
test.after(() => cluster.teardown());

own('20 pods, 200 lines/s each, the API server killed in the middle: nothing lost, nothing doubled', async () => {
  const ns = await cluster.namespace('logs-killed');
  const printing = { pods: 20, lines: 4000, rate: 200, inSeconds: 8 };
  await startPrinters(ns.name, 'many', printing);
  const running = await startKf(['logs', '-f', 'many', '-n', ns.name], { timeout: 300_000 });
  await running.saw(' 800 the quick');
  await cluster.killApiServer();
  await running.saw('connection lost; trying again');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await cluster.startApiServer();
  const ran = await running.ended;
  assert.is(ran.code, 0, ran.stderr);
  assertPrinted(ran.stdout, printing);
  assert.match(ran.stderr, 'connected again');
  await ns.delete();
});

test.run();
