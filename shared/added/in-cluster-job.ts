import { randomBytes } from 'node:crypto';
import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Call, Found } from '../registry/entry.ts';
import { oneLine } from '../view/text.ts';
import { type PodEnd, runInPod } from './in-cluster-exec.ts';
import { podSettings } from './in-cluster-image.ts';
import { longest, runJob, sourceMap } from './in-cluster-objects.ts';
import { extend, startedPod } from './in-cluster-wait.ts';

/** How long taking a run's job away may take. */
const removalMs = 15_000;

/** The run's own job, which is gone when this returns or throws. */
export async function inJob(
  kube: Kube,
  context: Context,
  found: Found,
  call: Call,
  wanted: string | undefined,
  tty: boolean,
): Promise<{ end: PodEnd; image: string }> {
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
    return { end, image };
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
