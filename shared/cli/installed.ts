import { readdirSync } from 'node:fs';
import { findPlugin, folders, type Surroundings } from './find.ts';
import { groupOf, type SuiteGroup, suite } from './suite.ts';

/** The groups that are found on this machine, the suite's first, then anyone's: `kubectl-kf_foo` answers to the verb foo. */
export function installed(around: Surroundings): SuiteGroup[] {
  const ours = suite.filter(({ plugin }) => findPlugin(plugin, around));
  const known = new Set(suite.map(({ plugin }) => plugin));
  const others = new Set<string>();
  for (const folder of folders(around)) {
    for (const name of list(folder)) {
      const verb = /^kubectl-kf[-_]([\w-]+?)(?:\.exe)?$/.exec(name)?.[1]?.replaceAll('_', '-');
      // A link that is named after a verb of a group is that group.
      if (verb && !known.has(`kf-${verb}`) && !groupOf(verb) && findPlugin(`kf-${verb}`, around)) others.add(verb);
    }
  }
  return [...ours, ...[...others].sort().map((verb) => ({ plugin: `kf-${verb}`, verbs: [verb], summary: '' }))];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
