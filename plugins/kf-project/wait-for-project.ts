import type { Context } from '../../shared/cli/context.ts';
import { Exit, KfError } from '../../shared/cli/errors.ts';
import type { Kube } from '../../shared/kube/kube.ts';
import { type Going, untilGone } from '../../shared/projects/delete.ts';
import { duration } from '../../shared/view/age.ts';
import { Notice } from '../../shared/view/notice.ts';
import { oneLine } from '../../shared/view/text.ts';

/** Waits until the project is gone; tells what is left and what holds it. Ctrl-C stops the wait, not the deletion: says so. */
export async function waitForProject(kube: Kube, context: Context, going: Going, timeoutMs: number) {
  const notice = new Notice(context);
  const told = new Set<string>();
  try {
    return await untilGone(kube, context, going, {
      timeoutMs,
      onLeft: (text, held, waited) => {
        for (const line of held.map(oneLine)) if (!told.has(line)) notice.say(line);
        for (const line of held.map(oneLine)) told.add(line);
        notice.show(`waiting ${duration(waited / 1000)}: ${oneLine(text)}`, oneLine(text));
      },
    });
  } catch (error) {
    if (!(error instanceof KfError) || error.exit !== Exit.interrupted) throw error;
    throw new KfError(Exit.interrupted, `stopped waiting; project ${going.name} is being deleted all the same`, {
      hint: `the same command waits again: kubectl kf delete ${going.name}`,
    });
  } finally {
    notice.clear();
  }
}
