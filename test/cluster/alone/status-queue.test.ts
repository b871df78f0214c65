// changes: Trainer
/** What status and train -f say of a job that Kueue holds: real objects, by a definition of Workload that is the test's own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../../support/real.ts';
import { folder, kf, startKf } from '../../support/suite.ts';
import { serve } from '../crds.ts';
import { kubectl, namespace, skipReason, teardown, trainRuntime, until } from '../index.ts';
import { create } from '../pods.ts';

const workload = { group: 'kueue.x-k8s.io', kind: 'Workload', plural: 'workloads', versions: ['v1beta2', 'v1beta1'] };
const why =
  "couldn't assign flavors to pod set node: insufficient unused quota for nvidia.com/gpu in flavor a100, 6 more needed";

const real = testUnless(skipReason());
let ns = '';
let end = async () => {};
let unserve = async () => {};
test.before(async () => {
  if (skipReason()) return;
  unserve = await serve([workload]);
  const made = await namespace('queue');
  [ns, end] = [made.name, made.delete];
});
test.after(async () => {
  await end();
  await unserve();
  await teardown();
});

/** As Kueue's webhook leaves it: suspended until it is admitted. */
const job = (name: string) => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name, labels: { 'kueue.x-k8s.io/queue-name': 'team' } },
  spec: { suspend: true, runtimeRef: { name: trainRuntime() }, trainer: { numNodes: 1, command: ['python3', '-V'] } },
});

/** As Kueue's job controller makes it and its scheduler writes its status. */
async function queued(name: string, priority: number, message: string): Promise<void> {
  const { stdout: uid } = await kubectl(['-n', ns, 'get', 'trainjob', name, '-o', 'jsonpath={.metadata.uid}']);
  await create(ns, {
    apiVersion: 'kueue.x-k8s.io/v1beta2',
    kind: 'Workload',
    metadata: {
      name: `trainjob-${name}-1a2b3`,
      labels: { 'kueue.x-k8s.io/job-uid': uid },
      ownerReferences: [{ apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob', name, uid, controller: true }],
    },
    spec: { queueName: 'team', priority, active: true, podSets: [{ name: 'node', count: 1 }] },
  });
  const conditions = [{ type: 'QuotaReserved', status: 'False', reason: 'Pending', message }];
  const patch = ['-p', JSON.stringify({ status: { conditions } }), '--subresource=status', '--type=merge'];
  const { code, stderr } = await kubectl(['-n', ns, 'patch', 'workload', `trainjob-${name}-1a2b3`, ...patch]);
  assert.is(code, 0, stderr);
}

real('a job in a queue is told with its place, who is ahead, and what it waits for', async () => {
  for (const name of ['bert', 'gan']) await create(ns, job(name));
  const file = join(folder(), 'digits.yaml');
  writeFileSync(file, JSON.stringify(job('digits')));
  const follow = await startKf(['train', 'digits', file, '-f', '-n', ns], { timeout: 120_000 });
  try {
    await until('the job', 30, async () => (await kubectl(['-n', ns, 'get', 'trainjob', 'digits'])).code === 0);
    await queued('bert', 0, why);
    await queued('gan', 100, why);
    await queued('digits', 0, why);
    const said = `queued by Kueue in team, 3 of 3 (behind trainjob/gan and 1 more): ${why}`;
    const { code, stdout, stderr } = await kf(['status', 'digits', '-n', ns]);
    assert.is(code, 0, stderr);
    assert.ok(stdout.includes(`   ${said}\n`), stdout);
    assert.match(stdout, /\ntry {3}it starts by itself when there is quota for it\n/);
    await follow.saw(said, 60_000);
    const first = await kf(['status', 'gan', '-n', ns]);
    assert.ok(first.stdout.includes(`queued by Kueue in team, first in it: ${why}`), first.stdout);
    const { phase, reason } = JSON.parse((await kf(['status', 'digits', '-n', ns, '-o', 'json'])).stdout);
    assert.equal([phase, reason.code], ['Pending', 'queue']);
  } finally {
    follow.child.kill('SIGINT');
    await follow.ended;
  }
});

real('a job that is suspended by a person says how it goes on', async () => {
  await create(ns, { ...job('held'), metadata: { name: 'held' } });
  const { stdout } = await kf(['status', 'held', '-n', ns]);
  assert.match(stdout, /^trainjob\/held {3}Suspended \S+\n/);
  assert.match(stdout, /\nnext {3}kubectl kf train resume held {3}kubectl kf remove held\n$/);
});

test.run();
