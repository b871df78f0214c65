/** Nothing half done: what fails, or is interrupted, leaves what was there before; the same command twice says what differs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Between, between, type Hooks } from '../support/between.ts';
import { kf, type Ran, startKf } from '../support/suite.ts';
import * as cluster from './index.ts';
import { configMap, documents, job, made, written } from './manifests-for-submit.ts';

const skip = cluster.skipReason();
const own = cluster.ownOnly();
if (own) console.log(`skipped: test/cluster/atomic.test.ts${skip ? '' : ' in part'}: ${own}`);

const runtime = cluster.trainRuntime();
const { kubectl } = cluster;

async function fresh(): Promise<string> {
  return (await cluster.namespace('atomic')).name;
}

async function must(args: string[], input?: string): Promise<string> {
  const ran = await kubectl(args, input === undefined ? {} : { input });
  assert.is(ran.code, 0, ran.stderr);
  return ran.stdout;
}

const train = (ns: string, args: string[], files: Record<string, string>, kubeconfig?: string): Promise<Ran> =>
  kf(['train', ...args, '-n', ns], { cwd: written(files), ...(kubeconfig ? { kubeconfig } : {}) });

if (!skip) {
  test('the third document is refused: nothing of the first two', async () => {
    const ns = await fresh();
    const text = documents(configMap('a'), configMap('b'), job('x').replace('numNodes', 'numNode'));
    const ran = await train(ns, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.is(ran.code, 2, ran.stderr);
    assert.equal(await made(ns), []);
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('the second fails only when it is made (quota): the first is taken back', async () => {
    const ns = await fresh();
    const { stdout } = await kubectl(['-n', ns, 'get', 'configmaps', '-o', 'name']);
    const room = stdout.trim().split('\n').length + 1;
    await must(['-n', ns, 'create', 'quota', 'few', `--hard=count/configmaps=${room}`]);
    await cluster.until('the quota counts', 30, async () => {
      const used = await kubectl(['-n', ns, 'get', 'quota', 'few', '-o', 'jsonpath={.status.used}']);
      return used.stdout.includes('configmaps');
    });
    const text = documents(configMap('a'), configMap('b'), job('x'));
    const ran = await train(ns, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.is(ran.code, 4, ran.stderr);
    assert.match(ran.stderr, /exceeded quota: few/);
    assert.match(ran.stderr, /configmap\/a was deleted again\n/);
    assert.match(ran.stderr, /nothing was left behind\n$/);
    assert.equal(await made(ns), []);
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('the same again: unchanged; with another value beside it: configured; where it cannot change: what differs', async () => {
    const ns = await fresh();
    const files = {
      'job.yaml': documents(configMap('settings'), job('x')),
      'beside.yaml': documents(configMap('settings', 'two'), job('x')),
      'nodes.yaml': documents(configMap('settings', 'three'), job('x').replace('numNodes: 1', 'numNodes: 2')),
    };
    const first = await train(ns, ['x', 'job.yaml'], files);
    assert.is(first.code, 0, first.stderr);
    assert.is(first.stderr, `configmap/settings created\ntrainjob/x created in ${ns}: 1 node, ${runtime}\n`);
    const version = () =>
      must(['-n', ns, 'get', 'configmap', 'settings', '-o', 'jsonpath={.metadata.resourceVersion}']);
    const before = await version();
    const again = await train(ns, ['x', 'job.yaml'], files);
    assert.is(again.code, 0, again.stderr);
    assert.match(again.stderr, /^configmap\/settings unchanged\ntrainjob\/x unchanged\n/);
    assert.is(await version(), before);
    const beside = await train(ns, ['x', 'beside.yaml'], files);
    assert.is(beside.code, 0, beside.stderr);
    assert.match(beside.stderr, /^configmap\/settings configured: data\.value: one → two\ntrainjob\/x unchanged\n/);
    const nodes = await train(ns, ['x', 'nodes.yaml'], files);
    assert.is(nodes.code, 1, nodes.stderr);
    assert.match(
      nodes.stderr,
      /^trainjob\/x exists and differs in what can't change: spec\.trainer\.numNodes: 1 → 2\n/,
    );
    assert.match(nodes.stderr, /kubectl kf train delete x/);
    assert.is(await must(['-n', ns, 'get', 'configmap', 'settings', '-o', 'jsonpath={.data.value}']), 'two');
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('an object that another made is not taken over', async () => {
    const ns = await fresh();
    await must(['-n', ns, 'create', 'configmap', 'settings', '--from-literal=value=theirs']);
    const ran = await train(ns, ['x', 'job.yaml'], { 'job.yaml': documents(configMap('settings', 'ours'), job('x')) });
    assert.is(ran.code, 1, ran.stderr);
    assert.match(ran.stderr, /configmap\/settings is there already, and kubectl-create set data\.value otherwise/);
    assert.is(await must(['-n', ns, 'get', 'configmap', 'settings', '-o', 'jsonpath={.data.value}']), 'theirs');
    assert.equal(await made(ns), ['configmap/settings']);
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('everything made is labelled and owned by kubectl-kf; the code goes with its job', async () => {
    const ns = await fresh();
    const ran = await train(ns, ['x', 'train.py', '--runtime', runtime], { 'train.py': 'print(1)\n' });
    assert.is(ran.code, 0, ran.stderr);
    const label = [
      '-n',
      ns,
      'get',
      'configmaps,trainjobs',
      '-l',
      'app.kubernetes.io/managed-by=kubectl-kf',
      '-o',
      'name',
    ];
    const names = (await must(label)).trim().split('\n');
    assert.is(names.length, 2);
    assert.match(names[0]!, /^configmap\/x-code-[0-9a-f]{10}$/);
    assert.is(names[1], 'trainjob.trainer.kubeflow.org/x');
    const managers = [
      '-n',
      ns,
      'get',
      'trainjob',
      'x',
      '--show-managed-fields',
      '-o',
      'jsonpath={.metadata.managedFields[?(@.operation=="Apply")].manager}',
    ];
    assert.ok((await must(managers)).split(' ').includes('kubectl-kf'));
    await must(['-n', ns, 'delete', 'trainjob', 'x']);
    await cluster.until('the code to go', 60, async () => !(await made(ns)).some((name) => name.includes('-code-')));
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('run again right after its deletion: the new job keeps its code', async () => {
    const ns = await fresh();
    const files = { 'train.py': 'print("again")\n' };
    const args = ['x', 'train.py', '--runtime', runtime];
    assert.is((await train(ns, args, files)).code, 0);
    await must(['-n', ns, 'delete', 'trainjob', 'x', '--wait=false']);
    await cluster.until(
      'the job to go',
      60,
      async () => (await kubectl(['-n', ns, 'get', 'trainjob', 'x'])).code !== 0,
    );
    const ran = await train(ns, [...args, '-f'], files);
    assert.is(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /again\n/);
    await must(['delete', 'namespace', ns, '--wait=false']);
  });
}

/** Runs behind a server that does as the hooks say. */
async function behind(
  ns: string,
  hooks: Hooks,
  args: string[],
  files: Record<string, string>,
  stop?: (b: Between) => Promise<unknown>,
) {
  const proxy = await between((await cluster.ensureCluster()).kubeconfig, hooks);
  const running = await startKf(['train', ...args, '-n', ns], { cwd: written(files), kubeconfig: proxy.kubeconfig });
  if (stop) {
    await stop(proxy);
    running.child.kill('SIGINT');
  }
  const ran = await running.ended;
  await proxy.close();
  return { ran, passed: proxy.passed };
}

const isWrite = (method: string, url: string, kind: string) =>
  method === 'PATCH' && url.includes(`/${kind}/`) && !url.includes('dryRun') && url.includes('fieldValidation');
const passedOne = (method: string, kind: string, dry: boolean) => (proxy: Between) =>
  cluster.until(`a ${method} of ${kind}`, 30, async () =>
    proxy.passed.some((p) => p.method === method && p.url.includes(`/${kind}/`) && p.url.includes('dryRun') === dry),
  );
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

if (!own) {
  const two = { 'job.yaml': documents(configMap('a'), configMap('b'), job('x')) };

  test('Ctrl-C while it asks, while it rehearses: nothing was created', async () => {
    const ns = await fresh();
    for (const [method, dry] of [
      ['GET', false],
      ['PATCH', true],
    ] as const) {
      const hooks: Hooks = {
        before: async (p) => void (p.method === method && p.url.includes('/trainjobs/') && (await pause(3000))),
      };
      const { ran } = await behind(ns, hooks, ['x', 'job.yaml'], two, passedOne(method, 'trainjobs', dry));
      assert.is(ran.code, 130, ran.stderr);
      assert.is(ran.stderr, 'interrupted: nothing was created\n');
      assert.equal(await made(ns), []);
    }
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('Ctrl-C between the objects, and while one is being made: what was made is taken back', async () => {
    const ns = await fresh();
    for (const kind of ['configmaps', 'trainjobs']) {
      const hooks: Hooks = { after: async (p) => void (isWrite(p.method, p.url, kind) && (await pause(1500))) };
      const { ran } = await behind(ns, hooks, ['x', 'job.yaml'], two, passedOne('PATCH', kind, false));
      assert.is(ran.code, 130, ran.stderr);
      if (kind === 'configmaps') {
        assert.match(ran.stderr, /^interrupted: nothing was left behind\nconfigmap\/a was deleted again\n/);
        assert.equal(await made(ns), []);
      } else {
        assert.match(
          ran.stderr,
          /interrupted; trainjob\/x was made and goes on\nFollow it: kubectl kf train logs -f x/,
        );
        assert.ok((await made(ns)).includes('trainjob.trainer.kubeflow.org/x'));
      }
    }
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('Ctrl-C while it follows: the job goes on, and it says how to come back', async () => {
    const ns = await fresh();
    const files = { 'job.yaml': job('x', { sleep: 30 }) };
    const running = await startKf(['train', 'x', 'job.yaml', '-f', '-n', ns], { cwd: written(files) });
    await running.saw('hello');
    running.child.kill('SIGINT');
    const ran = await running.ended;
    assert.is(ran.code, 130, ran.stderr);
    assert.match(ran.stderr, /kubectl kf train logs -f x/);
    assert.is(await must(['-n', ns, 'get', 'trainjob', 'x', '-o', 'jsonpath={.metadata.deletionTimestamp}']), '');
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('Ctrl-C while it waits for the end: the job goes on', async () => {
    const ns = await fresh();
    const files = { 'job.yaml': job('x', { sleep: 30 }) };
    const running = await startKf(['train', 'x', 'job.yaml', '--wait', '-n', ns], { cwd: written(files) });
    await running.saw('waiting');
    running.child.kill('SIGINT');
    const ran = await running.ended;
    assert.is(ran.code, 130, ran.stderr);
    assert.match(ran.stderr, /x was made and goes on\nFollow it: kubectl kf train logs -f x/);
    assert.is(await must(['-n', ns, 'get', 'trainjob', 'x', '-o', 'jsonpath={.metadata.deletionTimestamp}']), '');
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('answers that are lost: it looks, and goes on where the work was done', async () => {
    const ns = await fresh();
    let lost = 0;
    const hooks: Hooks = {
      after: (p) => {
        if (!isWrite(p.method, p.url, 'trainjobs')) return undefined;
        lost++;
        return 'drop';
      },
    };
    const { ran } = await behind(ns, hooks, ['x', 'job.yaml'], two);
    assert.ok(lost > 0);
    assert.is(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /trainjob\/x created/);
    assert.is((await must(['-n', ns, 'get', 'trainjobs', '-o', 'name'])).trim(), 'trainjob.trainer.kubeflow.org/x');
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('the connection is gone when the job is made: what was changed is put back, what was made is deleted', async () => {
    const ns = await fresh();
    await must(['-n', ns, 'apply', '--server-side', '--field-manager=kubectl-kf', '-f', '-'], configMap('a', 'before'));
    const whole = [
      '-n',
      ns,
      'get',
      'configmap',
      'a',
      '--show-managed-fields',
      '-o',
      'jsonpath={.data} {.metadata.labels} {.metadata.managedFields[*].manager}',
    ];
    const before = await must(whole);
    const hooks: Hooks = { before: (p) => (isWrite(p.method, p.url, 'trainjobs') ? 'drop' : undefined) };
    const { ran } = await behind(ns, hooks, ['x', 'job.yaml'], two);
    assert.is(ran.code, 5, ran.stderr);
    assert.match(ran.stderr, /configmap\/b was deleted again\nconfigmap\/a was put back\n/);
    assert.equal(await made(ns), ['configmap/a']);
    assert.is(await must(whole), before);
    await must(['delete', 'namespace', ns, '--wait=false']);
  });

  test('where it cannot undo, it says what is left', async () => {
    const ns = await fresh();
    const refusal = {
      status: 403,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: 'no deleting here',
      },
    };
    const hooks: Hooks = {
      before: async (p) =>
        isWrite(p.method, p.url, 'trainjobs') || (p.method === 'DELETE' && p.url.includes('/configmaps/b'))
          ? refusal
          : undefined,
    };
    const { ran } = await behind(ns, hooks, ['x', 'job.yaml'], two);
    assert.is(ran.code, 4, ran.stderr);
    assert.match(
      ran.stderr,
      /configmap\/a was deleted again\nconfigmap\/b was created and is left: not allowed: no deleting here\n/,
    );
    assert.not.match(ran.stderr, /nothing was/);
    assert.equal(await made(ns), ['configmap/b']);
    await must(['delete', 'namespace', ns, '--wait=false']);
  });
}

test.run();
