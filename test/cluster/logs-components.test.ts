// waits
/** logs of components on the real cluster: all containers of all pods, over restarts and new pods, and what is said where there are none. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf, startKf } from '../support/suite.ts';
import * as cluster from './index.ts';
import { apply, assertPrinted, startPrinters } from './log-pods.ts';
import { create, python } from './pods.ts';

const real = testUnless(cluster.skipReason());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (cluster.skipReason()) return;
  const made = await cluster.namespace('logs-of');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => {
  await remove();
  await cluster.teardown();
});

const sh = (name: string, script: string) => ({ name, image: 'local.test/busybox:1', command: ['sh', '-c', script] });
const deployment = (name: string, containers: object[], initContainers: object[] = []) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 0, containers, initContainers },
    },
  },
});

real('12 pods that start while they are followed, 300 lines/s each: each line once and in order, exit 0', async () => {
  const printing = { pods: 12, lines: 1500, rate: 300, inSeconds: 5 };
  await startPrinters(ns, 'many', printing);
  const ran = await kf(['logs', '-f', 'many', '-n', ns]);
  assert.is(ran.code, 0, ran.stderr);
  assertPrinted(ran.stdout, printing);
  assert.match(ran.stderr, /job\/many succeeded/);
  const again = await kf(['logs', 'job/many', '-n', ns, '--timestamps']);
  assertPrinted(again.stdout, printing);
  const times = again.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' | ')[1]!.slice(0, 30));
  assert.ok(
    times.every((time, i) => i === 0 || times[i - 1]! <= time),
    'in the order of their times',
  );
});

real('containers that prepare, restart and are added are all seen; one that is named; JSON; a filter', async () => {
  const main = sh('main', 'echo up; sleep 2; echo "error: going down"; exit 3');
  await apply(ns, deployment('web', [main, sh('side', 'echo beside; sleep 600')], [sh('prep', 'echo prepared')]));
  const running = await startKf(['logs', '-f', 'web', '-n', ns]);
  await running.saw(/(?:[\s\S]*\/main \| up\n){2}/);
  const { stdout: before } = running.out();
  for (const each of ['/prep | prepared', '/side | beside', '/main | error: going down'])
    assert.ok(before.includes(each), `${each} in\n${before}`);
  await cluster.kubectl(['-n', ns, 'scale', 'deployment', 'web', '--replicas=2']);
  await running.saw(/(?:[\s\S]*\/side \| beside\n){2}/);
  running.child.kill('SIGINT');
  const ran = await running.ended;
  assert.is(ran.code, 130);
  assert.match(ran.stderr, /stopped following; deployment\/web goes on\n$/);
  const side = await kf(['logs', 'web', 'side', '-n', ns, '-o', 'json']);
  const objects = side.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(objects.length, 2);
  for (const { source, pod, container, time, message } of objects) {
    assert.equal([source, container, message], [`${pod}/side`, 'side', 'beside']);
    assert.ok(!Number.isNaN(Date.parse(time)));
  }
  const found = await kf(['logs', 'web', '-n', ns, '--grep', '(?i)PREPARED|beside']);
  assert.is(found.stdout.trimEnd().split('\n').length, 4);
  // The kubelet keeps one ended container: while the last run has ended too, there is none before it.
  const previous = async () => (await kf(['logs', 'web', 'main', '-n', ns, '--previous', '--tail', '1'])).stdout;
  const told = async () => (await previous()).includes('main | error: going down\n');
  await cluster.until('the run before the restart', 60, told, 500);
  const none = await kf(['logs', 'web', 'nope', '-n', ns]);
  assert.equal([none.code, none.stderr], [3, 'deployment/web has no container "nope"\nthere are: prep, main, side\n']);
});

real('a traceback is not torn apart by the lines of other pods', async () => {
  const talk = 'import time\nfor i in range(150): print("talk", i, flush=True); time.sleep(0.02)';
  const fail = `import sys, time
time.sleep(1)
for line in ["Traceback (most recent call last):", '  File "x.py", line 1, in step', "    a @ b", "ValueError: no"]:
  print(line, flush=True); time.sleep(0.1)
time.sleep(1)`;
  const job = (name: string, code: string) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { 'app.kubernetes.io/part-of': 'pair' } },
    spec: { template: { spec: python(name, code).spec }, backoffLimit: 0 },
  });
  await apply(ns, job('talks', talk));
  await apply(ns, job('fails', fail));
  const running = await startKf(['logs', '-f', 'package/pair', '-n', ns]);
  await running.saw('ValueError: no');
  await running.saw('talk 149');
  running.child.kill('SIGINT');
  const whole =
    /(\S+) \| Traceback \(most recent call last\):\n\1 \| {3}File "x.py", line 1, in step\n\1 \| {5}a @ b\n\1 \| ValueError: no\n/;
  assert.match((await running.ended).stdout, whole);
  const read = await kf(['logs', 'package/pair', '-n', ns]);
  assert.match(read.stdout, whole);
});

real('no pod, not started, no output, gone: each in its own words', async () => {
  const nothing = deployment('none', [sh('main', 'sleep 9')]);
  await apply(ns, { ...nothing, spec: { ...nothing.spec, replicas: 0 } });
  const none = await kf(['logs', 'none', '-n', ns]);
  assert.equal([none.code, none.stdout], [0, '']);
  assert.match(none.stderr, /^deployment\/none has no pods/);
  const big = { ...sh('main', 'sleep 9'), resources: { requests: { memory: '900Gi' } } };
  await create(ns, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'big' }, spec: { containers: [big] } });
  const waits = await kf(['logs', '-f', 'pod/big', '-n', ns, '--timeout', '4s']);
  assert.is(waits.code, 5);
  assert.match(waits.stderr, /waiting \d+s: .*(memory|room)/);
  const unstarted = await kf(['logs', 'pod/big', '-n', ns]);
  assert.match(unstarted.stderr, /^big has not started: /);
  await create(ns, python('silent', 'import time; time.sleep(600)'));
  await cluster.kubectl(['-n', ns, 'wait', 'pod/silent', '--for=condition=Ready', '--timeout=30s']);
  const silent = await kf(['logs', 'silent', '-n', ns]);
  assert.equal([silent.code, silent.stderr], [0, 'silent printed nothing so far\n']);
  await cluster.kubectl(['-n', ns, 'delete', 'pods', '-l', 'job-name=many', '--wait=true', '--grace-period=0']);
  const gone = await kf(['logs', 'many', '-n', ns]);
  assert.is(gone.code, 3);
  assert.match(gone.stderr, /^the logs of job\/many are gone: it succeeded and its pods were deleted\n/);
});

real('wrong use, a slip, no permission; what is deleted while it is followed', async () => {
  const slip = await kf(['logs', 'wbe', '-n', ns]);
  assert.is(slip.code, 3);
  assert.match(slip.stderr, 'did you mean web?');
  const wrong = [
    ['--grep', '('],
    ['--since', 'x'],
    ['--tail', '-1'],
    ['-f', '--previous'],
    ['-o', 'yaml'],
  ];
  for (const words of wrong) assert.is((await kf(['logs', 'web', '-n', ns, ...words])).code, 2, words.join(' '));
  if (!cluster.ownOnly()) {
    const kubeconfig = await cluster.clientCertUser('logs-nobody', []);
    const refused = await kf(['logs', 'web', '-n', ns], { kubeconfig });
    assert.is(refused.code, 4, refused.stderr);
    const may = ['-n', ns, 'create', 'role', 'sees', '--verb=get,list,watch', '--resource=pods,deployments.apps'];
    await cluster.kubectl(may);
    await cluster.kubectl(['-n', ns, 'create', 'rolebinding', 'sees', '--role=sees', '--user=logs-nobody']);
    for (const words of [
      ['logs', 'deployment/web'],
      ['logs', '-f', 'deployment/web'],
    ]) {
      const part = await kf([...words, '-n', ns], { kubeconfig });
      assert.is(part.code, 4, part.stderr);
      assert.match(part.stderr, 'logs-nobody may not get pods/log');
    }
  }
  const running = await startKf(['logs', '-f', 'web', 'side', '-n', ns]);
  await running.saw('beside');
  await cluster.kubectl(['-n', ns, 'delete', 'deployment', 'web', '--wait=false']);
  const ran = await running.ended;
  assert.equal([ran.code, ran.stderr.split('\n').at(-2)], [3, 'deployment/web was deleted']);
});

test.run();
