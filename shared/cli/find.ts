import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Context } from './context.ts';

export type Surroundings = Pick<Context, 'env' | 'platform' | 'home' | 'self'>;

/** The group that adds verbs, and runs those that were added. */
export const adder = 'kf-command';

/** Where krew keeps everything: $KREW_ROOT, or ~/.krew. */
export const krewRoot = ({ env, home }: Surroundings): string => env.KREW_ROOT || join(home, '.krew');

/** Where groups are looked for: PATH, then beside this executable, then krew's own folder. */
export function folders(around: Surroundings): string[] {
  const path = (around.env.PATH ?? around.env.Path ?? '').split(delimiter).filter(Boolean);
  return [...new Set([...path, dirname(around.self), join(krewRoot(around), 'bin')])];
}

/**
 * The executable of a plugin (`kf-train`), under the dash-spelled name or the one that krew gives it (`kubectl-kf_train`).
 * Never this executable itself, under whatever name: that would go round in a circle.
 */
export function findPlugin(plugin: string, around: Surroundings, prefix = 'kubectl'): string | undefined {
  const end = around.platform === 'win32' ? '.exe' : '';
  const names = [...new Set([`${prefix}-${plugin}${end}`, `${prefix}-${plugin.replaceAll('-', '_')}${end}`])];
  for (const folder of folders(around)) {
    for (const name of names) {
      const file = join(folder, name);
      if (isExecutable(file) && !same(file, around.self)) return file;
    }
  }
  return undefined;
}

export function isExecutable(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function same(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}
