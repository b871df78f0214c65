import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { dialPod, type PodPort } from '../kube/port-forward.ts';
import { isTrue } from './fields.ts';
import type { ServiceTarget } from './service-target.ts';

/** A pod that can take a connection, and its port; a string says why there is none. */
export async function readyPod({ pods, podPort }: ServiceTarget): Promise<PodPort | string> {
  const all = (await pods()).filter(
    ({ metadata, status }) => !metadata.deletionTimestamp && status?.phase !== 'Succeeded',
  );
  if (all.length === 0) return 'it has no pods';
  const ready = all.filter((pod) => isTrue(pod, 'Ready'));
  if (ready.length === 0) {
    const { whyPodsWait } = await import('./explain.ts');
    const pending = all.filter(({ status }) => status?.phase === 'Pending');
    return (
      (pending.length > 0 && whyPodsWait(pending, all.length)) ||
      `${all.length === 1 ? 'its pod is' : 'its pods are'} not ready`
    );
  }
  for (const pod of ready) {
    const port = podPort(pod);
    if (port !== undefined) return { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, port };
  }
  return 'its pods have no port of that name';
}

/** How long a pod that was chosen is taken for ready. Milliseconds. */
const trustMs = 3000;

export interface Dialer {
  dial(): ReturnType<typeof dialPod>;
  /** Waits until a pod is ready, and tells which. */
  pod(): Promise<PodPort>;
}

/**
 * Connects to whatever pod is ready at the time: restarts and new pods are gone along with.
 * @param onWait called while no pod is ready, with the reason
 */
export function dialerTo(
  kube: Kube,
  context: Pick<Context, 'now' | 'sleep' | 'signal'>,
  target: ServiceTarget,
  onWait: (why: string) => void,
): Dialer {
  let chosen: { at: number; pod: Promise<PodPort> } | undefined;
  const wait = async (): Promise<PodPort> => {
    for (;;) {
      const found = await readyPod(target);
      if (typeof found !== 'string') return found;
      onWait(found);
      await context.sleep(1000);
    }
  };
  const pod = (): Promise<PodPort> => {
    if (!chosen || context.now() - chosen.at > trustMs) {
      const now = { at: Number.POSITIVE_INFINITY, pod: wait() };
      // While it waits all connections wait for the same answer; it is trusted from then on.
      now.pod.then(
        () => {
          now.at = context.now();
        },
        () => {
          chosen = undefined;
        },
      );
      chosen = now;
    }
    return chosen.pod;
  };
  return {
    pod,
    async dial() {
      try {
        return await dialPod(kube, await pod());
      } catch (error) {
        chosen = undefined;
        if (!(error instanceof KfError) || error.exit === Exit.forbidden || context.signal.aborted) throw error;
        // The pod went since it was looked at.
        return dialPod(kube, await pod());
      }
    },
  };
}
