import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** V8 reads a code cache where it is if it lies at a multiple of this, and copies it first if not. Bytes. */
const ALIGNMENT = 8;

/** A cache with room to be moved in. The last byte says by how much it was: boot.ts reads it. */
export const roomy = (cache: Buffer): Buffer => Buffer.concat([cache, Buffer.alloc(ALIGNMENT)]);

/**
 * Moves each cache of an executable to where V8 wants it. For ELF files, which are mapped as they lie.
 * @param dir holds the caches as files
 */
export async function alignCaches(executable: string, dir: string, packs: Iterable<string>): Promise<void> {
  const all = await readFile(executable);
  const file = await open(executable, 'r+');
  try {
    for (const pack of packs) {
      const cache = await readFile(join(dir, `${pack}.cache`));
      if (cache.length === 0) continue;
      const room = roomy(cache);
      const at = all.indexOf(room);
      if (at < 0 || all.indexOf(room, at + 1) >= 0)
        throw new Error(`the cache of ${pack} is not once in ${executable}`);
      const by = -at & (ALIGNMENT - 1);
      room.fill(0).set(cache, by);
      room[room.length - 1] = by;
      await file.write(room, 0, room.length, at);
    }
  } finally {
    await file.close();
  }
}
