// waits
/** train logs -f on the real cluster: from the first line to the last, and an end as the job's. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf, startKf } from '../support/suite.ts';
import { assertWhole, followNamespace, linesOf, startJob } from './follow-jobs.ts';
import * as cluster from './index.ts';

const real = testUnless(cluster.skipReason());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (cluster.skipReason()) return;
  const made = await followNamespace('follow');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => {
  await remove();
  await cluster.teardown();
});

real('two nodes: waits for the start, every line of both once and in order, exit 0', async () => {
  await startJob(ns, 'digits', 2, 'for i in range(300): print(r, i, flush=True); time.sleep(0.01)');
  const ran = await kf(['train', 'logs', '-f', 'digits', '-n', ns]);
  assert.is(ran.code, 0, ran.stderr);
  assertWhole(ran.stdout, 2, 300);
  assert.match(ran.stderr, /^digits succeeded after \d+s$/m);
  const again = await kf(['train', 'logs', '-f', 'digits', '-n', ns]);
  assert.equal([again.code, again.stdout.split('\n').length], [0, ran.stdout.split('\n').length]);
});

real('rank 1 raises: exit 1, the rank, its traceback, the way to all of it; lines of the others come too', async () => {
  const code = `def step():
  if r == 1: raise ValueError('shapes (64,) and (10,) not aligned')
for i in range(20): print(r, i, flush=True); time.sleep(0.05)
step()
time.sleep(60)`;
  await startJob(ns, 'broken', 2, code);
  const ran = await kf(['train', 'logs', '-f', 'broken', '-n', ns]);
  assert.is(ran.code, 1, ran.stderr);
  assert.match(
    ran.stderr,
    /^broken failed after \d+s: node-1 exited 1\n {2}File "<string>", line 4, in step\n {2}ValueError: shapes \(64,\) and \(10,\) not aligned\nall of it: kubectl kf train logs broken --rank 1\n$/m,
  );
  assert.equal(
    linesOf(ran.stdout, 'node-0'),
    Array.from({ length: 20 }, (_, i) => `0 ${i}`),
  );
  assert.is(linesOf(ran.stdout, 'node-1').at(-1), 'ValueError: shapes (64,) and (10,) not aligned');
  const rest = await kf(['train', 'logs', 'broken', '--rank', '1', '--tail', '1', '-n', ns]);
  assert.equal([rest.code, rest.stdout], [0, 'node-1 | ValueError: shapes (64,) and (10,) not aligned\n']);
});

real('Ctrl-C: at once, exit 130, the job goes on and how to come back is said', async () => {
  await startJob(ns, 'long', 1, 'for i in range(1000): print(r, i, flush=True); time.sleep(0.2)');
  const running = await startKf(['train', 'logs', '-f', 'long', '-n', ns]);
  await running.saw('node-0 | 0 3');
  const began = Date.now();
  running.child.kill('SIGINT');
  const ran = await running.ended;
  assert.ok(Date.now() - began < 2000);
  assert.is(ran.code, 130);
  assert.match(
    ran.stderr,
    'stopped following; long goes on. Again: kubectl kf train logs -f long   Stop it: kubectl kf train suspend long\n',
  );
  const { stdout } = await cluster.kubectl(['-n', ns, 'get', 'trainjob', 'long', '-o', 'jsonpath={.spec.suspend}']);
  assert.is.not(stdout, 'true');
  const timed = await kf(['train', 'logs', '-f', 'long', '-n', ns, '--timeout', '3s', '--since', '1s']);
  assert.is(timed.code, 5);
  assert.match(
    timed.stderr,
    /^long has not finished after 3s: it is Running\nlong goes on\. Again: kubectl kf train logs -f long\n$/m,
  );
});

real('deleted while it is followed: the last lines, then exit 3', async () => {
  const running = await startKf(['train', 'logs', '-f', 'long', '-n', ns, '--since', '1s']);
  await running.saw('node-0 | ');
  await cluster.kubectl(['-n', ns, 'delete', 'trainjob', 'long', '--wait=false']);
  const ran = await running.ended;
  assert.is(ran.code, 3, ran.stderr);
  assert.match(ran.stderr, /long was deleted\n$/);
});

real('a container that is restarted: both runs, each once', async () => {
  await startJob(ns, 'again', 1, 'print("up", flush=True); time.sleep(2); sys.exit(7)', 'again');
  const running = await startKf(['train', 'logs', '-f', 'again', '-n', ns, '--timestamps']);
  await running.saw(/(?:.* up\n){2}/);
  running.child.kill('SIGINT');
  const { stdout } = await running.ended;
  const times = linesOf(stdout, 'node-0').map((line) => line.split(' ')[0]);
  assert.is(new Set(times).size, times.length);
  const previous = await kf(['train', 'logs', 'again', '-n', ns, '--previous']);
  assert.match(previous.stdout, /^(node-0 \| up\n)+$/);
});

test.run();
