import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind } from './component.ts';
import { at, condition, count, isTrue } from './fields.ts';
import { whyCreateFailed } from './why.ts';
import {
  defaultContainer,
  deletingOf,
  podName,
  selectorText,
  type WorkloadOutline,
  workloadState,
} from './workload.ts';

/** apps/v1 Deployment; when it is rolled out as `kubectl rollout status` has it. */
export const deployment: ComponentKind = {
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  versions: ['v1'],
  shortNames: ['deploy'],
  state: (object, pods) => workloadState(outline(object), pods, deployment),
  podSelector: (object) => selectorText(at(object, 'spec', 'selector')),
  mainContainer: defaultContainer,
  rank: podName,
  owns: ['replicasets.apps', 'pods'],
};

function outline(object: KubeObject): WorkloadOutline {
  const replicas = at(object, 'spec', 'replicas');
  const total = replicas === undefined ? 1 : count(replicas);
  const status = (field: string) => count(at(object, 'status', field));
  const behind = status('observedGeneration') < count(object.metadata?.generation);
  const stuck = condition(object, 'Progressing');
  const refused = isTrue(object, 'ReplicaFailure');
  const late = stuck?.status === 'False' && stuck.reason === 'ProgressDeadlineExceeded';
  // A first start is no update: there is something older only where not all pods are of the newest version.
  const old = status('replicas') > status('updatedReplicas');
  return {
    deleting: deletingOf(object),
    stopped: total === 0 ? 'scaled to 0' : undefined,
    failed: refused ? whyCreateFailed(refused.message) : late ? 'its pods were not ready within its deadline' : '',
    updating: old || (behind && status('replicas') > 0),
    nodes: { ready: status('readyReplicas'), total },
    waiting: status('replicas') > 0 ? 'its pods are starting' : 'the Deployment controller has not started it yet',
    started: object.metadata?.creationTimestamp,
    running: 'Running',
  };
}
