import { chmodSync } from 'node:fs';
import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import { fieldManager, removeAt } from '../kube/apply.ts';
import type { Kube } from '../kube/kube.ts';
import { confirm } from '../view/prompt.ts';
import { oneLine } from '../view/text.ts';
import type { Finding, Fix } from './finding.ts';

/** What --fix would do; two findings may be helped by one thing. */
export function plan(findings: readonly Finding[]): (Finding & { fix: Fix })[] {
  const seen = new Set<string>();
  return findings.filter((each): each is Finding & { fix: Fix } => {
    if (!each.fix || seen.has(each.fix.words)) return false;
    seen.add(each.fix.words);
    return true;
  });
}

/** How many were done, and how many the server, or the machine, refused. */
export interface Fixed {
  changed: number;
  refused: number;
}

/**
 * Shows what would be done, asks unless told not to, and does one after the other; what is refused, or is not any more as it was
 * seen, is left and told. Later subjects are taken out of a binding before earlier ones, so that places stay right.
 */
export async function fix(
  kube: Kube,
  context: Context,
  findings: readonly Finding[],
  { yes, dryRun }: { yes: boolean; dryRun: 'client' | 'server' | undefined },
): Promise<Fixed> {
  const say = (line: string) => void context.stderr.write(`${oneLine(line)}\n`);
  const planned = plan(findings);
  const none = { changed: 0, refused: 0 };
  if (planned.length === 0) {
    say('nothing that can be fixed safely');
    return none;
  }
  for (const each of planned) say(`would ${each.fix.words} (${each.code})`);
  if (dryRun === 'client') return none;
  if (!yes && !dryRun && !(await confirm(context, 'do it?'))) {
    say('nothing was changed');
    return none;
  }
  const done = { ...none };
  for (const each of planned.reverse()) {
    if (context.signal.aborted) break;
    const why = await attempt(kube, each.fix, dryRun === 'server');
    if (why === undefined) done.changed++;
    else {
      done.refused++;
      say(`not done: ${each.fix.words}: ${why}`);
    }
  }
  if (dryRun) say(`the server would take ${done.changed} of ${planned.length}; nothing was changed`);
  else say(`${done.changed} of ${planned.length} done`);
  return dryRun ? { ...done, changed: 0 } : done;
}

/** Undefined where it was done; else why not. */
async function attempt(kube: Kube, fix: Fix, dryRun: boolean): Promise<string | undefined> {
  try {
    if ('chmod' in fix) {
      if (!dryRun) chmodSync(fix.chmod.file, fix.chmod.mode);
    } else if ('remove' in fix) {
      const { path, uid } = fix.remove;
      await removeAt(kube, path, { dryRun, ...(uid ? { uid } : {}) });
    } else {
      await kube.json({
        method: 'PATCH',
        path: fix.patch.path,
        query: { fieldManager, dryRun: dryRun ? 'All' : undefined },
        contentType: 'application/json-patch+json',
        body: fix.patch.body,
      });
    }
    return undefined;
  } catch (error) {
    if ((error instanceof KfError && error.status) || (error as NodeJS.ErrnoException).code)
      return (error as Error).message;
    throw error;
  }
}
