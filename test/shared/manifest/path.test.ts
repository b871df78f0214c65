import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { follow, parsePath, pathText } from '../../../shared/manifest/path.ts';

test('the forms in which servers write paths', () => {
  assert.equal(parsePath('spec.env[0].name'), ['spec', 'env', 0, 'name']);
  assert.equal(parsePath('.spec.containers[name="a.b"].image'), ['spec', 'containers', { name: 'a.b' }, 'image']);
  assert.equal(parsePath('metadata.annotations[kf.io/x]'), ['metadata', 'annotations', 'kf.io/x']);
  assert.equal(parsePath('.metadata.labels["a]b"]'), ['metadata', 'labels', 'a]b']);
  assert.equal(parsePath('.ports[port=80,protocol="TCP"]'), ['ports', { port: 80, protocol: 'TCP' }]);
});

test('paths are followed as far as they go', () => {
  const object = { spec: { list: [{ name: 'a' }, { name: 'b', x: 1 }], 'a.b/c': { d: 1 } } };
  assert.equal(follow(object, ['spec', 'list', { name: 'b' }, 'x']).path, ['spec', 'list', 1, 'x']);
  assert.equal(follow(object, parsePath('spec.a.b/c.d')).path, ['spec', 'a.b/c', 'd']);
  assert.equal(follow(object, ['spec', 'nope', 'x']), { path: ['spec'], complete: false });
  assert.equal(follow(object, ['spec', 'list', 7]), { path: ['spec', 'list'], complete: false });
});

const word = fc.stringMatching(/^[a-zA-Z][\w-]{0,6}$/);
test('what is written is read', () => {
  fc.assert(
    fc.property(
      word,
      fc.array(fc.oneof(word, fc.nat(99), fc.stringMatching(/^[a-z]+\.[a-z]+\/[a-z]+$/))),
      (first, rest) => {
        assert.equal(parsePath(pathText([first, ...rest])), [first, ...rest]);
      },
    ),
  );
});

test('any text: steps, never a throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.ok(Array.isArray(follow({ a: [1] }, parsePath(text)).path));
    }),
  );
});

test.run();
