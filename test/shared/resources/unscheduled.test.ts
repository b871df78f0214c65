import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Pod } from '../../../shared/resources/pod.ts';
import { whyUnscheduled } from '../../../shared/resources/unscheduled.ts';

const gi = 2 ** 30;
const pod = (requests: Record<string, string>, spec: object = {}): Pod => ({
  metadata: { name: 'x' },
  spec: { containers: [{ name: 'main', resources: { requests } }], ...spec },
});
const nodes = (...all: [name: string, freeGi: number, allGi: number][]) =>
  all.map(([name, free, whole]) => ({ name, free: { memory: free * gi }, all: { memory: whole * gi } }));
const short = '0/2 nodes are available: 2 Insufficient memory. preemption: 0/2 nodes are available.';

test('too much for any node is told from too much for now', () => {
  const free = nodes(['a', 1, 16], ['b', 5.2, 8]);
  const later = whyUnscheduled(pod({ memory: '8Gi' }), short, { nodes: free });
  assert.is(later.text, 'not enough memory (asks 8Gi, b has 5.2Gi free)');
  assert.is(later.remedy, 'ask for less memory (resources.requests), or wait until others end');
  const never = whyUnscheduled(pod({ memory: '32Gi' }), short, { nodes: free });
  assert.is(never.remedy, 'ask for less memory (resources.requests): no node has more than 16Gi in all');
});

test('a resource that no node has', () => {
  const message = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu. x';
  const why = whyUnscheduled(pod({ 'nvidia.com/gpu': '8' }), message, { nodes: nodes(['a', 1, 2]) });
  assert.is(why.text, 'no node has nvidia.com/gpu (asks 8)');
  assert.is(whyUnscheduled(pod({ 'nvidia.com/gpu': '8' }), message, {}).text, 'not enough nvidia.com/gpu (asks 8)');
});

test('nodes that are full beside nodes that take no pods of this one', () => {
  const message =
    '0/3 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were unschedulable. x';
  const why = whyUnscheduled(pod({ memory: '1Gi' }), message, {});
  assert.is(
    why.text,
    'not enough memory (asks 1Gi); a node is kept for others (taint gpu); a node takes no new pods (cordoned)',
  );
  assert.is(why.code, 'resources');
});

test('a claim says why it is not bound', () => {
  const message = '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. x';
  const claims = new Map([['data', 'storageclass.storage.k8s.io "fast" not found']]);
  const why = whyUnscheduled(pod({}), message, { claims });
  assert.is(why.text, 'volume claim data is not bound to a volume: storageclass.storage.k8s.io "fast" not found');
  assert.match(why.remedy, /kubectl get storageclass/);
  assert.match(whyUnscheduled(pod({}), message, { claims: new Map() }).remedy, /kubectl get pvc/);
});

test('a node selector is shown', () => {
  const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. x";
  const why = whyUnscheduled(pod({}, { nodeSelector: { gpu: 'a100', zone: 'b' } }), message, {});
  assert.is(why.text, 'no node fits its node selector (gpu=a100, zone=b)');
});

test.run();
