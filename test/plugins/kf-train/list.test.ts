import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { status } from '../../support/api-server.ts';
import {
  condition,
  failedPod,
  forbidden,
  jobs,
  list,
  pod,
  pods,
  running,
  train,
  trainJob,
  withPyTorch,
} from './support.ts';

const three = list('TrainJob', [
  trainJob('bert'),
  trainJob('digits', {}, condition('Complete')),
  trainJob('gan', {}, condition('Failed', '2026-01-01T00:50:41Z', { reason: 'FailedJobs' })),
]);
const short = pod('bert', 1, {
  phase: 'Pending',
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient nvidia.com/gpu. x',
    },
  ],
});

test('jobs with their state, how long they took and why', async () => {
  const { code, stdout, stderr } = await train(['list'], {
    [jobs]: three,
    [pods]: list('Pod', [short, failedPod('gan', 1)]),
  });
  assert.is(code, 0);
  assert.is(stderr, '');
  assert.equal(stdout.split('\n'), [
    'NAME     STATE       NODES   RUNTIME             AGE   TOOK   WHY',
    'bert     Pending     0/2     torch-distributed   10m   -      not enough nvidia.com/gpu',
    'digits   Succeeded   2/2     torch-distributed   10m   42s    -',
    'gan      Failed      1/2     torch-distributed   10m   39s    node-1 exited 1',
    '',
  ]);
});

test('nothing is asked but the jobs where they tell all themselves', async () => {
  const done = list('TrainJob', [trainJob('a', {}, condition('Complete')), trainJob('b', {}, running)]);
  const { asked, stdout } = await train(['ls'], { [jobs]: done });
  assert.match(stdout, /b {6}Running {5}2\/2/);
  const paths = asked.map(({ path }) => path).filter((path) => !['/api', '/apis'].includes(path));
  assert.equal(paths, [jobs]);
});

test('a job whose pods the quota forbids says so', async () => {
  const message =
    'Error creating: pods "x" is forbidden: exceeded quota: q, requested: cpu=2, used: cpu=3, limited: cpu=4';
  const event = {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Job', name: 'my-bert-node-0', namespace: 'team-a' },
    reason: 'FailedCreate',
    message,
  };
  const begun = trainJob('my-bert', {}, { jobsStatus: [{ name: 'node', ready: 0, active: 0 }] });
  const { stdout } = await train(['list'], {
    [jobs]: list('TrainJob', [begun]),
    '/api/v1/namespaces/team-a/events': list('Event', [event]),
  });
  assert.match(stdout, /over the quota q: asks cpu=2, used cpu=3 of cpu=4\n/);
});

test('who may not see pods sees the jobs', async () => {
  const { code, stdout } = await train(['list'], { [jobs]: three, [pods]: forbidden('pods') });
  assert.is(code, 0);
  assert.match(stdout, /bert {5}Pending .* the Trainer controller has not started it yet/);
});

test('an empty project says how to start', async () => {
  const { code, stdout, stderr } = await train(['list']);
  assert.is(code, 0);
  assert.is(stdout, '');
  assert.match(stderr, /^no training jobs in team-a\nstart one: kubectl kf train <name> train.py/);
});

test('a project that is not there: exit 3, also as data', async () => {
  const gone = status(404, 'NotFound', 'namespaces "team-a" not found', { name: 'team-a', kind: 'namespaces' });
  for (const words of [['list'], ['list', '-o', 'json'], ['history']]) {
    const { code, stdout, stderr } = await train(words, { '/api/v1/namespaces/team-a': gone });
    assert.equal([code, stdout], [3, ''], words.join(' '));
    assert.match(stderr, /^no project "team-a"/);
  }
});

test('state, label and project select', async () => {
  const { stdout, asked } = await train(['list', '--state', 'failed', '-l', 'team=x', '-o', 'name'], {
    [jobs]: three,
    [pods]: list('Pod', []),
  });
  assert.is(stdout, 'trainjob.trainer.kubeflow.org/gan\n');
  assert.ok(asked.some(({ url }) => url.includes('labelSelector=team%3Dx')));
  const all = await train(['list', '-A'], {
    '/apis/trainer.kubeflow.org/v1alpha1/trainjobs': three,
    '/api/v1/pods': list('Pod', []),
  });
  assert.match(all.stdout, /^NAMESPACE {3}NAME/);
  assert.match(all.stdout, /team-a {6}digits/);
});

test('a wrong state or format is refused before anything is asked', async () => {
  const { code, stderr, asked } = await train(['list', '--state', 'done']);
  assert.is(code, 2);
  assert.match(stderr, /"done" is none of Pending, Running/);
  assert.is(asked.length, 0);
  assert.is((await train(['list', '-o', 'jsn'])).code, 2);
});

test('the first page shows while the second is on its way', async () => {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const seen: string[] = [];
  const answer = async ({ url }: { url: string }) => {
    if (!url.includes('continue='))
      return list('TrainJob', [trainJob('first', {}, condition('Complete'))], { continue: 'next' });
    await held;
    return list('TrainJob', [trainJob('second', {}, condition('Complete'))]);
  };
  const { Writable } = await import('node:stream');
  const { context } = await import('../../support/command.ts');
  const made = context();
  const watched = new Writable({
    write(chunk, _encoding, done) {
      seen.push(String(chunk));
      // The rest comes only once the first rows are out.
      release();
      done();
    },
  });
  const { apiServer } = await import('../../support/api-server.ts');
  const { base } = await import('./support.ts');
  const server = await apiServer({ ...base, [jobs]: answer });
  const { answer: run } = await import('../../../shared/cli/main.ts');
  const { group } = await import('../../../plugins/kf-train/index.ts');
  const { openKube } = await import('../../../shared/kube/open.ts');
  const world = { ...made.context, stdout: watched as never, env: { KUBECONFIG: server.kubeconfig } };
  const code = await run(group, ['train', 'list'], { ...world, kube: (flags) => openKube(flags, world) });
  await server.close();
  assert.is(code, 0, made.stderr());
  assert.is(seen.length, 2);
  assert.match(seen[0]!, /first/);
  assert.match(seen[1]!, /second/);
});

test('older training kinds are listed where the cluster serves them', async () => {
  const pytorch = {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name: 'old', namespace: 'team-a', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { pytorchReplicaSpecs: { Master: {}, Worker: { replicas: 3 } } },
    status: {
      startTime: '2026-01-01T00:10:00Z',
      conditions: [{ type: 'Running', status: 'True' }],
      replicaStatuses: { Master: { active: 1 }, Worker: { active: 3 } },
    },
  };
  const routes = {
    ...withPyTorch,
    '/apis/kubeflow.org/v1/namespaces/team-a/pytorchjobs': list('PyTorchJob', [pytorch]),
  };
  const { stdout } = await train(['list'], { ...routes, [jobs]: three });
  assert.match(stdout, /pytorchjob\/old {3}Running {5}4\/4/);
  // Without Trainer they are all there is.
  const missing = {
    status: 404,
    body: { kind: 'Status', code: 404, message: 'the server could not find the requested resource' },
  };
  const alone = await train(['list'], { ...routes, [jobs]: missing });
  assert.is(alone.code, 0, alone.stderr);
  assert.match(alone.stdout, /pytorchjob\/old/);
});

test('a cluster without Trainer says what to install', async () => {
  const missing = { status: 404, body: '404 page not found\n' };
  const { code, stderr } = await train(['list'], { [jobs]: missing });
  assert.is(code, 3);
  assert.match(stderr, /^this cluster has no Kubeflow Trainer.*\na cluster admin installs it: kubectl apply/);
});

test('who may not list jobs is told so', async () => {
  const { code, stderr } = await train(['list'], { [jobs]: forbidden('trainjobs') });
  assert.is(code, 4);
  assert.match(stderr, /tester may not list trainjobs/);
});

test.run();
