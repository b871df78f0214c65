import { homedir } from 'node:os';
import { join } from 'node:path';

/** The checkout. */
export const root: string = join(import.meta.dirname, '..', '..');
export const dist: string = join(root, 'dist');

/** What is kept between builds, outside the checkout. */
export function cacheDir(env: Record<string, string | undefined> = process.env): string {
  return env.KF_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-kf');
}
