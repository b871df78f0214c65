import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Instance, PodTracker, servedIds } from '../../../shared/logs/instances.ts';
import type { ContainerState, Pod } from '../../../shared/resources/pod.ts';

function pod(index: number, state?: ContainerState, lastState?: ContainerState, containerID?: string): Pod {
  const labels = {
    'jobset.sigs.k8s.io/jobset-name': 'digits',
    'jobset.sigs.k8s.io/replicatedjob-name': 'node',
    'batch.kubernetes.io/job-completion-index': String(index),
  };
  const status = {
    name: 'node',
    ...(containerID ? { containerID } : {}),
    ...(state ? { state } : {}),
    ...(lastState ? { lastState } : {}),
  };
  return {
    metadata: { name: `digits-node-0-${index}-x`, uid: `uid-${index}`, labels },
    spec: { initContainers: [{ name: 'fetch' }], containers: [{ name: 'node' }, { name: 'sidecar' }] },
    status: { phase: 'Running', containerStatuses: [status] },
  };
}

const ended = (containerID: string): ContainerState => ({ terminated: { exitCode: 1, containerID } });

test('which instance the kubelet serves: as itself and as the previous one', () => {
  const status = (state: ContainerState, lastState?: ContainerState, id?: string) =>
    servedIds(pod(0, state, lastState, id).status!.containerStatuses![0]);
  assert.equal(status({ running: {} }, undefined, 'a'), { current: 'a' });
  assert.equal(status({ running: {} }, ended('a'), 'b'), { current: 'b', previous: 'a' });
  assert.equal(status(ended('b'), ended('a')), { current: 'b', previous: 'a' });
  assert.equal(status({ waiting: { reason: 'CrashLoopBackOff' } }, ended('a'), 'a'), { current: 'a', previous: 'a' });
  assert.equal(status({ waiting: { reason: 'ContainerCreating' } }), {});
  assert.equal(servedIds(undefined), {});
});

test('each run of a container is read once, one after the other, pods that came and went too', async () => {
  const read: string[] = [];
  const finish = new Map<string, () => void>();
  const tracker = new PodTracker(
    (it) => [{ name: it.metadata.name, pod: it, container: 'node' }],
    (instance: Instance) => {
      read.push(instance.id);
      return new Promise<void>((resolve) => finish.set(instance.id, resolve));
    },
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  tracker.set(pod(0));
  assert.ok(tracker.idle);
  tracker.set(pod(0, { running: {} }, undefined, 'a'));
  tracker.set(pod(0, { running: {} }, undefined, 'a'));
  tracker.set(pod(0, { running: {} }, ended('a'), 'b'));
  tracker.set(pod(1, ended('c')), true);
  await settle();
  assert.equal(read, ['a', 'c']);
  finish.get('a')!();
  await settle();
  assert.equal(read, ['a', 'c', 'b']);
  for (const id of ['b', 'c']) finish.get(id)!();
  await settle();
  assert.ok(tracker.idle);
  assert.equal([tracker.pods.length, tracker.present.length], [2, 1]);
  tracker.replace([]);
  assert.is(tracker.present.length, 0);
});

test.run();
