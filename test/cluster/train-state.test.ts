/** What list and get say of jobs in every state, on the real cluster. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kf } from '../support/suite.ts';
import { kubectl, namespace, skipReason, teardown, until } from './index.ts';
import { makeRuntime } from './runtimes.ts';
import { forever, makeJob } from './train-jobs.ts';

const skip = skipReason();
if (skip) console.log(`skipped: test/cluster/train-state.test.ts: ${skip}`);

const shows = (ns: string, job: string, pattern: RegExp) =>
  until(`${job} to show ${pattern}`, 90, async () => pattern.test((await kf(['train', 'get', job, '-n', ns])).stdout));

if (!skip) {
  test('list and get tell running, pending, suspended, failing and finished jobs apart, and why', async () => {
    const { name: ns, delete: done } = await namespace('state');
    await makeJob(ns, 'finished', { nodes: 2 });
    await makeJob(ns, 'running', { nodes: 2, code: forever });
    await makeJob(ns, 'large', { memory: '900Gi' });
    await makeJob(ns, 'waiting', { suspend: true });
    await makeJob(ns, 'noimage', { image: 'registry.invalid/none:1' });
    const failing = "import os; exit(3 if os.environ['JOB_COMPLETION_INDEX'] == '1' else 0)";
    await makeRuntime(ns, 'again', 'again');
    await makeJob(ns, 'failing', { nodes: 2, code: failing, runtime: 'again' });
    await shows(ns, 'finished', /^trainjob\/finished {3}Succeeded .* ago\n/);
    await shows(ns, 'running', /^trainjob\/running {3}Running\n/);
    await shows(ns, 'large', /^trainjob\/large {3}Pending {3}not enough memory \(asks 900Gi, \S+ has \S+ free\)\n/);
    await shows(ns, 'waiting', /^trainjob\/waiting {3}Suspended\n/);
    await shows(ns, 'noimage', /^trainjob\/noimage {3}Pending {3}image registry.invalid\/none:1 can't be pulled/);
    await shows(ns, 'failing', /^trainjob\/failing {3}Restarting {3}node-1 exited 3, restarted/);

    const list = await kf(['train', 'list', '-n', ns]);
    assert.is(list.code, 0, list.stderr);
    assert.is(list.stderr, '');
    const rows = list.stdout.trimEnd().split('\n').slice(1);
    const states = rows.map((row) => row.split(/ {3,}/).slice(0, 3).join(' '));
    assert.equal(states, [
      states[0]!.replace(/.*/, (row) => (/^failing Restarting [01]\/2$/.test(row) ? row : 'failing Restarting 0/2')),
      'finished Succeeded 2/2',
      'large Pending 0/1',
      'noimage Pending 0/1',
      'running Running 2/2',
      'waiting Suspended 0/1',
    ]);
    assert.match(list.stdout, /^NAME {2,}STATE {2,}NODES {2,}RUNTIME {2,}AGE {2,}TOOK {2,}WHY\n/);

    const only = await kf(['train', 'ls', '-n', ns, '--state', 'succeeded', '-o', 'name']);
    assert.is(only.stdout, 'trainjob.trainer.kubeflow.org/finished\n');
    const json = JSON.parse((await kf(['train', 'list', '-n', ns, '-o', 'json'])).stdout);
    assert.is(json.items.length, 6);

    const history = await kf(['train', 'history', '-n', ns]);
    assert.match(history.stdout, /\nfinished {2,}Succeeded /);
    const life = await kf(['train', 'history', 'finished', '-n', ns]);
    assert.match(life.stdout, / created .* node-[01] started .* node-[01] ended .* succeeded /s);
    await done();
  });

  test('a JobSet and a Job are shown too, with the rank that failed and its last lines', async () => {
    const { name: ns, delete: done } = await namespace('kinds');
    const container = {
      name: 'main',
      image: 'local.test/python:1',
      command: [
        'python3',
        '-c',
        "import os; print('rank', os.environ['JOB_COMPLETION_INDEX'], flush=True); exit(int(os.environ['JOB_COMPLETION_INDEX']))",
      ],
    };
    const spec = {
      backoffLimit: 0,
      completions: 2,
      parallelism: 2,
      completionMode: 'Indexed',
      template: { spec: { restartPolicy: 'Never', containers: [container] } },
    };
    const objects = [
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'plain' }, spec },
      {
        apiVersion: 'jobset.x-k8s.io/v1alpha2',
        kind: 'JobSet',
        metadata: { name: 'set' },
        spec: { replicatedJobs: [{ name: 'worker', replicas: 1, template: { spec } }] },
      },
    ];
    for (const object of objects) {
      const made = await kubectl(['-n', ns, 'create', '-f', '-'], { input: JSON.stringify(object) });
      assert.is(made.code, 0, made.stderr);
    }
    await shows(ns, 'plain', /^job\/plain {3}Failed .* node-1 exited 1\n.*\nlast lines of node-1\n {2}rank 1\n/s);
    await shows(ns, 'js/set', /^jobset\/set {3}Failed .* worker-1 exited 1\n.*\nlast lines of worker-1\n {2}rank 1\n/s);
    await done();
  });

  test('what is not there is answered with what is', async () => {
    const { name: ns, delete: done } = await namespace('near');
    const empty = await kf(['train', 'list', '-n', ns]);
    assert.equal([empty.code, empty.stdout], [0, '']);
    assert.match(empty.stderr, new RegExp(`^no training jobs in ${ns}\n`));
    await makeJob(ns, 'digits', { suspend: true });
    const near = await kf(['train', 'get', 'digts', '-n', ns]);
    assert.is(near.code, 3);
    assert.match(near.stderr, /no job "digts" in .*; did you mean digits\?/);
    const runtimes = await kf(['train', 'runtimes', '-n', ns]);
    assert.match(runtimes.stdout, /\n\S+-distributed {2,}cluster /);
    await done();
  });

  test.after(teardown);
  test.run();
}
