import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, type Asked, type Handler, status } from '../../../support/api-server.ts';
import { deployment, forbidden, kf, list, listPath, object, ownedBy } from '../served.ts';

const pods = listPath('', 'v1', 'pods');
const deployments = listPath('apps', 'v1', 'deployments');
const notebooks = listPath('kubeflow.org', 'v1', 'notebooks');
const jobs = listPath('batch', 'v1', 'jobs');
const events = listPath('', 'v1', 'events');
const at = (seconds: number) => new Date(Date.parse('2026-01-01T00:50:00Z') + seconds * 1000).toISOString();

/** A job of two ranks, the second of which failed. */
const job = object('batch/v1', 'Job', 'gan', {
  spec: { completions: 2, parallelism: 2, completionMode: 'Indexed' },
  status: {
    failed: 1,
    succeeded: 1,
    startTime: at(0),
    conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', lastTransitionTime: at(200) }],
  },
});
const rank = (index: string, exitCode: number, more: object = {}) =>
  object('v1', 'Pod', `gan-${index}-abcde`, {
    metadata: {
      ...ownedBy(job),
      labels: { 'batch.kubernetes.io/job-name': 'gan', 'batch.kubernetes.io/job-completion-index': index },
    },
    spec: { nodeName: 'node1', containers: [{ name: 'main', image: 'x' }] },
    status: {
      phase: exitCode ? 'Failed' : 'Succeeded',
      containerStatuses: [
        {
          name: 'main',
          restartCount: 0,
          state: {
            terminated: { exitCode, reason: exitCode ? 'Error' : 'Completed', startedAt: at(0), finishedAt: at(190) },
          },
        },
      ],
      ...more,
    },
  });
const failedEvent = object('v1', 'Event', 'e1', {
  type: 'Warning',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
  involvedObject: { kind: 'Job', name: 'gan', uid: 'uid-gan' },
  lastTimestamp: at(200),
});
const project = {
  // Packages are looked for by labels.
  [jobs]: ({ url }: Asked) => list(url.includes('labelSelector') ? [] : [job]),
  [`${jobs}/gan`]: { body: job },
  [pods]: list([rank('0', 0), rank('1', 1)]),
  [events]: list([failedEvent]),
  [`${pods}/gan-1-abcde/log`]: { body: 'loading\nValueError: shapes do not fit\n' },
};

test('one component: state and why, tree, last lines, events, what to do next', async () => {
  const { code, stdout, stderr } = await kf(['status', 'gan'], project);
  assert.equal([code, stderr], [0, '']);
  assert.equal(stdout.split('\n'), [
    'job/gan   Failed 6m40s ago   node-1 exited 1: ValueError: shapes do not fit',
    '├─ gan-0-abcde   node-0   Succeeded   3m10s on node1',
    '└─ gan-1-abcde   node-1   Failed      exit 1 after 3m10s on node1',
    'last lines of node-1',
    '  loading',
    '  ValueError: shapes do not fit',
    'events',
    '  6m40s Warning  Job  BackoffLimitExceeded: Job has reached the specified backoff limit',
    'next   kubectl kf logs job/gan   kubectl kf remove job/gan',
    '',
  ]);
});

test('the schema of -o json is kept: fields may come, none may go or change', async () => {
  const { stdout } = await kf(['status', 'job/gan', '-o', 'json'], project);
  const why = 'node-1 exited 1: ValueError: shapes do not fit';
  const summary = {
    component: { apiVersion: 'batch/v1', kind: 'Job', name: 'gan', namespace: 'team-a' },
    phase: 'Failed',
    why,
    reason: { code: 'crash', remedy: '' },
    nodes: { ready: 2, total: 2 },
    restarts: 0,
    created: '2026-01-01T00:50:00Z',
    started: '2026-01-01T00:50:00.000Z',
    finished: '2026-01-01T00:53:20.000Z',
    url: null,
  };
  const end = { restarts: 0, node: 'node1', started: at(0), finished: at(190), ready: true, why: '' };
  assert.equal(JSON.parse(stdout), {
    apiVersion: 'kf.kubeflow.org/status-v1',
    kind: 'ComponentStatus',
    ...summary,
    failure: {
      pod: 'gan-1-abcde',
      container: 'main',
      rank: 'node-1',
      exitCode: 1,
      reason: 'Error',
      lastLines: ['loading', 'ValueError: shapes do not fit'],
    },
    pods: [
      { name: 'gan-0-abcde', rank: 'node-0', phase: 'Succeeded', exitCode: 0, ...end },
      { name: 'gan-1-abcde', rank: 'node-1', phase: 'Failed', exitCode: 1, ...end, ready: false, why: 'exited 1' },
    ],
    owns: [
      { apiVersion: 'v1', kind: 'Pod', name: 'gan-0-abcde', owner: 'job/gan' },
      { apiVersion: 'v1', kind: 'Pod', name: 'gan-1-abcde', owner: 'job/gan' },
    ],
    events: [
      {
        time: at(200),
        type: 'Warning',
        reason: 'BackoffLimitExceeded',
        message: 'Job has reached the specified backoff limit',
        about: 'Job/gan',
        count: 1,
      },
    ],
    notReadable: [],
  });
  const all = JSON.parse((await kf(['status', '-o', 'json'], project)).stdout);
  assert.equal(all, {
    apiVersion: 'kf.kubeflow.org/status-v1',
    kind: 'ComponentStatusList',
    // A list reads no log.
    items: [{ ...summary, why: 'node-1 exited 1' }],
    notReadable: [],
  });
  const { parse } = await import('yaml');
  assert.equal(parse((await kf(['status', '-o', 'yaml'], project)).stdout), all);
  assert.is((await kf(['status', '-o', 'name'], project)).stdout, 'job.batch/gan\n');
  assert.is((await kf(['status', 'gan', '-o', 'name'], project)).stdout, 'job.batch/gan\n');
});

test('a project is a table of its components, each with its pods found by one reading of the list', async () => {
  const waits = object('v1', 'Pod', 'alone', {
    spec: { containers: [{ name: 'main', image: 'x', resources: { requests: { memory: '8Gi' } } }] },
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 Insufficient memory. x' },
      ],
    },
  });
  const web = deployment('web', 0, 1);
  const set = object('apps/v1', 'ReplicaSet', 'web-5d8f', { metadata: ownedBy(web) });
  const ofWeb = object('v1', 'Pod', 'web-5d8f-x', {
    metadata: { ...ownedBy(set), labels: { app: 'web', 'pod-template-hash': '5d8f' } },
    spec: { nodeName: 'node1', containers: [{ name: 'main', image: 'none:1' }] },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [{ name: 'main', state: { waiting: { reason: 'InvalidImageName' } } }],
    },
  });
  const routes = {
    ...project,
    [deployments]: list([web]),
    [pods]: list([rank('0', 0), rank('1', 1), waits, ofWeb]),
  };
  const { code, stdout, asked } = await kf(['status'], routes);
  assert.is(code, 0);
  assert.equal(
    stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  ')),
    [
      'COMPONENT  STATE  READY  RESTARTS  AGE  WHY',
      'job/gan  Failed  2/2  0  10m  node-1 exited 1',
      'deployment/web  Pending  0/1  0  10m  "none:1" is no image name',
      'pod/alone  Pending  0/1  0  10m  not enough memory (asks 8Gi)',
      '',
    ],
  );
  assert.is(asked.filter(({ path }) => path === pods).length, 1);
  const wide = await kf(['status', '-o', 'wide'], routes);
  assert.match(wide.stdout, /ask for less memory/);
});

test('what may not be read is said; the rest is shown', async () => {
  const routes = { ...project, [pods]: forbidden('pods'), [notebooks]: forbidden('notebooks') };
  const all = await kf(['status'], routes);
  assert.is(all.code, 0);
  assert.match(all.stdout, /\njob\/gan +Failed /);
  assert.match(
    all.stderr,
    /^you may not list notebooks in team-a\nyou may not list pods in team-a: what they would tell is missing\n$/m,
  );
  const one = await kf(['status', 'gan'], { ...routes, [events]: forbidden('events') });
  assert.is(one.code, 0);
  assert.match(one.stdout, /^job\/gan {3}Failed /);
  assert.match(one.stdout, /\nnot shown {3}pods, events: you may not read them\n/);
  const data = JSON.parse((await kf(['status', '-o', 'json'], routes)).stdout);
  assert.is(data.notReadable.length, 2);
});

test('nothing that may be read is an answer of its own', async () => {
  const every = ['pods', 'deployments', 'jobs', 'notebooks', 'inferenceservices'];
  const paths = [pods, deployments, jobs, notebooks, listPath('serving.kserve.io', 'v1beta1', 'inferenceservices')];
  const routes = Object.fromEntries(paths.map((path, i) => [path, forbidden(every[i]!)]));
  const { code, stdout, stderr } = await kf(['status'], routes);
  assert.equal([code, stdout], [4, '']);
  assert.match(stderr, /^not allowed: you may not list \w+ in team-a\n.*kubectl kf whoami/);
});

test('an empty project, one that is not there, one that is being deleted', async () => {
  const empty = await kf(['status']);
  assert.equal([empty.code, empty.stdout], [0, '']);
  assert.match(empty.stderr, /^nothing runs in team-a\nstart a job: /);
  assert.match((await kf(['status', '-l', 'a=b'])).stderr, /^nothing runs in team-a with a=b\n$/);
  const none = await kf(['status', '-n', 'team-x'], {
    '/api/v1/namespaces/team-x': status(404, 'NotFound', 'namespaces "team-x" not found', { name: 'team-x' }),
    '/api/v1/namespaces': list([{ metadata: { name: 'team-a' } }]),
  });
  assert.is(none.code, 3);
  assert.match(none.stderr, /^no project "team-x"; did you mean team-a\?/);
  const goes = {
    kind: 'Namespace',
    metadata: { name: 'team-a', deletionTimestamp: at(0) },
    status: {
      conditions: [
        {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          message: 'Some content has finalizers: x in 1 resource',
        },
      ],
    },
  };
  const deleting = await kf(['status'], { ...project, '/api/v1/namespaces/team-a': { body: goes } });
  assert.is(deleting.code, 0);
  assert.match(deleting.stderr, /^project team-a is being deleted: Some content has finalizers: x in 1 resource\n$/);
});

test('a name that is not there, one that two have, words that do not go together', async () => {
  const near = await kf(['status', 'gna'], project);
  assert.equal([near.code, near.stdout], [3, '']);
  assert.match(near.stderr, /^no component "gna" in team-a; did you mean gan\?/);
  const two = deployment('gan', 1, 1);
  const both = await kf(['status', 'gan'], {
    ...project,
    [deployments]: list([two]),
    [`${deployments}/gan`]: { body: two },
  });
  assert.is(both.code, 2);
  assert.match(both.stderr, /job\/gan, deployment\/gan\nsay which: kind\/name\n$/);
  assert.is((await kf(['status', 'gan', '-l', 'a=b'], project)).code, 2);
  assert.is((await kf(['status', '-w', '-o', 'json'], project)).code, 2);
  assert.is((await kf(['status', '-o', 'tabel'], project)).code, 2);
});

test('hostile words do no harm', async () => {
  const evil = 'a\u001b[2Jb\u001b]0;owned\u0007c\u202ed\nnext   rm -rf';
  const pod = rank('1', 1, { message: evil, reason: 'Evicted' });
  const routes = {
    ...project,
    [pods]: list([pod]),
    [events]: list([{ ...failedEvent, message: evil.repeat(50), reason: evil, type: evil }]),
    [`${pods}/gan-1-abcde/log`]: { body: `${evil}\n${'x'.repeat(1_000_000)}\n` },
  };
  for (const words of [['status', 'gan'], ['status'], ['status', 'gan', '-o', 'yaml']]) {
    const { code, stdout } = await kf(words, routes, { terminal: 100 });
    assert.is(code, 0);
    const bare = stdout.replaceAll(/\u001b\[\d+m/g, '');
    assert.not.match(bare, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  }
  const { stdout } = await kf(['status', 'gan'], routes);
  assert.ok(stdout.length < 20_000, `${stdout.length} characters`);
  assert.is(stdout.split('\n').filter((line) => line.startsWith('next')).length, 1);
});

test('an annotation of 10 MB: the answer is the same', async () => {
  const annotations = { note: `\u001b[2J\u202e${'x'.repeat(10 << 20)}` };
  const annotated = { ...job, metadata: { ...job.metadata, annotations } };
  const routes = {
    ...project,
    [jobs]: ({ url }: Asked) => list(url.includes('labelSelector') ? [] : [annotated]),
    [`${jobs}/gan`]: { body: annotated },
  };
  for (const words of [['status'], ['status', 'gan'], ['services']])
    assert.equal(await bare(words, routes), await bare(words, project), words.join(' '));
});

const bare = async (words: string[], routes: Record<string, Answer | Handler>) => {
  const { code, stdout, stderr } = await kf(words, routes);
  return { code, stdout, stderr: stderr.replaceAll(/127\.0\.0\.1:\d+/g, '') };
};

test('a server that does not answer is told as such', async () => {
  const cut: Handler = (_, response) => {
    response.destroy();
    return 'by itself';
  };
  const { code, stdout, stderr } = await kf(['status'], { '/api': cut, '/apis': cut });
  assert.equal([code, stdout], [5, '']);
  assert.match(stderr, /127.0.0.1/);
});

test.run();
