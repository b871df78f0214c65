import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { finalizerOwner, holding } from '../../../shared/resources/finalizers.ts';

const object = (finalizers: string[], managedFields: unknown[] = []) => ({
  metadata: { name: 'x', finalizers, managedFields },
});

test('who must let go: by the name, by who set it, by its domain', () => {
  const claims = 'kubernetes.io/pvc-protection';
  assert.is(finalizerOwner(claims, object([claims])), 'Kubernetes keeps the claim while a pod uses it');
  const set = [
    { manager: 'other', fieldsV1: { 'f:metadata': { 'f:labels': {} } } },
    { manager: 'holder', fieldsV1: { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a.b/c"': {} } } } },
  ];
  assert.is(finalizerOwner('a.b/c', object(['a.b/c'], set)), 'holder set it, and must take it away');
  assert.is(finalizerOwner('a.b/d', object(['a.b/d'], set)), 'a controller of a.b must take it away');
  assert.is(finalizerOwner('old', object(['old'])), 'the controller that set it must take it away');
  assert.is(finalizerOwner('constructor', object([])), 'the controller that set it must take it away');
});

test("the garbage collector's own finalizers hold nothing of themselves", () => {
  assert.equal(holding(object(['foregroundDeletion', 'orphan', 'a.b/c'])), ['a.b/c']);
  assert.equal(holding({ metadata: { name: 'x', finalizers: 'odd' as never } }), []);
});

test.run();
