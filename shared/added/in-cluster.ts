import { randomBytes } from 'node:crypto';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Call, Found, Outcome } from '../registry/entry.ts';
import { oneLine } from '../view/text.ts';
import { readOutcome } from './harness.ts';
import { type PodEnd, runInPod } from './in-cluster-exec.ts';
import { podSettings } from './in-cluster-image.ts';
import { longest, runJob, sourceMap } from './in-cluster-objects.ts';
import { refusal } from './in-cluster-rights.ts';
import { extend, startedPod } from './in-cluster-wait.ts';
import { findRunner, type Runner } from './runner.ts';

export interface InClusterOptions {
  /** In place of the subcommand's own, and of the cluster's. */
  image?: string | undefined;
  /** The program gets a terminal; where it is not said: if both ends of this process are one. */
  tty?: boolean;
  /** Asked for already. */
  runner?: { found: Promise<Runner | undefined> } | undefined;
}

/** How long taking a run's job away may take. */
const removalMs = 15_000;

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
    const runner = await (options.runner?.found ?? findRunner(kube, wanted));
    if (runner) {
      const run = { pod: runner.pod, tty, mounted: false, ownPackages: wanted !== undefined };
      const end = await runInPod(kube, context, found, call, run);
      // It may end, unused for long enough, while it is asked: then nothing was run.
      if (!end.failure) return outcomeOf(end, found, runner.image);
    }
    return await inJob(kube, context, found, call, wanted, tty);
  } catch (error) {
    throw error instanceof KfError && error.status?.code === 403 ? await refusal(kube, error) : error;
  }
}

async function inJob(
  kube: Kube,
  context: Context,
  found: Found,
  call: Call,
  wanted: string | undefined,
  tty: boolean,
): Promise<Outcome> {
  const { metadata, spec } = found.subcommand;
  const { namespace } = kube;
  const { image, serviceAccount } = await podSettings(kube, wanted);
  const name = `${metadata.name}-${randomBytes(4).toString('hex')}`;
  const jobs = `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;
  const maps = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
  let made = false;
  try {
    const wish = runJob({ name, namespace, image, serviceAccount }, metadata.name);
    const job = await kube.json<KubeObject>({ method: 'POST', path: jobs, body: wish }).catch((error: unknown) => {
      // What the server refused is not there; of what was lost on its way nobody knows.
      made = !(error instanceof KfError && error.status);
      throw error;
    });
    made = true;
    // Its pod waits for this; and where nobody makes it any more, the job ends and is taken away.
    await kube.json({ method: 'POST', path: maps, body: sourceMap(job, spec) });
    const pod = await startedPod(kube, context, job, image);
    const longer = extend(kube, job, longest).catch(() => {});
    const run = { pod: pod.metadata.name, tty, mounted: true, ownPackages: wanted !== undefined };
    const end = await runInPod(kube, context, found, call, run);
    await longer;
    return outcomeOf(end, found, image);
  } finally {
    if (made) await remove(kube, context, `${jobs}/${name}`, `${maps}/${name}`, name);
  }
}

/** Also after Ctrl-C, whose signal would end each request. */
async function remove(kube: Kube, context: Context, job: string, map: string, name: string): Promise<void> {
  const { signal } = new AbortController();
  const request = { method: 'DELETE', signal, timeoutMs: removalMs } as const;
  const background = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
  const gone = (error: unknown) => {
    if (!(error instanceof KfError && error.status?.code === 404)) throw error;
  };
  try {
    await Promise.all([
      kube.json({ ...request, path: job, body: background }).catch(gone),
      // The garbage collector would, a moment later.
      kube.json({ ...request, path: map }).catch(() => {}),
    ]);
  } catch (error) {
    const why = error instanceof KfError ? oneLine(error.message) : String(error);
    context.stderr.write(
      `could not remove the job ${name} (${why}); it ends by itself and is gone some minutes later\n`,
    );
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
