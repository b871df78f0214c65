/** V8 reads a code cache where it is if it lies at a multiple of this, and copies it first if not. Bytes. */
const ALIGNMENT = 8;

/** A cache with room to be moved in. The last byte says by how much it was. */
export const roomy = (cache: Buffer): Buffer => Buffer.concat([cache, Buffer.alloc(ALIGNMENT)]);

/** The cache in its room. */
export function cacheIn(room: Uint8Array): Uint8Array {
  const by = room[room.length - 1]!;
  return room.subarray(by, room.length - ALIGNMENT + by);
}

/** Where in an executable these bytes are. Throws where they are not, or twice. */
export function placeOf(executable: Buffer, bytes: Buffer, what: string): number {
  const at = executable.indexOf(bytes);
  if (at < 0 || executable.indexOf(bytes, at + 1) >= 0) throw new Error(`${what} is not once in the executable`);
  return at;
}

/** Moves each cache of an executable, in place, to where V8 wants it. For ELF files, which are mapped as they lie. */
export function alignCaches(executable: Buffer, caches: ReadonlyMap<string, Buffer>): void {
  for (const [pack, cache] of caches) {
    if (cache.length === 0) continue;
    const room = roomy(cache);
    const at = placeOf(executable, room, `the cache of ${pack}`);
    const by = -at & (ALIGNMENT - 1);
    room.fill(0).set(cache, by);
    room[room.length - 1] = by;
    executable.set(room, at);
  }
}
