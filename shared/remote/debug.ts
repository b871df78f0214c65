import { randomBytes } from 'node:crypto';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { whyPodWaits } from '../resources/explain.ts';
import type { ContainerStatus, Pod } from '../resources/pod.ts';
import { statusOf, type Target } from '../resources/target.ts';
import { oneLine } from '../view/text.ts';
import { join } from './session.ts';

/** Small, has a shell and the usual tools, and is what kubectl's own documentation names. */
const usualImage = 'busybox:1.37';

/** Milliseconds between looks at a container that starts. */
const pause = 500;

export interface DebugOptions {
  image: string | undefined;
  tty: boolean;
  /** Finds and becomes the shell. */
  script: string;
  /** How long its image may take. */
  pullTimeoutMs: number;
}

/**
 * A shell in an ephemeral container beside the one that has none, which sees its processes; gives its exit code.
 * Throws KfError: 4 where no container may be added, 1 where its image can't be had or has no shell either, 5 in case of a timeout.
 */
export async function debugShell(kube: Kube, context: Context, target: Target, options: DebugOptions): Promise<number> {
  const { image = context.env.KF_DEBUG_IMAGE || usualImage, tty, script, pullTimeoutMs } = options;
  const name = `kf-debug-${randomBytes(3).toString('hex')}`;
  const path = `/api/v1/namespaces/${encodeURIComponent(target.namespace)}/pods/${encodeURIComponent(target.pod)}`;
  // It waits for a first line, so that nothing that it prints is lost before we are there.
  const wait = tty ? 'stty -echo 2>/dev/null; read -r _; stty echo 2>/dev/null;' : 'read -r _;';
  const of = target.object?.spec?.containers?.find((each) => each.name === target.container);
  const container = {
    name,
    image,
    command: ['sh', '-c', `${wait} ${script}`],
    stdin: true,
    stdinOnce: !tty,
    tty,
    imagePullPolicy: 'IfNotPresent',
    terminationMessagePolicy: 'File',
    ...(target.container === undefined ? {} : { targetContainerName: target.container }),
    // As the same person, so that the other's files may be read, and with no more than its namespace allows.
    ...(of?.securityContext ? { securityContext: of.securityContext } : {}),
  };
  await kube.json({
    method: 'PATCH',
    path: `${path}/ephemeralcontainers`,
    contentType: 'application/strategic-merge-patch+json',
    body: { spec: { ephemeralContainers: [container] } },
  });
  const beside = target.container === undefined ? '' : `; the files of ${target.container} are in /proc/1/root`;
  const why = options.image === undefined ? `${target.container ?? 'it'} has no shell: ` : '';
  context.stderr.write(`${why}debug container ${name} (${oneLine(image)}) in pod ${target.pod}${beside}\n`);
  await started(kube, context, path, name, image, pullTimeoutMs);
  const end = await join(kube, context, { ...target, container: name }, { stdin: true, tty, typed: '\n' });
  if (end.failure) context.stderr.write(`${end.failure.message}\n`);
  return (await exitCode(kube, context, path, name)) ?? end.code;
}

/** Waits until it runs. */
async function started(
  kube: Kube,
  context: Context,
  path: string,
  name: string,
  image: string,
  timeoutMs: number,
): Promise<void> {
  const until = context.now() + timeoutMs;
  const hint = 'another image: --image IMAGE, or KF_DEBUG_IMAGE for good';
  for (let told = false; ; told = true) {
    const pod = await kube.json<Pod>({ path });
    const status = statusOf(pod, name);
    if (status?.state?.running) return;
    // A container that can't start waits for another try, which goes as the last one did.
    const ended = status?.state?.terminated ?? status?.lastState?.terminated;
    if (ended) {
      const why = /exec: "sh"/.test(ended.message ?? '')
        ? 'it has no shell'
        : oneLine(ended.message ?? ended.reason ?? '');
      throw new KfError(Exit.failed, `the debug container of ${oneLine(image)} did not start: ${why}`, { hint });
    }
    const why = status ? whyWaits(pod, status) : '';
    if (status?.state?.waiting && why !== '' && !/^(starting|pulling)/.test(why))
      throw new KfError(Exit.failed, `no debug container: ${oneLine(why)}`, { hint });
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
      throw new KfError(Exit.failed, `pod ${pod.metadata.name} has ended before its debug container ran`);
    if (context.now() > until)
      throw new KfError(
        Exit.unreachable,
        `the debug container of ${oneLine(image)} did not start in ${timeoutMs / 1000}s`,
        {
          hint: 'its image may still be on its way; longer: --timeout 10m',
        },
      );
    if (told === false && context.stderr.isTTY) context.stderr.write('waiting for its image\n');
    await context.sleep(pause);
  }
}

/** The words for any container's wait, of this one. */
const whyWaits = (pod: Pod, status: ContainerStatus): string =>
  whyPodWaits({
    metadata: pod.metadata,
    spec: { ...pod.spec, containers: pod.spec?.ephemeralContainers ?? [], initContainers: [] },
    status: { conditions: pod.status?.conditions ?? [], containerStatuses: [status] },
  });

/** An attached container's exit code is in its status, a moment later. */
async function exitCode(kube: Kube, context: Context, path: string, name: string): Promise<number | undefined> {
  for (let tries = 0; tries < 10; tries++) {
    const ended = statusOf(await kube.json<Pod>({ path }), name)?.state?.terminated;
    if (ended) return ended.exitCode;
    await context.sleep(300);
  }
  return undefined;
}
