import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listWatch } from '../kube/watch-list.ts';
import { job as jobKind } from '../resources/job.ts';
import type { Pod } from '../resources/pod.ts';
import type { Reason } from '../resources/reason.ts';
import { reasonPending } from '../resources/why.ts';
import { Notice } from '../view/notice.ts';
import { oneLine } from '../view/text.ts';
import { lease } from './in-cluster-objects.ts';

/** How often the server is asked why the pod waits; milliseconds. */
const lookEvery = 1500;
/** How long a registry may fail to answer before it is given up. */
const registryMs = 30_000;

/** Waits until the job's pod runs, and says meanwhile why it does not. Throws KfError where it never will. */
export async function startedPod(kube: Kube, context: Context, job: KubeObject, image: string): Promise<Pod> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const pods = new Map<string, Pod>();
  const notice = new Notice(context);
  const watching = async (): Promise<Pod> => {
    const path = `/api/v1/namespaces/${encodeURIComponent(kube.namespace)}/pods`;
    const labelSelector = jobKind.podSelector!(job.metadata.name);
    const options = { signal, sleep: context.sleep, now: context.now };
    for await (const event of listWatch<Pod & KubeObject>(kube, path, { labelSelector }, options)) {
      if (event.type === 'SYNCED') continue;
      const pod = event.object;
      if (event.type === 'DELETED') pods.delete(pod.metadata.name);
      else pods.set(pod.metadata.name, pod);
      if (event.type !== 'DELETED' && runs(pod)) return pod;
      const ended = event.type === 'DELETED' ? 'its pod was deleted before it ran' : whyEnded(pod, image);
      if (ended) throw new KfError(Exit.failed, ended, { hint: 'nothing was run; another image: --image IMAGE' });
    }
    return new Promise(() => {});
  };
  try {
    return await Promise.race([watching(), explaining(kube, context, job, pods, notice, signal)]);
  } finally {
    stop.abort();
    notice.clear();
  }
}

const runs = ({ metadata, status }: Pod) =>
  !metadata.deletionTimestamp &&
  status?.phase === 'Running' &&
  status.containerStatuses?.some(({ name, state }) => name === 'main' && state?.running) === true;

function whyEnded({ status }: Pod, image: string): string | undefined {
  if (status?.phase !== 'Failed' && status?.phase !== 'Succeeded') return undefined;
  const ended = status.containerStatuses?.find(({ name }) => name === 'main')?.state?.terminated;
  const said = ended?.message || ended?.reason || status.message || status.reason || 'nobody says why';
  return /"?python3"?: (executable file not found|.*no such file)/.test(said)
    ? `the image ${oneLine(image)} has no python3, which a run in the cluster needs`
    : `its pod ended before it ran: ${oneLine(said)}`;
}

/** Never returns: throws where waiting is in vain. */
async function explaining(
  kube: Kube,
  context: Context,
  job: KubeObject,
  pods: ReadonlyMap<string, Pod>,
  notice: Notice,
  signal: AbortSignal,
): Promise<never> {
  const began = context.now();
  let renewed = began;
  let failing: { code: string; since: number } | undefined;
  for (;;) {
    await context.sleep(lookEvery, signal);
    const why = await reasonPending(kube, kube.namespace, [...pods.values()], job).catch(() => undefined);
    if (signal.aborted) throw new Interrupted();
    const now = context.now();
    if (why?.code !== failing?.code) failing = why && { code: why.code, since: now };
    if (why && failing) giveUp(why, now - failing.since);
    const text = why?.text ?? 'starting';
    notice.show(`waiting ${Math.round((now - began) / 1000)}s: ${text}`, text);
    if (now - renewed > (lease / 2) * 1000) {
      renewed = now;
      await extend(kube, job, Math.round((now - began) / 1000) + lease).catch(() => {});
    }
  }
}

/** Throws for what a person must change first: an image, a quota, a policy. */
function giveUp({ code, text, remedy }: Reason, lastedMs: number): void {
  const error = (exit: KfError['exit']) =>
    new KfError(exit, oneLine(text), {
      hint: `nothing was run; ${remedy || 'who runs the cluster can tell more'}${code === 'image' ? ', or choose another: --image IMAGE' : ''}`,
    });
  if (code === 'image') {
    if (/not found|access denied|is no image name|Never$/.test(text)) throw error(Exit.failed);
    if (lastedMs > registryMs) throw error(Exit.unreachable);
  }
  // Once may be from before: an account, a map, that is there a moment later.
  if (['quota', 'admission', 'config', 'start', 'deleting'].includes(code) && lastedMs > 0) throw error(Exit.failed);
}

/** A job may take so many seconds from its start on. Nobody says so for who was killed: then the job ends by itself. */
export const extend = (kube: Kube, { metadata }: KubeObject, seconds: number): Promise<unknown> =>
  kube.json({
    method: 'PATCH',
    path: `/apis/batch/v1/namespaces/${encodeURIComponent(kube.namespace)}/jobs/${encodeURIComponent(metadata.name)}`,
    contentType: 'application/merge-patch+json',
    body: { spec: { activeDeadlineSeconds: seconds } },
  });
