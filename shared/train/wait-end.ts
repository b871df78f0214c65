import type { Context } from '../cli/context.ts';
import { Exit } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { JobKind } from '../resources/resource.ts';
import { waitFor } from '../resources/wait.ts';
import { WaitLine } from '../view/wait-line.ts';
import { after, deleted, failed, lastLinesOf } from './follow-end.ts';
import { goesOn } from './goes-on.ts';

/** Waits for a job's end without its logs. Gives 0 where it succeeded; throws KfError as `train wait` ends. */
export async function waitForEnd(
  kube: Kube,
  context: Context,
  kind: JobKind,
  job: KubeObject,
  timeoutMs: number | undefined,
): Promise<number> {
  const { name, namespace = kube.namespace } = job.metadata;
  const line = new WaitLine(context, 'to finish');
  const waited = await waitFor(
    kube,
    context,
    { kind, object: job, name, namespace },
    {
      until: 'complete',
      timeoutMs,
      onState: (state, ms) => line.update(name, state, ms),
      onTrouble: (message) => line.trouble(message),
    },
  )
    .catch((error) => {
      throw context.signal.aborted ? goesOn(job) : error;
    })
    .finally(() => line.done(name));
  line.clear();
  if (!waited) throw deleted(name);
  const { state, object } = waited;
  const took = after(object, state, context.now());
  if (state.phase !== 'Succeeded') {
    throw failed(name, took, state, state.failure ? await lastLinesOf(kube, namespace, state.failure) : []);
  }
  context.stderr.write(`${name} succeeded${took}\n`);
  return Exit.ok;
}
