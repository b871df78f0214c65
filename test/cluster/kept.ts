/** The cache keeps what is used and forgets the rest. */
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './layout.ts';
import { claims, readState } from './state.ts';

const days = 30;

/** Notes that a folder of the cache was used now. */
function touch(dir: string): void {
  try {
    utimesSync(dir, new Date(), new Date());
  } catch {
    // Somebody else's cache, which one may read.
  }
}

/**
 * Notes that these folders of the cache are used now, and removes what an earlier version of this project built, nobody
 * used for 30 days, and no running cluster has.
 */
export function keep(inUse: string[]): void {
  for (const dir of inUse) touch(dir);
  const states = claims().map((claim) => readState(claim.run));
  const used = new Set([...inUse, ...states.flatMap((state) => (state ? [state.bin, state.images] : []))]);
  for (const name of readdirSync(cacheDir()).filter((entry) => /^(bin|images)-/.test(entry))) {
    const dir = join(cacheDir(), name);
    if (used.has(dir) || Date.now() - statSync(dir).mtimeMs < days * 86_400_000) continue;
    rmSync(dir, { recursive: true, force: true });
  }
}
