import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { condition, failedPod, jobs, list, pod, pods, running, train, trainJob } from './support.ts';

const given = {
  labels: { 'app.kubernetes.io/managed-by': 'kubectl-kf' },
  annotations: { 'kf.kubeflow.org/code': 'train.py', 'kf.kubeflow.org/args': '["--epochs","3"]' },
};

test('runs, newest first, with what they ran', async () => {
  const items = [
    trainJob('a', {}, condition('Complete'), given),
    trainJob('b', { trainer: { numNodes: 1, command: ['python', '-c', 'print(1)\nprint(2)'] } }, running, {
      creationTimestamp: '2026-01-01T00:55:00Z',
    }),
    trainJob('c', {}, condition('Failed', '2026-01-01T00:51:00Z', { reason: 'FailedJobs' }), {
      creationTimestamp: '2026-01-01T00:49:00Z',
    }),
  ];
  const { code, stdout } = await train(['history'], {
    [jobs]: list('TrainJob', items),
    [pods]: list('Pod', [failedPod('c', 0)]),
  });
  assert.is(code, 0);
  assert.equal(stdout.split('\n'), [
    'NAME   OUTCOME     STARTED     TOOK   NODES   RUNTIME             CODE/ARGS                       WHY',
    "b      Running     5m ago      5m     1       torch-distributed   python -c 'print(1) print(2)'   -",
    'c      Failed      9m58s ago   58s    2       torch-distributed   -                               node-0 exited 1',
    'a      Succeeded   10m ago     42s    2       torch-distributed   train.py --epochs 3             -',
    '',
  ]);
});

test('the life of one job', async () => {
  const resumed = trainJob(
    'a',
    {},
    {
      conditions: [
        {
          type: 'Suspended',
          status: 'False',
          reason: 'Resumed',
          message: '',
          lastTransitionTime: '2026-01-01T00:52:00Z',
        },
        { type: 'Complete', status: 'True', reason: 'x', message: '', lastTransitionTime: '2026-01-01T00:53:00Z' },
      ],
    },
    given,
  );
  const done = pod(
    'a',
    0,
    {
      phase: 'Succeeded',
      containerStatuses: [
        {
          name: 'node',
          restartCount: 1,
          lastState: { terminated: { exitCode: 3, finishedAt: '2026-01-01T00:52:10Z' } },
          state: { terminated: { exitCode: 0, startedAt: '2026-01-01T00:52:20Z', finishedAt: '2026-01-01T00:52:59Z' } },
        },
      ],
    },
    { nodeName: 'node1', containers: [{ name: 'node' }] },
  );
  const event = (reason: string, time: string, type = 'Normal') => ({
    metadata: { name: reason },
    involvedObject: { kind: 'JobSet', name: 'a' },
    type,
    reason,
    message: `said ${reason}`,
    lastTimestamp: time,
  });
  const { stdout } = await train(['history', 'a'], {
    [`${jobs}/a`]: { body: resumed },
    [pods]: list('Pod', [done]),
    '/api/v1/namespaces/team-a/events': list('Event', [
      event('SuspendedJobs', '2026-01-01T00:51:00Z'),
      event('ResumeJobs', '2026-01-01T00:52:01Z'),
      event('Odd', '2026-01-01T00:52:30Z', 'Warning'),
      event('Old', '2025-01-01T00:00:00Z', 'Warning'),
    ]),
  });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .split(/ {3,}/)
        .filter((_, i) => i !== 1)
        .join('|'),
    );
  assert.equal(lines, [
    'TIME|WHAT|WHY',
    '2026-01-01T00:50:00Z|created|by kubectl kf',
    '2026-01-01T00:51:00Z|suspended|-',
    '2026-01-01T00:52:00Z|resumed|-',
    '2026-01-01T00:52:10Z|node-0 ended|exit 3, restarted',
    '2026-01-01T00:52:20Z|node-0 started|on node1',
    '2026-01-01T00:52:30Z|jobset/a|Odd: said Odd',
    '2026-01-01T00:52:59Z|node-0 ended|exit 0',
    '2026-01-01T00:53:00Z|succeeded|-',
  ]);
});

test('an empty project has no history', async () => {
  const { code, stderr } = await train(['history']);
  assert.equal([code, stderr], [0, 'no runs in team-a yet\n']);
});

test.run();
