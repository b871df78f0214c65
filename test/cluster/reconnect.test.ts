// waits
/** The connection breaks, or dies without a word, while logs are followed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { startKf } from '../support/suite.ts';
import { assertWhole, followNamespace, startJob, tcpProxy } from './follow-jobs.ts';
import * as cluster from './index.ts';

const real = testUnless(cluster.skipReason());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (cluster.skipReason()) return;
  const made = await followNamespace('reconnect');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => {
  await remove();
  await cluster.teardown();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

real('the connections are cut again and again: nothing lost, nothing doubled', async () => {
  const proxy = await tcpProxy();
  await startJob(ns, 'cut', 2, 'for i in range(3000): print(r, i, flush=True); time.sleep(0.004)');
  const running = await startKf(['train', 'logs', '-f', 'cut', '-n', ns], { kubeconfig: proxy.kubeconfig });
  await running.saw('node-0 | 0 100');
  for (let i = 0; i < 6; i++) {
    proxy.cut();
    await pause(1300);
  }
  const ran = await running.ended;
  proxy.close();
  assert.is(ran.code, 0, ran.stderr);
  assertWhole(ran.stdout, 2, 3000);
  assert.match(ran.stderr, /connection lost; trying again\nconnected again\n/);
});

real('the connections go silent and are never closed: found out, nothing lost, nothing doubled', async () => {
  const proxy = await tcpProxy();
  await startJob(ns, 'frozen', 2, 'for i in range(400): print(r, i, flush=True); time.sleep(0.05)');
  const running = await startKf(['train', 'logs', '-f', 'frozen', '-n', ns], { kubeconfig: proxy.kubeconfig });
  await running.saw('node-0 | 0 50');
  proxy.freeze();
  const ran = await running.ended;
  proxy.close();
  assert.is(ran.code, 0, ran.stderr);
  assertWhole(ran.stdout, 2, 400);
});

test.run();
