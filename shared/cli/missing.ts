import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneLine } from '../view/text.ts';
import { closest } from './closest.ts';
import { type KfError, usageError } from './errors.ts';
import { krewRoot, type Surroundings } from './find.ts';
import { installed } from './installed.ts';
import { groupOf, ownVerbs, suite } from './suite.ts';

/**
 * Why a verb leads nowhere: its group is not installed, or there is no such verb.
 * @param added the verbs that people have added, as far as they are known
 */
export function missing(verb: string, around: Surroundings, added: readonly string[] = []): KfError {
  const group = groupOf(verb);
  if (group) return notInstalled(verb, group.plugin, around);
  const verbs = new Set([
    ...ownVerbs,
    ...suite.flatMap((each) => each.verbs),
    ...installed(around).flatMap((e) => e.verbs),
    ...added,
  ]);
  const near = closest(verb, verbs);
  const word = oneLine(verb);
  if (near) return usageError(`no verb "${word}"; did you mean ${near}?`);
  return usageError(`no verb "${word}"`, 'see kubectl kf --help for those there are');
}

function notInstalled(verb: string, plugin: string, around: Surroundings): KfError {
  const root = krewRoot(around);
  const index = ownIndex(root);
  const message = `${verb} comes with the plugin ${plugin}: kubectl krew install ${index}/${plugin}`;
  if (!existsSync(root))
    return usageError(message, 'krew, which installs plugins, is not set up: https://krew.sigs.k8s.io');
  if (index !== 'default' && !existsSync(join(root, 'index', index))) {
    return usageError(
      message,
      `add the index first: kubectl krew index add ${index} <the git address that your admin gave you>`,
    );
  }
  return usageError(message);
}

/** The index that this plugin was installed from, in krew's receipt; the others are there too. `kf` where it doesn't say. */
function ownIndex(root: string): string {
  try {
    const receipt = readFileSync(join(root, 'receipts', 'kf.yaml'), 'utf8');
    return /^status:\s*\n(?:\s+.*\n)*?\s+source:\s*\n\s+name: *([\w-]+) *$/m.exec(receipt)?.[1] ?? 'kf';
  } catch {
    return 'kf';
  }
}
