import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import type { Kube } from './kube.ts';

/** What we keep of a resource (apidiscovery/v2 APIResourceDiscovery). */
export interface CachedResource {
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  shortNames: string[];
}

/** A group with its versions in the server's order of preference. The core group is ''. */
export interface CachedGroup {
  name: string;
  versions: { version: string; resources: CachedResource[] }[];
}

interface Stored {
  format: number;
  /** Milliseconds since the epoch. */
  at: number;
  groups: CachedGroup[];
}

/** As kubectl's own discovery cache. */
const timeToLive = 6 * 3600_000;
const format = 1;

type Where = Pick<Context, 'env' | 'home' | 'now'>;

/** Beside kubectl's own, per server. Safe to delete at any time. */
export function cacheFile(server: string, { env, home }: Where): string {
  const root = env.KUBECACHEDIR || join(home, '.kube', 'cache');
  const name = server.replace(/^https?:\/\//, '').replace(/[^\w.-]/g, '_');
  return join(root, 'kf', name, 'discovery.json');
}

/** What was kept, where it is not older than six hours and readable. */
export function readCache(kube: Kube, context: Where): CachedGroup[] | undefined {
  try {
    const stored = JSON.parse(readFileSync(cacheFile(kube.server, context), 'utf8')) as Stored;
    const age = context.now() - stored.at;
    return stored.format === format && age >= 0 && age < timeToLive ? stored.groups : undefined;
  } catch {
    return undefined;
  }
}

/** Kept for the next command; a disk that is full or read-only costs only time. */
export function writeCache(kube: Kube, context: Where, groups: CachedGroup[]): void {
  const file = cacheFile(kube.server, context);
  const temporary = `${file}.${unique()}`;
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o750 });
    writeFileSync(temporary, JSON.stringify({ format, at: context.now(), groups } satisfies Stored), { mode: 0o640 });
    renameSync(temporary, file);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // It never came to be.
    }
  }
}

const unique = () => Math.random().toString(36).slice(2);
