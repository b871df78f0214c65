import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alignCaches, cacheIn, roomy } from '../../../scripts/build/align.ts';

const cache = (name: string) => Buffer.from(`the code cache of ${name}`);

test('each cache lies at a multiple of eight, says by how much it was moved, and nothing else has changed', () => {
  const packs = ['a', 'bb', 'ccc'];
  const caches = new Map([...packs.map((name) => [name, cache(name)] as const), ['none', Buffer.alloc(0)]]);
  for (let offset = 0; offset < 8; offset++) {
    const parts = packs.flatMap((name) => [Buffer.from(`before ${name}`), roomy(cache(name))]);
    const before = Buffer.concat([Buffer.alloc(offset, 'x'), ...parts, Buffer.from('end')]);
    const after = Buffer.from(before);
    alignCaches(after, caches);
    assert.is(after.length, before.length);
    for (const name of packs) {
      const at = after.indexOf(cache(name));
      const room = before.indexOf(roomy(cache(name)));
      assert.is(at % 8, 0, `${name} with ${offset} bytes before it`);
      assert.is(at - room, after[room + roomy(cache(name)).length - 1]);
      assert.is(after.toString('latin1', room - 7 - name.length, room), `before ${name}`);
      assert.equal(Buffer.from(cacheIn(after.subarray(room, room + roomy(cache(name)).length))), cache(name));
    }
    assert.is(after.subarray(-3).toString(), 'end');
  }
});

test('a cache that is not there, or twice, is an error', () => {
  const caches = new Map([['a', cache('a')]]);
  const twice = Buffer.concat([roomy(cache('a')), roomy(cache('a'))]);
  for (const executable of [Buffer.from('nothing of it'), twice])
    assert.throws(() => alignCaches(executable, caches), /the cache of a is not once in/);
});

test('an empty cache has room, too', () => {
  assert.is(cacheIn(roomy(Buffer.alloc(0))).length, 0);
});

test.run();
