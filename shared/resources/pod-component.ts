import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind, ComponentState } from './component.ts';
import { whyPodWaits } from './explain.ts';
import type { Pod } from './pod.ts';
import { rankState } from './pods.ts';
import { defaultContainer, deletingOf, podName, whyDeleting } from './workload.ts';

/** core/v1 Pod that nothing of ours made. */
export const podComponent: ComponentKind = {
  group: '',
  kind: 'Pod',
  plural: 'pods',
  versions: ['v1'],
  shortNames: ['po'],
  state: (object, pods) => stateOf(pods?.[0] ?? (object as unknown as Pod), object),
  podSelector: () => undefined,
  mainContainer: defaultContainer,
  rank: podName,
  owns: [],
};

function stateOf(pod: Pod, object: KubeObject): ComponentState {
  const rank = rankState(pod, podComponent);
  const state: ComponentState = {
    phase: rank.phase,
    why: '',
    nodes: { ready: rank.ready ? 1 : 0, total: 1 },
    restarts: rank.restarts,
    started: rank.started ?? object.metadata?.creationTimestamp,
    finished: rank.finished,
    failure: rank.failure,
  };
  const deleting = deletingOf(object);
  if (deleting) return { ...state, phase: 'Deleting', why: whyDeleting(deleting) };
  if (rank.phase === 'Pending') state.why = whyPodWaits(pod);
  else if (rank.phase === 'Failed') state.why = rank.failure?.text ?? '';
  else if (rank.phase === 'Restarting') {
    const times = rank.restarts ? `, restarted ${rank.restarts === 1 ? 'once' : `${rank.restarts} times`}` : '';
    state.why = `${rank.failure?.text ?? 'ended'}${times}`;
  } else if (rank.phase === 'Running' && !rank.ready) state.why = 'not ready';
  return state;
}
