import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind } from './component.ts';
import { at, count, text } from './fields.ts';
import {
  defaultContainer,
  deletingOf,
  podName,
  selectorText,
  type WorkloadOutline,
  workloadState,
} from './workload.ts';

/** apps/v1 StatefulSet. */
export const statefulSet: ComponentKind = {
  group: 'apps',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  versions: ['v1'],
  shortNames: ['sts'],
  state: (object, pods) => workloadState(outline(object), pods, statefulSet),
  podSelector: (object) => selectorText(at(object, 'spec', 'selector')),
  mainContainer: defaultContainer,
  rank: podName,
  owns: ['pods', 'persistentvolumeclaims'],
};

function outline(object: KubeObject): WorkloadOutline {
  const replicas = at(object, 'spec', 'replicas');
  const total = replicas === undefined ? 1 : count(replicas);
  const status = (field: string) => count(at(object, 'status', field));
  const [current, next] = [text(at(object, 'status', 'currentRevision')), text(at(object, 'status', 'updateRevision'))];
  return {
    deleting: deletingOf(object),
    stopped: total === 0 ? 'scaled to 0' : undefined,
    failed: '',
    updating: current !== '' && next !== '' && current !== next && status('currentReplicas') > 0,
    nodes: { ready: status('readyReplicas'), total },
    waiting: status('replicas') > 0 ? 'its pods are starting' : 'the StatefulSet controller has not started it yet',
    started: object.metadata?.creationTimestamp,
    running: 'Running',
  };
}
