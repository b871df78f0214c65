import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import { allJobKinds, jobKindOf } from '../../../shared/resources/index.ts';
import type { Pod } from '../../../shared/resources/pod.ts';
import { type JobState, phases } from '../../../shared/resources/resource.ts';
import { took } from '../../../shared/resources/state.ts';
import { trainJob } from '../../../shared/resources/train-job.ts';
import { allCaptured, captured } from './support.ts';

const stateOf = async (name: string): Promise<JobState> => {
  const { job, pods } = captured(name);
  const kind = await jobKindOf(job.apiVersion, job.kind);
  assert.ok(kind, `${job.apiVersion} ${job.kind}`);
  return kind.state(job, pods);
};

/** Captured object → phase, nodes, why. */
const table: [string, string, string, string | RegExp][] = [
  ['new', 'Pending', '0/2', 'starting'],
  ['pending-memory', 'Pending', '0/1', 'not enough memory (asks 900Gi)'],
  ['pending-half', 'Pending', '1/2', '1 of 2 pods pending: not enough memory (asks 6Gi)'],
  ['running', 'Running', '2/2', ''],
  ['succeeded', 'Succeeded', '2/2', ''],
  ['suspended', 'Suspended', '0/2', ''],
  ['suspending', 'Suspended', '0/2', '2 pods still to stop'],
  ['resuming', 'Resuming', '0/2', 'not enough memory (asks 13Gi)'],
  ['crash-loop', 'Restarting', '1/2', 'node-1 exited 3, restarted 2 times'],
  ['oom', 'Restarting', '0/1', 'node-0 ran out of memory (limit 64Mi, OOMKilled), restarted 2 times'],
  ['jobset-running', 'Running', '2/2', ''],
  ['jobset-restarting', 'Restarting', '0/2', 'starting'],
  ['jobset-failed', 'Failed', '2/2', 'restarted as often as it may; worker-1-0 exited 1'],
  ['job-plain', 'Failed', '1/2', 'node-1 exited 5'],
  ['job-img', 'Pending', '0/1', "image no.such.host.invalid/x:1 can't be pulled: registry not reachable"],
  ['job-vol', 'Pending', '0/1', 'volume claim nodata does not exist'],
  ['job-sec', 'Pending', '0/1', 'secret "nosec" not found'],
  ['job-badcmd', 'Failed', '0/1', /^badcmd-xgr6v could not start: exec: "pythn": executable file not found in \$PATH$/],
];

for (const [name, phase, nodes, why] of table) {
  test(`${name} is ${phase}`, async () => {
    const state = await stateOf(name);
    assert.is(state.phase, phase);
    assert.is(`${state.nodes.ready}/${state.nodes.total}`, nodes);
    if (typeof why === 'string') assert.is(state.why, why);
    else assert.match(state.why, why);
  });
}

test('the failing rank is named with its exit code', async () => {
  const { failure, finished } = await stateOf('job-plain');
  assert.is(failure?.rank, 'node-1');
  assert.is(failure?.exitCode, 5);
  assert.is(failure?.container, 'main');
  assert.ok(finished);
  assert.is((await stateOf('oom')).failure?.reason, 'OOMKilled');
});

test('without pods the job alone tells what it can', () => {
  const alone = (name: string) => trainJob.state(captured(name).job);
  assert.is(alone('running').phase, 'Running');
  assert.equal(alone('running').nodes, { ready: 2, total: 2 });
  assert.is(alone('succeeded').phase, 'Succeeded');
  assert.is(alone('pending-memory').why, 'its pods are starting');
  assert.is(alone('resuming').phase, 'Resuming');
});

const made = (spec: object, status: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name: 'x', namespace: 'team-a', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
  spec: { runtimeRef: { name: 'r' }, ...spec },
  status,
});
const condition = (type: string, status: string, reason = type, message = '') => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-01-01T00:10:00Z',
});

test('a Suspended condition that is stale after resume is Resuming, not Suspended', () => {
  const stale = made({ suspend: false }, { conditions: [condition('Suspended', 'True')] });
  assert.is(trainJob.state(stale).phase, 'Resuming');
  const told = made({ suspend: false }, { conditions: [condition('Suspended', 'False', 'Resumed')] });
  assert.is(trainJob.state(told).phase, 'Resuming');
  const runs = made(
    { suspend: false, trainer: { numNodes: 3 } },
    { conditions: [condition('Suspended', 'False', 'Resumed')], jobsStatus: [{ name: 'node', active: 1, ready: 1 }] },
  );
  assert.is(trainJob.state(runs).phase, 'Running');
  assert.equal(trainJob.state(runs).nodes, { ready: 3, total: 3 });
});

test('what Kueue holds is pending in its queue', () => {
  const queued = made({ suspend: true }, {}, { labels: { 'kueue.x-k8s.io/queue-name': 'team-queue' } });
  assert.equal(
    [trainJob.state(queued).phase, trainJob.state(queued).why],
    ['Pending', 'queued by Kueue in team-queue'],
  );
});

test('a job that nothing has touched says who should have', () => {
  assert.is(trainJob.state(made({})).why, 'the Trainer controller has not started it yet');
  assert.is(trainJob.state(made({ managedBy: 'kueue.x-k8s.io/multikueue' })).why, 'left to kueue.x-k8s.io/multikueue');
});

test("the controller's own failures", () => {
  const failed = (reason: string, message: string, spec = {}, pods?: Pod[]) =>
    trainJob.state(made(spec, { conditions: [condition('Failed', 'True', reason, message)] }), pods).why;
  assert.is(failed('DeadlineExceeded', 'x', { activeDeadlineSeconds: 60 }), 'took longer than its deadline of 60s');
  assert.is(failed('TrainingRuntimeNotSupported', 'unsupported runtime: x'), 'unsupported runtime: x');
  const jobSets = 'jobset failed due to one or more job failures (first failed job: x-node-0)';
  assert.is(failed('FailedJobs', jobSets, {}, []), 'its job x-node-0 failed; the pod that failed is gone');
  // Nobody looked for its pods.
  assert.is(failed('FailedJobs', jobSets), 'its job x-node-0 failed');
});

test('a deleted job is Deleting whatever else it is, and what holds it is named', () => {
  const gone = made(
    {},
    { conditions: [condition('Complete', 'True')] },
    { deletionTimestamp: '2026-01-01T01:00:00Z', finalizers: ['foregroundDeletion', 'example.com/hold'] },
  );
  const state = trainJob.state(gone);
  assert.equal([state.phase, state.why], ['Deleting', 'held by the finalizer example.com/hold']);
});

test('the nodes of a job that leaves them open are those of its runtime', () => {
  assert.is(trainJob.state(made({}), undefined, 4).nodes.total, 4);
  assert.is(trainJob.state(made({ trainer: { numNodes: 2 } }), undefined, 4).nodes.total, 2);
});

const pod = (rank: number, exitCode: number, finishedAt: string, step = 'node'): Pod => ({
  metadata: {
    name: `x-${step}-0-${rank}-abcde`,
    labels: {
      'jobset.sigs.k8s.io/jobset-name': 'x',
      'jobset.sigs.k8s.io/replicatedjob-name': step,
      'batch.kubernetes.io/job-completion-index': String(rank),
    },
  },
  spec: { containers: [{ name: step }] },
  status: {
    phase: 'Failed',
    containerStatuses: [
      {
        name: step,
        state: { terminated: { exitCode, reason: 'Error', startedAt: '2026-01-01T00:00:05Z', finishedAt } },
      },
    ],
  },
});
const failedJob = made({ trainer: { numNodes: 12 } }, { conditions: [condition('Failed', 'True', 'FailedJobs')] });

test('the rank that failed first is blamed, not those that it took with it', () => {
  const first = trainJob.state(failedJob, [pod(0, 1, '2026-01-01T00:00:20Z'), pod(3, 7, '2026-01-01T00:00:10Z')]);
  assert.is(first.why, 'node-3 exited 7');
  const same = trainJob.state(failedJob, [pod(0, 143, '2026-01-01T00:00:10Z'), pod(3, 7, '2026-01-01T00:00:10Z')]);
  assert.is(same.why, 'node-3 exited 7');
  const ranks = trainJob.state(failedJob, [pod(10, 1, '2026-01-01T00:00:10Z'), pod(2, 1, '2026-01-01T00:00:10Z')]);
  assert.is(ranks.failure?.rank, 'node-2');
});

test('pods that go after a suspension are not those of the resumed job', () => {
  const resumed = made({ suspend: false }, { conditions: [condition('Suspended', 'True')] });
  const old = pod(0, 0, '2026-01-01T00:00:10Z');
  Object.assign(old.metadata, { deletionTimestamp: '2026-01-01T00:00:11Z' });
  old.status!.phase = 'Succeeded';
  assert.is(trainJob.state(resumed, [old]).phase, 'Resuming');
  const fresh: Pod = { ...old, metadata: { ...old.metadata, name: 'x-node-0-0-fghij' }, status: { phase: 'Running' } };
  delete fresh.metadata.deletionTimestamp;
  assert.is(trainJob.state({ ...resumed, status: {} }, [old, fresh]).phase, 'Running');
});

test('signals, eviction and missing commands are told in words', () => {
  const why = (code: number) => trainJob.state(failedJob, [pod(0, code, '2026-01-01T00:00:10Z')]).why;
  assert.is(why(139), 'node-0 was killed by SIGSEGV (exit 139)');
  assert.is(why(127), 'node-0 exited 127 (command not found)');
  const evicted = pod(0, 137, '2026-01-01T00:00:10Z');
  Object.assign(evicted.status!, { reason: 'Evicted', message: 'The node was low on resource: memory.' });
  assert.is(trainJob.state(failedJob, [evicted]).why, 'node-0 was evicted: The node was low on resource: memory.');
});

test('a preparing step is no node', () => {
  const step = pod(0, 2, '2026-01-01T00:00:10Z', 'dataset-initializer');
  const state = trainJob.state(failedJob, [step]);
  assert.is(state.why, 'dataset-initializer exited 2');
  assert.is(state.nodes.total, 12);
});

test('the time it took', () => {
  const at = (phase: JobState['phase'], finished?: string) =>
    took({ phase, started: '2026-01-01T00:00:00Z', finished }, Date.parse('2026-01-01T00:01:00Z'));
  assert.is(at('Succeeded', '2026-01-01T00:00:42Z'), 42);
  assert.is(at('Running'), 60);
  assert.is(at('Pending'), undefined);
});

/** Takes fields away, or leaves null where Go has an empty list: what other versions and half-written objects look like. */
function damaged(value: unknown, next: () => number): unknown {
  if (next() < 5) return null;
  if (Array.isArray(value)) return value.map((item) => damaged(item, next)).filter((item) => item !== null);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(() => next() > 8);
  return Object.fromEntries(kept.map(([key, item]) => [key, damaged(item, next)]));
}

test('whatever is missing, a state is given', async () => {
  const kinds = await allJobKinds();
  const names = allCaptured();
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.constantFrom(...kinds),
      fc.array(fc.nat(99), { minLength: 300, maxLength: 300 }),
      (name, kind, dice) => {
        let i = 0;
        const next = () => dice[i++ % dice.length]!;
        const { job, pods } = captured(name);
        const object = (v: unknown) => (v !== null && typeof v === 'object' && !Array.isArray(v) ? v : {});
        const hurt = (o: { metadata: object; spec?: unknown; status?: unknown }) => ({
          ...o,
          metadata: {
            ...object(o.metadata),
            labels: object(damaged((o.metadata as { labels?: object }).labels, next)),
          },
          spec: damaged(o.spec, next),
          status: damaged(o.status, next),
        });
        const state = kind.state(
          hurt(job) as unknown as KubeObject,
          pods.map((p) => hurt(p as never)) as unknown as Pod[],
        );
        assert.ok(phases.includes(state.phase));
        assert.type(state.why, 'string');
        assert.ok(state.nodes.ready >= 0 && state.nodes.ready <= state.nodes.total, JSON.stringify(state.nodes));
        assert.ok(state.restarts >= 0);
        assert.ok(
          state.finished === undefined ||
            state.phase === 'Succeeded' ||
            state.phase === 'Failed' ||
            state.phase === 'Deleting',
        );
      },
    ),
    { numRuns: 2000 },
  );
});

test.run();
