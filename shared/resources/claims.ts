import type { Kube, KubeObject } from '../kube/kube.ts';
import { eventsOf, refused } from './events.ts';
import { at, objects, text } from './fields.ts';
import type { Pod } from './pod.ts';
import type { UnboundClaims } from './unscheduled.ts';

/** A pod with more claims than this is explained by the first ones. */
const most = 8;

/** A pod's volume claims that are not bound, each with what its events say; none where they may not be read. */
export async function unboundClaims(kube: Kube, namespace: string, pod: Pod): Promise<UnboundClaims> {
  const names = objects(at(pod, 'spec', 'volumes'))
    .map((volume) => text(at(volume, 'persistentVolumeClaim', 'claimName')))
    .filter(Boolean);
  const asked = await Promise.all(names.slice(0, most).map((name) => whyUnbound(kube, namespace, name)));
  return new Map(asked.filter((each) => each !== undefined));
}

async function whyUnbound(kube: Kube, namespace: string, name: string): Promise<[string, string] | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/persistentvolumeclaims/${encodeURIComponent(name)}`;
  try {
    const claim = await kube.json<KubeObject>({ path });
    const phase = text(at(claim, 'status', 'phase'));
    if (phase === 'Bound') return undefined;
    if (phase === 'Lost') return [name, 'its volume is gone'];
    const events = await eventsOf(kube, namespace, { name, kind: 'PersistentVolumeClaim' });
    return [name, text(events.findLast((event) => event.reason !== 'WaitForPodScheduled')?.message)];
  } catch (error) {
    if (refused(error)) return undefined;
    throw error;
  }
}
