import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import { cronJob } from '../../../shared/resources/cron-job.ts';
import { deployment } from '../../../shared/resources/deployment.ts';
import type { Pod } from '../../../shared/resources/pod.ts';
import { ProjectPods } from '../../../shared/resources/project-pods.ts';

const controller = (kind: string, name: string) => ({
  apiVersion: 'v1',
  kind,
  name,
  uid: `uid-${name}`,
  controller: true,
});
const pod = (name: string, kind: string, owner: string, labels: Record<string, string>, more: object = {}): Pod => ({
  metadata: { name, labels, ownerReferences: [controller(kind, owner)] },
  spec: { containers: [{ name: 'main', image: 'x', command: ['y'] }] },
  status: { phase: 'Running', ...more },
});
const deploy = (name: string, matchLabels: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, uid: `uid-${name}` },
  spec: { selector: { matchLabels } },
});
const namesOf = (pods: Pod[]) => pods.map(({ metadata }) => metadata.name);

test('a Deployment has the pods of its own sets, though another has the same selector', () => {
  const all = new ProjectPods();
  all.add(pod('web-1a-x', 'ReplicaSet', 'web-1a', { app: 'w', 'pod-template-hash': '1a' }));
  all.add(pod('web-2b-x', 'ReplicaSet', 'web-2b', { app: 'w', 'pod-template-hash': '2b' }));
  all.add(pod('web-two-3c-x', 'ReplicaSet', 'web-two-3c', { app: 'w', 'pod-template-hash': '3c' }));
  assert.equal(namesOf(all.of({ kind: deployment, object: deploy('web', { app: 'w' }) })), ['web-1a-x', 'web-2b-x']);
  assert.equal(namesOf(all.of({ kind: deployment, object: deploy('other', { app: 'x' }) })), []);
});

test('a CronJob has the pods of its runs', () => {
  const all = new ProjectPods();
  all.add(pod('nightly-29000001-x', 'Job', 'nightly-29000001', {}));
  all.add(pod('nightly-too-29000001-x', 'Job', 'nightly-too-29000001', {}));
  const object: KubeObject = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly', uid: 'c' } };
  assert.equal(namesOf(all.of({ kind: cronJob, object })), ['nightly-29000001-x']);
});

test('what is kept of a pod says the same as the whole pod', () => {
  const status = fc.record({
    phase: fc.constantFrom('Pending', 'Running', 'Failed', 'Succeeded'),
    containerStatuses: fc.array(
      fc.record({
        name: fc.constant('main'),
        ready: fc.boolean(),
        restartCount: fc.nat(3),
        state: fc.constantFrom(
          { running: { startedAt: '2026-01-01T00:00:00Z' } },
          { waiting: { reason: 'CrashLoopBackOff' } },
          { waiting: { reason: 'ImagePullBackOff', message: 'x' } },
          { terminated: { exitCode: 3, reason: 'Error', finishedAt: '2026-01-01T00:00:09Z' } },
          { terminated: { exitCode: 0, finishedAt: '2026-01-01T00:00:09Z' } },
        ),
        lastState: fc.constantFrom({}, { terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      }),
      { maxLength: 1 },
    ),
    conditions: fc.constantFrom([], [{ type: 'PodScheduled', status: 'False', message: '1 Insufficient cpu. x' }]),
  });
  const object = deploy('web', { app: 'w' });
  fc.assert(
    fc.property(status, (more) => {
      const whole = pod('web-1a-x', 'ReplicaSet', 'web-1a', { app: 'w', 'pod-template-hash': '1a' }, more);
      const all = new ProjectPods();
      all.add(whole);
      const kept = all.of({ kind: deployment, object });
      assert.equal(deployment.state(object, kept), deployment.state(object, [whole]));
    }),
  );
});

test.run();
