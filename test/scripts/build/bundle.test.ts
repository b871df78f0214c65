import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleGroup, bundleLoader } from '../../../scripts/build/bundle.ts';
import { findGroups } from '../../../scripts/build/groups.ts';
import { pack } from '../../../scripts/build/pack.ts';

const stamp = { version: '1.2.3', commit: 'abc' };

test('a group becomes ASCII chunks that ask for nothing but each other and Node', async () => {
  for (const group of findGroups()) {
    const chunks = await bundleGroup(group, stamp);
    assert.ok(chunks.has('./main.js'), [...chunks.keys()].join());
    for (const [name, { code }] of chunks) {
      assert.match(code, /^[\x00-\x7f]*$/, `${name} is not ASCII`);
      for (const [, wanted = ''] of code.matchAll(/\brequire\("([^"]+)"\)/g)) {
        assert.ok(chunks.has(wanted) || /^(node:)?[a-z_/0-9]+$/.test(wanted), `${name} requires ${wanted}`);
      }
    }
  }
});

test('what starts first is small: libraries and commands are in chunks that come later', async () => {
  const chunks = await bundleGroup('kf-train', stamp);
  const { scripts, packs } = pack(chunks);
  const first = scripts.get('first')!;
  assert.is(packs['./main.js'], 'first');
  assert.ok(first.length < 40_000, `it has ${first.length} bytes`);
  assert.not.match(first, /clipanion/);
  assert.ok(chunks.size > 5);
});

test('a group brings only what it uses of its libraries', async () => {
  const chunks = await bundleGroup('kf', stamp);
  const size = [...chunks.values()].reduce((sum, { code }) => sum + code.length, 0);
  assert.ok(size < 2_000_000, `${size} bytes in all`);
});

test('the loader is small: it compiles at every start', async () => {
  assert.ok((await bundleLoader('boot', {}, true)).length < 2000);
});

test.run();
