// The main of an executable: as little as can be, it compiles without a cache at each start.
import { getRawAsset } from 'node:sea';
import { loader } from '../../shared/cli/loader.ts';
import { cacheIn } from './align.ts';

/** Put in by the bundle: whether code caches were made for this target. */
declare const KF_CACHED: boolean;
/** The same: the pack that each chunk is in. */
declare const KF_PACKS: Record<string, string>;

const asset = (name: string) => getRawAsset(name) as ArrayBuffer;
// The bundle is ASCII, so that a pack becomes a one-byte string by a plain copy.
const source = (name: string) => Buffer.from(asset(name)).toString('latin1');
const cache = (name: string) => (KF_CACHED ? cacheIn(new Uint8Array(asset(`${name}.cache`))) : undefined);

loader({ packs: KF_PACKS, source, cache }, require)('./main.js');
