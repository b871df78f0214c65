import { readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { root, writeWhole } from './store.ts';

const day = 24 * 3600_000;
/** Files that nothing has written for so long go. */
const kept = 7 * day;

/** Once a day: takes away what was not renewed for a week, so that the folder stays small. */
export function prune(context: Pick<Context, 'env' | 'home' | 'now'>): void {
  const folder = root(context);
  const marker = join(folder, 'pruned');
  const now = context.now();
  const last = statSync(marker, { throwIfNoEntry: false })?.mtimeMs;
  if (last !== undefined && now - last < day) return;
  writeWhole(marker, '');
  if (last === undefined) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    try {
      if (entry.isFile() && now - statSync(file).mtimeMs > kept) {
        rmSync(file, { force: true });
        rmdirSync(dirname(file));
      }
    } catch {
      // Gone already, or a folder that others are still in.
    }
  }
}
