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

const one = (name: string, object: object) => ({ [`${jobs}/${name}`]: { body: object } });
const failed = trainJob('gan', {}, condition('Failed', '2026-01-01T00:50:41Z', { reason: 'FailedJobs' }));
const done = pod('gan', 0, {
  phase: 'Succeeded',
  containerStatuses: [
    {
      name: 'node',
      state: { terminated: { exitCode: 0, startedAt: '2026-01-01T00:50:02Z', finishedAt: '2026-01-01T00:50:30Z' } },
    },
  ],
});
const log = `${pods}/gan-node-0-1-abcde/log`;

test('a failed job: the rank, its exit code, its last lines, the events, the next step', async () => {
  const events = [
    {
      metadata: { name: 'e' },
      involvedObject: { kind: 'JobSet', name: 'gan' },
      type: 'Warning',
      reason: 'FailedJobs',
      message: 'jobset failed\u001b[2J due to\njob failures',
      lastTimestamp: '2026-01-01T00:50:41Z',
    },
    {
      metadata: { name: 'f' },
      involvedObject: { kind: 'JobSet', name: 'other' },
      type: 'Warning',
      reason: 'Not',
      message: 'ours',
    },
  ];
  const { code, stdout, stderr } = await train(['get', 'gan'], {
    ...one('gan', failed),
    [pods]: list('Pod', [failedPod('gan', 1), done]),
    [log]: { body: 'Traceback:\n  ValueError: shapes\u0007\n' },
    '/api/v1/namespaces/team-a/events': list('Event', events),
  });
  assert.is(code, 0, stderr);
  assert.equal(stdout.split('\n'), [
    'trainjob/gan   Failed 9m19s ago   node-1 exited 1',
    '  project   team-a',
    '  nodes     2/2',
    '  runtime   torch-distributed',
    '  image     python:3',
    '  command   python train.py',
    '  created   2026-01-01T00:50:00Z, 10m ago',
    '  started   2026-01-01T00:50:02Z, 9m58s ago',
    '  ended     2026-01-01T00:50:41Z, 9m19s ago',
    '  took      39s',
    '',
    'RANK     STATE       READY   NODE   RESTARTS   EXIT   TOOK   POD',
    'node-0   Succeeded   -       -      0          0      28s    gan-node-0-0-abcde',
    'node-1   Failed      -       -      0          1      38s    gan-node-0-1-abcde',
    '',
    'last lines of node-1',
    '  Traceback:',
    '    ValueError: shapes\ufffd',
    '',
    'events',
    '  9m19s  Warning JobSet/gan  FailedJobs: jobset failed due to job failures',
    '',
    'next   kubectl kf train logs gan --rank 1   kubectl kf train delete gan',
    '',
  ]);
});

test('the object itself', async () => {
  const routes = one('gan', failed);
  assert.is((await train(['get', 'gan', '-o', 'name'], routes)).stdout, 'trainjob.trainer.kubeflow.org/gan\n');
  assert.equal(JSON.parse((await train(['get', 'gan', '-ojson'], routes)).stdout), failed);
  assert.match(
    (await train(['get', 'trainjobs/gan', '-o', 'yaml'], routes)).stdout,
    /^apiVersion: trainer.kubeflow.org\/v1alpha1\nkind: TrainJob\n/,
  );
});

test('a job whose pods and log may not be read', async () => {
  const { code, stdout } = await train(['get', 'gan'], {
    ...one('gan', failed),
    [pods]: forbidden('pods'),
    '/api/v1/namespaces/team-a/events': forbidden('events'),
  });
  assert.is(code, 0);
  assert.match(stdout, /its pods may not be read here/);
});

test('a name that is not there is answered with the closest', async () => {
  const { code, stderr } = await train(['get', 'digts'], { [jobs]: list('TrainJob', [trainJob('digits')]) });
  assert.is(code, 3);
  assert.is(stderr, 'no job "digts" in team-a; did you mean digits?\nwhat there is: kubectl kf train list\n');
  assert.is((await train(['get', 'x/y/z'])).code, 2);
  assert.match((await train(['get', 'trainjbo/x'])).stderr, /^no job kind "trainjbo"; did you mean trainjob\?/);
});

test('two kinds with one name are both named; what a job made is not meant', async () => {
  const jobSet = (owner?: string) => ({
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: 'bert', uid: 'j', ...(owner ? { ownerReferences: [{ uid: owner, controller: true }] } : {}) },
  });
  const path = '/apis/jobset.x-k8s.io/v1alpha2/namespaces/team-a/jobsets/bert';
  const bert = one('bert', trainJob('bert', {}, running));
  const owned = await train(['get', 'bert', '-o', 'name'], { ...bert, [path]: { body: jobSet('uid-bert') } });
  assert.is(owned.stdout, 'trainjob.trainer.kubeflow.org/bert\n');
  const both = await train(['get', 'bert'], {
    ...bert,
    ...withPyTorch,
    [path]: { body: jobSet() },
    '/apis/kubeflow.org/v1/namespaces/team-a/pytorchjobs/bert': {
      body: { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name: 'bert', uid: 'p' } },
    },
  });
  assert.is(both.code, 2);
  assert.match(both.stderr, /^"bert" is more than one job: trainjob\/bert, jobset\/bert, pytorchjob\/bert\n/);
  const chosen = await train(['get', 'js/bert', '-o', 'name'], { ...bert, [path]: { body: jobSet() } });
  assert.is(chosen.stdout, 'jobset.jobset.x-k8s.io/bert\n');
});

test('who may not get the job is told so', async () => {
  const no = status(
    403,
    'Forbidden',
    'trainjobs.trainer.kubeflow.org "x" is forbidden: User "tester" cannot get resource "trainjobs" in API group "trainer.kubeflow.org" in the namespace "team-a"',
  );
  const { code, stderr } = await train(['get', 'x'], { [`${jobs}/x`]: no });
  assert.is(code, 4);
  assert.match(stderr, /^not allowed: tester may not get trainjobs in team-a/);
});

test.run();
