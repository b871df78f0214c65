// The main of an executable: as little as can be, it compiles without a cache at each start.
import { getRawAsset } from 'node:sea';
import { loader } from '../../shared/cli/loader.ts';

/** Put in by the bundle: whether code caches were made for this target. */
declare const KF_CACHED: boolean;
/** The same: the pack that each chunk is in. */
declare const KF_PACKS: Record<string, string>;

const asset = (name: string) => getRawAsset(name) as ArrayBuffer;
// The bundle is ASCII, so that a pack becomes a one-byte string by a plain copy.
const source = (name: string) => Buffer.from(asset(name)).toString('latin1');
// It lies where the build put it for V8 (align.ts).
const cache = (name: string) => {
  if (!KF_CACHED) return undefined;
  const room = new Uint8Array(asset(`${name}.cache`));
  const by = room[room.length - 1]!;
  return room.subarray(by, room.length - 8 + by);
};

loader({ packs: KF_PACKS, source, cache }, require)('./main.js');
