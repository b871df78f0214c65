import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { sourceDifference } from '../../../shared/registry/source-difference.ts';
import { version } from '../../support/registry.ts';

const test = suite('the difference of two sources');

const between = (before: Record<string, string>, after: Record<string, string>) =>
  sourceDifference(version('0.1.0', { files: before }), version('0.2.0', { files: after }));

test('is a unified diff, files by name, new and gone ones against nothing', () => {
  assert.deepEqual(
    between({ 'b.py': 'x = 1\ny = 2\n', 'old.py': 'gone\n' }, { 'b.py': 'x = 1\ny = 3\n', 'a.py': 'new' }),
    [
      ...['--- /dev/null', '+++ b/a.py', '@@ -0,0 +1,1 @@', '+new', '\\ No newline at end of file'],
      ...['--- a/b.py', '+++ b/b.py', '@@ -1,2 +1,2 @@', ' x = 1', '-y = 2', '+y = 3'],
      ...['--- a/old.py', '+++ /dev/null', '@@ -1,1 +0,0 @@', '-gone'],
    ],
  );
});

test('says nothing where nothing changed, and tells a terminal nothing but text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const lines = between({ 'a.py': a }, { 'a.py': b });
      assert.equal(lines.length === 0, a === b);
      for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u0008\n\u000b-\u001f\u007f-\u009f]/);
    }),
  );
});

test('two large sources that have nothing in common are told by their size, in no time', () => {
  const many = (word: string) => Array.from({ length: 30_000 }, (_, i) => `${word}${i}`).join('\n');
  const start = Date.now();
  assert.deepEqual(between({ 'a.py': many('a') }, { 'a.py': many('b') }), [
    ...['--- a/a.py', '+++ b/a.py', '(nearly all of it is different: 30000 lines before, 30000 now)'],
  ]);
  assert.ok(Date.now() - start < 10_000);
});

test.run();
