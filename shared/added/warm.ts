import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { at, text } from '../resources/fields.ts';
import { oneLine } from '../view/text.ts';
import { podSettings } from './in-cluster-image.ts';
import { runnerJob } from './in-cluster-objects.ts';
import { refusal } from './in-cluster-rights.ts';
import { startedPod } from './in-cluster-wait.ts';
import { runnerName } from './runner.ts';

const jobs = (kube: Kube) => `/apis/batch/v1/namespaces/${encodeURIComponent(kube.namespace)}/jobs`;
const background = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
/** How long one that has ended may still be there; milliseconds. */
const removalMs = 20_000;

export interface Warmed {
  image: string;
  /** It was there before. */
  already: boolean;
}

/**
 * A runner in the project, ready for runs when this returns; it ends when none has come for so long. Where that fails, or is
 * interrupted, nothing stays. Throws KfError as a run does, and where there is one with another image.
 */
export async function warm(kube: Kube, context: Context, wanted: string | undefined, idleMs: number): Promise<Warmed> {
  try {
    const { image, serviceAccount } = await podSettings(kube, wanted);
    const options = { name: runnerName, namespace: kube.namespace, image, serviceAccount };
    const wish = runnerJob(options, wanted === undefined ? 'base' : 'other', Math.ceil(idleMs / 1000));
    const made = await create(kube, context, wish);
    const job = made ?? (await kube.json<KubeObject>({ path: `${jobs(kube)}/${runnerName}` }));
    const has = imageOf(job);
    if (has !== image)
      throw new KfError(Exit.failed, `the runner in ${kube.namespace} has another image: ${oneLine(has)}`, {
        hint: 'end it first: kubectl kf command warm --stop',
      });
    try {
      await startedPod(kube, context, job, image);
    } catch (error) {
      if (made) await removeJob(kube, new AbortController().signal);
      throw error;
    }
    return { image, already: made === undefined };
  } catch (error) {
    throw error instanceof KfError && error.status?.code === 403 ? await refusal(kube, error) : error;
  }
}

/** Undefined where one is there and goes on; one that has ended is gone in a moment. */
async function create(kube: Kube, context: Context, wish: KubeObject): Promise<KubeObject | undefined> {
  const until = context.now() + removalMs;
  for (;;) {
    try {
      return await kube.json<KubeObject>({ method: 'POST', path: jobs(kube), body: wish });
    } catch (error) {
      if (!(error instanceof KfError && error.status?.reason === 'AlreadyExists')) throw error;
      const there = await kube.json<KubeObject>({ path: `${jobs(kube)}/${runnerName}` }).catch(() => undefined);
      const ending =
        !there || there.metadata.deletionTimestamp || text(at(there, 'status', 'completionTime')) || failed(there);
      if (!ending || context.now() > until) return undefined;
    }
    await context.sleep(500);
  }
}

const failed = (job: KubeObject) => Number(at(job, 'status', 'failed') ?? 0) > 0;

const imageOf = (job: KubeObject) => {
  const containers = at(job, 'spec', 'template', 'spec', 'containers') as
    | { name?: string; image?: string }[]
    | undefined;
  return containers?.find(({ name }) => name === 'main')?.image ?? '';
};

const removeJob = (kube: Kube, signal?: AbortSignal): Promise<unknown> =>
  kube.json({ method: 'DELETE', path: `${jobs(kube)}/${runnerName}`, body: background, ...(signal ? { signal } : {}) });

/** Ends the runner, and what runs in it. */
export async function cool(kube: Kube): Promise<void> {
  try {
    await removeJob(kube);
  } catch (error) {
    if (!(error instanceof KfError && error.status?.code === 404)) throw error;
    throw new KfError(Exit.notFound, `there is no runner in ${kube.namespace}`, {
      hint: 'to keep one ready: kubectl kf command warm',
      cause: error,
    });
  }
}
