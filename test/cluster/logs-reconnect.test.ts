// waits
/** logs -f of many pods over connections that break, and that say nothing any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { startKf } from '../support/suite.ts';
import { tcpProxy } from './follow-jobs.ts';
import * as cluster from './index.ts';
import { assertPrinted, startPrinters } from './log-pods.ts';

const real = testUnless(cluster.skipReason());
test.after(() => cluster.teardown());

real(
  '20 pods, 100 lines/s each, connections cut again and again, then frozen: nothing lost, nothing doubled',
  async () => {
    const ns = await cluster.namespace('logs-cut');
    const proxy = await tcpProxy();
    try {
      const printing = { pods: 20, lines: 1500, rate: 100, inSeconds: 8 };
      await startPrinters(ns.name, 'many', printing);
      const running = await startKf(['logs', '-f', 'many', '-n', ns.name], { kubeconfig: proxy.kubeconfig });
      await running.saw(' 100 the quick');
      for (let i = 0; i < 3; i++) {
        proxy.cut();
        await sleep(1500);
      }
      proxy.freeze();
      const ran = await running.ended;
      assert.is(ran.code, 0, ran.stderr);
      assertPrinted(ran.stdout, printing);
    } finally {
      proxy.close();
      await ns.delete();
    }
  },
);

test.run();
