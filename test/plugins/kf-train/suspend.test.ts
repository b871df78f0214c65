import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { status } from '../../support/api-server.ts';
import { condition, jobs, list, pod, pods, running, train, trainJob } from './support.ts';

const there = (object: { metadata: { name: string } }) => ({
  [`GET ${jobs}/${object.metadata.name}`]: { body: object },
  [`PATCH ${jobs}/${object.metadata.name}`]: { body: object },
  [`DELETE ${jobs}/${object.metadata.name}`]: { body: { kind: 'Status', status: 'Success' } },
});
const digits = trainJob('digits', { suspend: false }, running);

test('suspend sends one merge patch, says what changed', async () => {
  const { code, stderr, asked } = await train(['suspend', 'digits'], there(digits));
  assert.is(code, 0);
  assert.is(stderr, 'trainjob/digits suspended\n');
  const patch = asked.filter(({ method }) => method === 'PATCH');
  assert.equal(
    patch.map(({ body }) => JSON.parse(body)),
    [{ spec: { suspend: true } }],
  );
  assert.is(patch[0]!.headers['content-type'], 'application/merge-patch+json');
});

test('what is so already is left alone', async () => {
  const suspended = trainJob('digits', { suspend: true });
  const again = await train(['suspend', 'digits'], there(suspended));
  assert.equal([again.code, again.stderr], [0, 'trainjob/digits already suspended\n']);
  assert.not(again.asked.some(({ method }) => method === 'PATCH'));
  const resumed = await train(['resume', 'digits'], there(digits));
  assert.equal([resumed.code, resumed.stderr], [0, 'trainjob/digits not suspended\n']);
  assert.is((await train(['resume', 'digits'], there(suspended))).stderr, 'trainjob/digits resumed\n');
});

test('a job that is over has nothing to suspend', async () => {
  const { code, stderr } = await train(['suspend', 'digits'], there(trainJob('digits', {}, condition('Complete'))));
  assert.is(code, 1);
  assert.match(stderr, /^trainjob\/digits has succeeded already: there is nothing to suspend\n/);
});

test('one name that is not there stops all before anything is done', async () => {
  const { code, asked } = await train(['suspend', 'digits', 'nope'], there(digits));
  assert.is(code, 3);
  assert.not(asked.some(({ method }) => method !== 'GET'));
});

test('delete refuses without --yes where no one can be asked', async () => {
  const { code, stderr, asked } = await train(['rm', 'digits'], there(digits));
  assert.is(code, 2);
  assert.is(
    stderr,
    'would delete trainjob/digits from team-a, and there is no terminal to ask on\nsay so with --yes\n',
  );
  assert.not(asked.some(({ method }) => method !== 'GET'));
});

const code = {
  metadata: {
    name: 'digits-code',
    ownerReferences: [{ uid: 'uid-digits' }],
    labels: { 'app.kubernetes.io/managed-by': 'kubectl-kf' },
  },
};
const around = {
  [pods]: list('Pod', [pod('digits', 0, { phase: 'Running' }), pod('digits', 1, { phase: 'Running' })]),
  '/api/v1/namespaces/team-a/configmaps': list('ConfigMap', [code, { metadata: { name: 'not-its' } }]),
};

test('delete shows what goes and deletes just that object', async () => {
  const { code, stderr, asked } = await train(['delete', 'digits', '--yes', '--no-wait'], {
    ...there(digits),
    ...around,
  });
  assert.is(code, 0);
  assert.is(
    stderr,
    'deletes trainjob/digits (Running), 2 pods, configmap/digits-code\ntrainjob/digits is being deleted\n',
  );
  const sent = asked.filter(({ method }) => method === 'DELETE');
  assert.is(sent.length, 1);
  const { propagationPolicy, preconditions } = JSON.parse(sent[0]!.body);
  assert.equal([propagationPolicy, preconditions], ['Background', { uid: 'uid-digits' }]);
});

test('a dry run deletes nothing', async () => {
  const client = await train(['delete', 'digits', '--dry-run=client'], { ...there(digits), ...around });
  assert.equal(
    [client.code, client.stderr],
    [0, 'would delete trainjob/digits (Running), 2 pods, configmap/digits-code\n'],
  );
  assert.not(client.asked.some(({ method }) => method === 'DELETE'));
  const server = await train(['delete', 'digits', '--dry-run=server'], { ...there(digits), ...around });
  assert.is(server.code, 0);
  const sent = server.asked.filter(({ method }) => method === 'DELETE');
  assert.equal(
    sent.map(({ body }) => JSON.parse(body).dryRun),
    [['All']],
  );
  assert.is((await train(['delete', 'digits', '--dry-run=maybe'], there(digits))).code, 2);
});

test('another of its name that came since is left alone', async () => {
  const conflict = status(
    409,
    'Conflict',
    'Precondition failed: UID in precondition: uid-digits, UID in object meta: x',
  );
  const { code, stderr } = await train(['delete', 'digits', '--yes', '--no-wait'], {
    ...there(digits),
    [`DELETE ${jobs}/digits`]: conflict,
  });
  assert.is(code, 1);
  assert.match(stderr, /was made anew by someone else just now: nothing was deleted/);
});

test('delete waits until the job is gone', async () => {
  let deleted = false;
  const { code, stderr } = await train(['delete', 'digits', '-y'], {
    ...there(digits),
    [`DELETE ${jobs}/digits`]: () => {
      deleted = true;
      return { body: {} };
    },
    [jobs]: () => list('TrainJob', deleted ? [] : [digits]),
  });
  assert.is(code, 0, stderr);
  assert.match(stderr, /\ntrainjob\/digits deleted\n$/);
});

test.run();
