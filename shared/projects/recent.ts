import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { writeWhole } from '../completion/store.ts';
import type { Kube } from '../kube/kube.ts';

type Around = Pick<Context, 'env' | 'home'>;
type Here = Pick<Kube, 'server' | 'contextName'>;

/** Projects that are remembered for a context. */
const most = 50;

/** Beside kubectl's own caches; the number is the format's. Safe to delete. */
function fileOf({ env, home }: Around, { server, contextName }: Here): string {
  const name = createHash('sha256').update(`${contextName} ${server}`).digest('hex').slice(0, 24);
  return join(env.KUBECACHEDIR || join(home, '.kube', 'cache'), 'kf', 'projects', '1', `${name}.json`);
}

/** The projects that a person was in with this context, the last one first. */
export function recentProjects(around: Around, here: Here): string[] {
  try {
    const names = JSON.parse(readFileSync(fileOf(around, here), 'utf8')) as unknown;
    return Array.isArray(names) ? names.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** @param names the one that the person is in now first, then where they were before */
export function rememberProjects(around: Around, here: Here, names: readonly string[]): void {
  const all = [...new Set([...names, ...recentProjects(around, here)])];
  writeWhole(fileOf(around, here), JSON.stringify(all.slice(0, most)));
}

export function forgetProject(around: Around, here: Here, name: string): void {
  const all = recentProjects(around, here);
  if (all.includes(name)) writeWhole(fileOf(around, here), JSON.stringify(all.filter((each) => each !== name)));
}
