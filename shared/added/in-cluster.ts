import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { Call, Found, Outcome } from '../registry/entry.ts';
import { oneLine } from '../view/text.ts';
import { readOutcome } from './harness.ts';
import { type PodEnd, runInPod } from './in-cluster-exec.ts';
import { findRunner, type Runner, runnerFor } from './runner.ts';

export interface InClusterOptions {
  /** In place of the subcommand's own, and of the cluster's. */
  image?: string | undefined;
  /** The program gets a terminal; where it is not said: if both ends of this process are one. */
  tty?: boolean;
  /** Asked for already. */
  runner?: { found: Promise<Runner | undefined> } | undefined;
}

/**
 * Runs it in the caller's project, by the caller's rights: in the project's runner where there is one with the image that it wants,
 * otherwise in a job, which is gone afterwards whatever happens. Streams, exit code and Ctrl-C are as on this machine.
 * Throws KfError: 1 where the image, a quota or a policy is in the way, 4 with the rights that are missing, 5 where the cluster or the
 * connection is lost, 130 for Ctrl-C.
 */
export async function runInCluster(
  kube: Kube,
  context: Context,
  found: Found,
  call: Call,
  options: InClusterOptions = {},
): Promise<Outcome> {
  const { spec } = found.subcommand;
  const wanted = options.image ?? spec.image;
  const tty = options.tty ?? (context.stdin.isTTY === true && context.stdout.isTTY === true);
  try {
    const asked = await (options.runner?.found ?? runnerFor(kube, context, wanted));
    for (let runner = asked; runner; ) {
      const run = { pod: runner.pod, tty, mounted: false, ownPackages: wanted !== undefined };
      const end = await runInPod(kube, context, found, call, run).catch(podIsGone);
      if (end && !end.failure) return outcomeOf(end, found, runner.image);
      // It has ended, unused for long enough, and nothing was run; of one that is only remembered there may be a successor.
      runner = runner.remembered ? await findRunner(kube, context, wanted) : undefined;
    }
    const { inJob } = await import('./in-cluster-job.ts');
    const { end, image } = await inJob(kube, context, found, call, wanted, tty);
    return outcomeOf(end, found, image);
  } catch (error) {
    if (!(error instanceof KfError && error.status?.code === 403)) throw error;
    const { refusal } = await import('./in-cluster-rights.ts');
    throw await refusal(kube, error);
  }
}

/** The exit code and what came back. Throws where nothing was run. */
function outcomeOf({ code, failure, outcome }: PodEnd, { subcommand }: Found, image: string): Outcome {
  const { metadata, spec } = subcommand;
  if (failure?.kind === 'not-found')
    throw new KfError(Exit.failed, `the image ${oneLine(image)} has no python3, which a run in the cluster needs`, {
      hint: 'an image that has it: --image IMAGE',
    });
  if (failure) throw new KfError(Exit.unreachable, `could not run ${metadata.name} in the cluster: ${failure.message}`);
  const { result, unsuitable } = readOutcome(outcome);
  if (unsuitable !== undefined)
    throw new KfError(
      Exit.failed,
      `${metadata.name} takes Python ${spec.python}; the image ${oneLine(image)} has ${unsuitable}`,
      {
        hint: 'an image with such a Python: --image IMAGE, or image in its header',
      },
    );
  return { code, ...(result ? { result } : {}) };
}

/** The server's answers to an exec where the pod is not there, or has ended: nothing was run. */
function podIsGone(error: unknown): undefined {
  if (!(error instanceof KfError && [400, 404, 500].includes(error.status?.code ?? 0))) throw error;
}
