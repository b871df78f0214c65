import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind } from './component.ts';
import { at, count } from './fields.ts';
import {
  defaultContainer,
  deletingOf,
  podName,
  selectorText,
  type WorkloadOutline,
  workloadState,
} from './workload.ts';

/** apps/v1 DaemonSet: a pod for each node that it selects. */
export const daemonSet: ComponentKind = {
  group: 'apps',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  versions: ['v1'],
  shortNames: ['ds'],
  state: (object, pods) => workloadState(outline(object), pods, daemonSet),
  podSelector: (object) => selectorText(at(object, 'spec', 'selector')),
  mainContainer: defaultContainer,
  rank: podName,
  owns: ['pods'],
};

function outline(object: KubeObject): WorkloadOutline {
  const status = (field: string) => count(at(object, 'status', field));
  const total = status('desiredNumberScheduled');
  const seen = status('observedGeneration') > 0;
  return {
    deleting: deletingOf(object),
    stopped: seen && total === 0 ? 'no node takes it' : undefined,
    failed: '',
    updating: seen && status('currentNumberScheduled') > status('updatedNumberScheduled'),
    // Not looked at yet: at least one is lacking.
    nodes: { ready: status('numberReady'), total: seen ? total : Math.max(1, total) },
    waiting: seen ? 'its pods are starting' : 'the DaemonSet controller has not started it yet',
    started: object.metadata?.creationTimestamp,
    running: 'Running',
  };
}
