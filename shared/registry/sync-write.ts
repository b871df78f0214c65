import { Exit } from '../cli/errors.ts';
import type { Acted, Acting } from './acting.ts';
import { levels, type Summary } from './entry.ts';
import { allSubcommands, findSubcommand } from './find.ts';
import { isGitTarget } from './git-target.ts';
import { type Locked, lockedOf, lockText, writeLock } from './lock-file.ts';

/** Writes what the person sees here into the lock file: the nearest of each name that others can have too. */
export async function writeVisible(acting: Acting, file: string): Promise<Acted> {
  const { context, say } = acting;
  const kube = await acting.kube();
  const { found, notes } = await allSubcommands(context, kube);
  for (const note of notes) say(note);
  const entries: Locked[] = [];
  for (const [name, all] of byName(found)) {
    acting.checkInterrupt();
    for (const { level } of all) {
      const one = await findSubcommand(name, { context, kube, level });
      if (!one) continue;
      const locked = lockedOf(one.subcommand, one.level, one.namespace);
      if (level === 'personal' && !isGitTarget(locked.origin?.url ?? '')) {
        say(`${name} is left out as you have it: it is on this machine alone`);
        continue;
      }
      entries.push(locked);
      break;
    }
  }
  const text = await lockText(entries);
  if (acting.dryRun) {
    context.stdout.write(text);
    return { code: Exit.ok };
  }
  say(
    `${file} ${writeLock(file, text) ? 'written' : 'unchanged'}: ${entries.length} subcommand${entries.length === 1 ? '' : 's'}`,
  );
  return { code: Exit.ok };
}

/** The nearest of each first. */
function byName(found: readonly Summary[]): Map<string, Summary[]> {
  const names = new Map<string, Summary[]>();
  for (const each of [...found].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))) {
    names.set(each.name, [...(names.get(each.name) ?? []), each]);
  }
  return names;
}
