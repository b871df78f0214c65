import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alignCaches, roomy } from '../../../scripts/build/align.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-align-'));
test.after(() => rmSync(dir, { recursive: true }));

const cache = (name: string) => Buffer.from(`the code cache of ${name}`);
const executable = join(dir, 'executable');

test('each cache lies at a multiple of eight, says by how much it was moved, and nothing else has changed', async () => {
  const packs = ['a', 'bb', 'ccc', 'none'];
  for (const name of packs) writeFileSync(join(dir, `${name}.cache`), name === 'none' ? '' : cache(name));
  for (let offset = 0; offset < 8; offset++) {
    const parts = packs.slice(0, 3).flatMap((name) => [Buffer.from(`before ${name}`), roomy(cache(name))]);
    const before = Buffer.concat([Buffer.alloc(offset, 'x'), ...parts, Buffer.from('end')]);
    writeFileSync(executable, before);
    await alignCaches(executable, dir, packs);
    const after = readFileSync(executable);
    assert.is(after.length, before.length);
    for (const name of packs.slice(0, 3)) {
      const at = after.indexOf(cache(name));
      const room = before.indexOf(roomy(cache(name)));
      assert.is(at % 8, 0, `${name} with ${offset} bytes before it`);
      assert.is(at - room, after[room + roomy(cache(name)).length - 1]);
      assert.is(after.toString('latin1', room - 7 - name.length, room), `before ${name}`);
    }
    assert.is(after.subarray(-3).toString(), 'end');
  }
});

test('a cache that is not there, or twice, is an error', async () => {
  writeFileSync(join(dir, 'a.cache'), cache('a'));
  writeFileSync(executable, 'nothing of it');
  await rejects(alignCaches(executable, dir, ['a']), /the cache of a is not once in/);
  writeFileSync(executable, Buffer.concat([roomy(cache('a')), roomy(cache('a'))]));
  await rejects(alignCaches(executable, dir, ['a']), /the cache of a is not once in/);
});

async function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const message = await promise.then(
    () => 'it passed',
    (error: Error) => error.message,
  );
  assert.match(message, pattern);
}

test.run();
