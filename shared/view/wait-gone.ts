import type { Context } from '../cli/context.ts';
import type { Kube } from '../kube/kube.ts';
import type { FoundJob } from '../resources/find.ts';
import { waitFor } from '../resources/wait.ts';
import { WaitLine } from './wait-line.ts';

/** Waits until every one is gone; tells what holds it. Throws KfError: exit 5 when timeoutMs has passed, 130 on Ctrl-C. */
export async function waitGone(
  kube: Kube,
  context: Context,
  jobs: readonly FoundJob[],
  timeoutMs: number,
): Promise<void> {
  const line = new WaitLine(context, 'to be gone');
  try {
    await Promise.all(
      jobs.map(async (job) => {
        await waitFor(kube, context, job, {
          until: 'deleted',
          timeoutMs,
          onState: (state, ms) => line.update(job.name, state, ms),
          onTrouble: (message) => line.trouble(message),
        });
        line.done(job.name);
      }),
    );
  } finally {
    line.clear();
  }
}
