import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContainerState, Pod } from '../../../shared/resources/pod.ts';
import { trainJob } from '../../../shared/resources/train-job.ts';
import { type Instance, PodTracker, servedIds, streamsOf, unknownWish } from '../../../shared/train/follow-pods.ts';

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

test('names: the rank for its main container, with the container for others', () => {
  const names = (wanted: object) => streamsOf(pod(1), trainJob, { ranks: [], ...wanted }).map((s) => s.name);
  assert.equal(names({}), ['node-1']);
  assert.equal(names({ allContainers: true }), ['node-1/fetch', 'node-1/node', 'node-1/sidecar']);
  assert.equal(names({ container: 'sidecar' }), ['node-1/sidecar']);
  assert.equal([names({ ranks: ['1'] }), names({ ranks: ['node-1'] })], [['node-1'], ['node-1']]);
  assert.equal([names({ ranks: ['11'] }), names({ step: 'launcher' }), names({ step: 'node' })], [[], [], ['node-1']]);
});

test('what is not there is named with what is', () => {
  const wish = (wanted: object) => unknownWish('digits', [pod(0), pod(1)], trainJob, { ranks: [], ...wanted });
  assert.is(wish({ ranks: ['1'] }), undefined);
  const no = wish({ ranks: ['7'] })!;
  assert.equal([no.exit, no.message, no.hint], [3, 'digits has no rank 7', 'there are: node-0, node-1']);
  assert.is(wish({ container: 'x' })!.hint, 'there are: fetch, node, sidecar');
  assert.is(wish({ step: 'launcher' })!.hint, 'there are: node');
});

test('each run of a container is read once, one after the other, pods that came and went too', async () => {
  const read: string[] = [];
  const finish = new Map<string, () => void>();
  const tracker = new PodTracker(trainJob, { ranks: [] }, (instance: Instance) => {
    read.push(instance.id);
    return new Promise<void>((resolve) => finish.set(instance.id, resolve));
  });
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
