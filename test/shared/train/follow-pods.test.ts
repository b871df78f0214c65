import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContainerState, Pod } from '../../../shared/resources/pod.ts';
import { trainJob } from '../../../shared/resources/train-job.ts';
import { streamsOf, unknownWish } from '../../../shared/train/follow-pods.ts';

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

test.run();
