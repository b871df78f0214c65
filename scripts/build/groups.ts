import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Group } from '../../shared/cli/group.ts';
import { root } from './paths.ts';
import { UseError } from './targets.ts';

/** The names of the groups: each folder in plugins/ that has a main.ts. */
export function findGroups(dir: string = join(root, 'plugins')): string[] {
  return readdirSync(dir)
    .filter((name) => existsSync(join(dir, name, 'main.ts')))
    .sort();
}

/** The groups named in `--group a,b`; all when nothing is named. Throws UseError. */
export function chooseGroups(names: string | undefined): string[] {
  const all = findGroups();
  if (names === undefined) return all;
  return [...new Set(names.split(',').map((name) => name.trim()))].map((name) => {
    if (!all.includes(name)) throw new UseError(`no group "${name}"; there are: ${all.join(', ')}`);
    return name;
  });
}

/** What a group says of itself. */
export async function describeGroup(name: string): Promise<Group> {
  const { group } = (await import(join(root, 'plugins', name, 'index.ts'))) as { group: Group };
  return group;
}
