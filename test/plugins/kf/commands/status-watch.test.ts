import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Handler, status } from '../../../support/api-server.ts';
import { deployment, kf, list, listPath, now } from '../served.ts';

const deployments = listPath('apps', 'v1', 'deployments');

/** A clock that goes as it is slept, and Ctrl-C after so many sleeps. */
function time(sleeps: number) {
  const stop = new AbortController();
  let [at, left] = [now, sleeps];
  return {
    now: () => at,
    signal: stop.signal,
    sleep: async (ms: number) => {
      at += ms;
      if (--left <= 0) stop.abort();
    },
  };
}

/** What the n-th reading of a path gets; after the last, the last again. */
const inTurn = (...answers: Exclude<Awaited<ReturnType<Handler>>, 'by itself'>[]): Handler => {
  let n = 0;
  return () => answers[Math.min(n++, answers.length - 1)]!;
};

const one = `${deployments}/web`;
const starting = { body: deployment('web', 0, 1) };
const ready = { body: deployment('web', 1, 1) };

test('on no terminal each change is a line, and nothing else', async () => {
  // The first answers resolve the name.
  const routes = { [one]: inTurn(starting, starting, starting, ready, ready) };
  const { code, stdout, stderr } = await kf(['status', '-w', 'web'], routes, time(5));
  assert.equal([code, stderr], [130, '']);
  assert.is(stdout, 'deployment/web   Pending   its pods are starting\ndeployment/web   Running\n');
});

test('the whole project: what comes, changes and goes', async () => {
  const other = deployment('api', 1, 1);
  const routes = {
    [deployments]: inTurn(list([starting.body]) as never, list([ready.body, other]) as never, list([other]) as never),
  };
  const { code, stdout } = await kf(['status', '--watch'], routes, time(4));
  assert.is(code, 130);
  assert.equal(stdout.split('\n'), [
    'deployment/web   Pending   its pods are starting',
    'deployment/web   Running',
    'deployment/api   Running',
    'deployment/web   gone',
    '',
  ]);
});

test('a component that goes away ends it', async () => {
  const gone = status(404, 'NotFound', 'deployments.apps "web" not found', { name: 'web' });
  const routes = { [one]: inTurn(ready, ready, gone as never) };
  const { code, stdout, stderr } = await kf(['status', '-w', 'web'], routes, time(9));
  assert.equal([code, stdout, stderr], [0, 'deployment/web   Running\n', 'web is gone\n']);
});

test('a server that goes away is waited for, and said once', async () => {
  const down = status(503, 'ServiceUnavailable', 'the server is starting');
  const routes = { [one]: inTurn(ready, ready, ...Array.from({ length: 30 }, () => down as never), ready) };
  const { code, stdout, stderr } = await kf(['status', '-w', 'web'], routes, time(60));
  assert.is(code, 130);
  assert.is(stdout, 'deployment/web   Running\n');
  assert.is(stderr.split('connected again').length, 2, stderr);
  assert.is(stderr.match(/the server is starting/g)?.length, 1, stderr);
});

test('a terminal is redrawn: one write a frame, nothing cleared first, and left as it was', async () => {
  const routes = { [one]: inTurn(starting, starting, ready) };
  const { code, stdout } = await kf(['status', '-w', 'web'], routes, { ...time(8), terminal: 60, colorDepth: 1 });
  assert.is(code, 130);
  assert.ok(
    stdout.startsWith('\u001b[?1049h\u001b[?25l\u001b[?2026h\u001b[Hdeployment/web   Pending 10m   its pods'),
    stdout,
  );
  const frames = stdout.split('\u001b[?2026h').slice(1);
  assert.ok(frames.length > 4, `${frames.length} frames`);
  for (const frame of frames) assert.match(frame, /^\u001b\[H[\s\S]*\u001b\[J\u001b\[\?2026l/);
  assert.not.match(stdout, /\u001b\[2J|\u001b\[H\u001b\[J/);
  // The last frame stays on the person's own screen.
  assert.match(stdout, /\u001b\[\?25h\u001b\[\?1049ldeployment\/web {3}Running [^\u001b]*\nnext [^\u001b]*\n$/);
});

test('on a terminal the project has a head that counts, and trouble comes first', async () => {
  const routes = { [deployments]: list([deployment('a', 1, 1), deployment('b', 0, 2)]) };
  const { stdout } = await kf(['status', '-w'], routes, { ...time(2), terminal: 80, colorDepth: 1 });
  const last = stdout.slice(stdout.lastIndexOf('\u001b[?1049l') + 8).split('\n');
  assert.is(last[0], 'team-a   2 components: 1 Pending, 1 Running');
  assert.match(last[2]!, /^deployment\/b +Pending/);
  assert.match(last[3]!, /^deployment\/a +Running/);
});

test.run();
