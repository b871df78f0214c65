import type { ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { condition, failedPod, jobs, list, pod, pods, running, train, trainJob } from './support.ts';

type Asked = { url: string };

/** Lists as given, and a watch that tells the later objects a moment after. */
const watched =
  (kind: string, first: object[], later: object[] = []) =>
  async ({ url }: Asked, response: ServerResponse) => {
    if (!url.includes('watch=true')) return list(kind, first);
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const object of later) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      response.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`);
    }
    return 'by itself' as const;
  };

const version = (object: ReturnType<typeof trainJob>, resourceVersion: string) => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});
const before = version(trainJob('digits'), '5');
const routes = (later: ReturnType<typeof trainJob>[], podList: object[] = []) => ({
  [`${jobs}/digits`]: { body: before },
  [jobs]: watched(
    'TrainJob',
    [before],
    later.map((object, i) => version(object, String(6 + i))),
  ),
  [pods]: watched('Pod', podList),
});

test('a job that succeeds ends the wait with 0', async () => {
  const { code, stderr } = await train(
    ['wait', 'digits'],
    routes([trainJob('digits', {}, running), trainJob('digits', {}, condition('Complete'))]),
  );
  assert.is(code, 0, stderr);
  assert.is(stderr, 'digits succeeded after 42s\n');
});

test('one that fails with 1, its rank and its last lines', async () => {
  const gone = trainJob('digits', {}, condition('Failed', '2026-01-01T00:50:41Z', { reason: 'FailedJobs' }));
  const { code, stderr } = await train(['wait', 'digits'], {
    ...routes([gone], [failedPod('digits', 1)]),
    [`${pods}/digits-node-0-1-abcde/log`]: {
      body: 'epoch 1\nTraceback (most recent call last):\n  File "x.py", line 3, in f\nValueError: no\n',
    },
  });
  assert.is(code, 1);
  assert.is(
    stderr,
    'digits failed after 39s: node-1 exited 1\n  File "x.py", line 3, in f\n  ValueError: no\nall of it: kubectl kf train logs digits --rank 1\n',
  );
});

test('--for running ends when it runs, and when it can no more', async () => {
  const runs = await train(['wait', 'digits', '--for', 'running'], routes([trainJob('digits', {}, running)]));
  assert.equal([runs.code, runs.stderr], [0, 'digits is running\n']);
  const failed = trainJob('digits', {}, condition('Failed', '2026-01-01T00:50:41Z', { message: 'no such thing' }));
  assert.is((await train(['wait', 'digits', '--for', 'running'], routes([failed]))).code, 1);
});

test('a time that runs out is 5, and says what it waits for', async () => {
  let clock = Date.parse('2026-01-01T01:00:00Z');
  const short = pod('digits', 0, {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/1 nodes are available: 1 Insufficient cpu. x',
      },
    ],
  });
  const { code, stderr } = await train(['wait', 'digits', '--timeout', '3s'], routes([], [short]), {
    // A second for each time that it is looked at.
    sleep: (_ms, signal) => new Promise((resolve) => setTimeout(() => (signal?.aborted ? undefined : resolve()), 30)),
    now: () => (clock += 100),
  });
  assert.is(code, 5);
  assert.match(stderr, /waiting \d+s for digits to finish: Pending: not enough cpu\n/);
  assert.match(stderr, /digits has not finished after 3s: it is Pending \(not enough cpu\)\n/);
});

test('a job that is deleted meanwhile is gone', async () => {
  const { code, stderr } = await train(['wait', 'digits'], { ...routes([]), [jobs]: watched('TrainJob', []) });
  assert.equal([code, stderr], [3, 'digits was deleted\n']);
  const wanted = await train(['wait', 'digits', '--for=deleted'], { ...routes([]), [jobs]: watched('TrainJob', []) });
  assert.equal([wanted.code, wanted.stderr], [0, 'digits is deleted\n']);
});

test('Ctrl-C ends the wait with 130', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 150);
  const { code } = await train(['wait', 'digits'], routes([]), { signal: stop.signal });
  assert.is(code, 130);
});

test('a wrong time or goal is refused before anything is asked', async () => {
  const time = await train(['wait', 'digits', '--timeout', 'soon']);
  assert.is(time.code, 2);
  assert.match(time.stderr, /"soon" is no duration such as 90s/);
  assert.is((await train(['wait', 'digits', '--for', 'lunch'])).code, 2);
  assert.is((await train(['wait'])).code, 2);
});

test.run();
