import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import type { Kube, KubeObject } from '../../../shared/kube/kube.ts';
import { whyQueued } from '../../../shared/resources/queue.ts';

/** A cluster that answers some paths, and refuses the others with a code. */
const cluster = (answers: Record<string, unknown>, otherwise = 404) => {
  const asked: string[] = [];
  const kube = {
    json: async ({ path }: { path: string }) => {
      asked.push(path);
      if (answers[path]) return answers[path];
      throw new KfError(3, 'no', { status: { code: otherwise } });
    },
  } as unknown as Kube;
  return { kube, asked };
};
const workloads = '/apis/kueue.x-k8s.io/v1beta2/namespaces/ns/workloads';
const pending = '/apis/visibility.kueue.x-k8s.io/v1beta1/namespaces/ns/localqueues/team/pendingworkloads';

const job = { apiVersion: 'v1', kind: 'TrainJob', metadata: { name: 'digits', uid: 'u-digits' } } as KubeObject;
const workload = (name: string, more: object = {}, spec: object = {}, status: object = {}) => ({
  metadata: {
    name: `w-${name}`,
    creationTimestamp: '2026-01-01T00:00:00Z',
    ownerReferences: [{ apiVersion: 'v1', kind: 'TrainJob', name, uid: `u-${name}` }],
    ...more,
  },
  spec: { queueName: 'team', priority: 0, ...spec },
  status: {
    conditions: [{ type: 'QuotaReserved', status: 'False', message: 'no room' }],
    ...status,
  },
});
const told = async (items: unknown[], more: Record<string, unknown> = {}) =>
  (await whyQueued(cluster({ [workloads]: { items }, ...more }).kube, 'ns', job, 'team')).text;

test('without a right to read Workloads the queue is told', async () => {
  const { kube } = cluster({}, 403);
  const { text, code } = await whyQueued(kube, 'ns', job, 'team');
  assert.equal([text, code], ['queued by Kueue in team', 'queue']);
});

test('its place follows from priority, then time; other queues and what runs do not count', async () => {
  const own = workload('digits', { creationTimestamp: '2026-01-01T00:00:05Z' });
  const others = [
    workload('early'),
    workload('late', { creationTimestamp: '2026-01-01T00:00:09Z' }),
    workload('urgent', { creationTimestamp: '2026-01-01T00:00:09Z' }, { priority: 10 }),
    workload('other', {}, { queueName: 'else' }),
    workload('off', {}, { active: false }),
    workload('runs', {}, {}, { conditions: [{ type: 'QuotaReserved', status: 'True' }] }),
  ];
  assert.is(
    await told([...others, own]),
    'queued by Kueue in team, 3 of 4 (behind trainjob/urgent and 1 more): no room',
  );
  assert.is(await told([own]), 'queued by Kueue in team, alone in it: no room');
});

test('the visibility API knows the order better', async () => {
  const items = [
    { ...workload('digits'), positionInLocalQueue: 1 },
    { ...workload('bert'), positionInLocalQueue: 0 },
  ];
  const answer = { [pending]: { items } };
  assert.is(
    await told([workload('digits')], answer),
    'queued by Kueue in team, 2 of 2 (behind trainjob/bert): no room',
  );
});

test('what is not a matter of its place is told as it is', async () => {
  const none = { conditions: [{ type: 'QuotaReserved', status: 'False', message: "LocalQueue team doesn't exist" }] };
  const { kube } = cluster({ [workloads]: { items: [workload('digits', {}, {}, none)] } });
  const missing = await whyQueued(kube, 'ns', job, 'team');
  assert.is(missing.text, "queued by Kueue in team: LocalQueue team doesn't exist");
  assert.match(missing.remedy, /^name a queue that exists/);
  assert.match(await told([workload('digits', {}, { active: false })]), /taken out of it$/);
  const checked = {
    conditions: [{ type: 'QuotaReserved', status: 'True' }],
    admissionChecks: [
      { name: 'provision', state: 'Pending' },
      { name: 'fine', state: 'Ready' },
    ],
  };
  assert.is(
    await told([workload('digits', {}, {}, checked)]),
    'queued by Kueue in team, with its quota reserved; waits for provision',
  );
});

test.run();
