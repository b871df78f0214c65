import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind, ComponentState } from './component.ts';
import { at, conditions, isTrue, record, text } from './fields.ts';
import type { Pod } from './pod.ts';
import { containerNamed, deletingOf, labelIs, podName, type WorkloadOutline, workloadState } from './workload.ts';

/** Annotation that stops it while it is `true`. */
export const stopAnnotation = 'serving.kserve.io/stop';

/** KServe's InferenceService: predictor, and perhaps transformer and explainer, each with pods of its own. */
export const inferenceService: ComponentKind = {
  group: 'serving.kserve.io',
  kind: 'InferenceService',
  plural: 'inferenceservices',
  versions: ['v1beta1'],
  shortNames: ['isvc'],
  state: stateOf,
  podSelector: (object) => labelIs('serving.kserve.io/inferenceservice', object.metadata?.name),
  mainContainer: (pod) => containerNamed(pod, 'kserve-container', 'transformer-container', 'worker-container'),
  rank: podName,
  url: (object) => text(at(object, 'status', 'url')) || text(at(object, 'status', 'address', 'url')) || undefined,
  service: 'model server',
  owns: [
    'deployments.apps',
    'replicasets.apps',
    'pods',
    'services',
    'services.serving.knative.dev',
    'configurations.serving.knative.dev',
    'revisions.serving.knative.dev',
    'ingresses.networking.k8s.io',
    'httproutes.gateway.networking.k8s.io',
    'virtualservices.networking.istio.io',
    'horizontalpodautoscalers.autoscaling',
  ],
};

function stateOf(object: KubeObject, pods?: readonly Pod[]): ComponentState {
  const live = (pods ?? []).filter((p) => !p.metadata?.deletionTimestamp);
  const ready = live.filter((p) => isTrue(p, 'Ready')).length;
  const outlined = outline(object);
  // The object says only whether it is ready as a whole; its pods say how many.
  const whole = isTrue(object, 'Ready') !== undefined;
  const total = Math.max(live.length, 1);
  const nodes = whole ? { ready: total, total } : { ready: Math.min(ready, total), total };
  if (!whole && nodes.ready === nodes.total && !outlined.failed) {
    const state = workloadState({ ...outlined, nodes }, pods, inferenceService);
    // Its pods run, but it can't be reached yet, or the model is not loaded.
    return state.phase === 'Ready' ? { ...state, phase: 'Pending', why: outlined.waiting } : state;
  }
  return workloadState({ ...outlined, nodes }, pods, inferenceService);
}

function outline(object: KubeObject): WorkloadOutline {
  const stopped = at(object, 'metadata', 'annotations', stopAnnotation) === 'true' || isTrue(object, 'Stopped');
  const model = record(at(object, 'status', 'modelStatus'));
  const transition = text(model.transitionStatus);
  const broken = ['InvalidSpec', 'BlockedByFailedLoad'].includes(transition);
  const failure = at(model, 'lastFailureInfo');
  const said = text(at(failure, 'message')) || text(at(failure, 'reason'));
  const unmet = conditions(object).filter((c) => c.status !== 'True' && c.type !== 'Stopped');
  // Ready only repeats what one of the others says.
  const telling = unmet.find((c) => c.type !== 'Ready' && c.message) ?? unmet.find((c) => c.message);
  const waits = telling ? `${telling.type}: ${telling.message}` : unmet.map((c) => c.type).join(', ');
  return {
    deleting: deletingOf(object),
    stopped: stopped ? '' : undefined,
    failed: broken ? said || transition : '',
    updating: transition === 'InProgress' && isTrue(object, 'Ready') !== undefined,
    nodes: { ready: 0, total: 1 },
    waiting: waits || (object.status ? 'its pods are starting' : 'KServe has not started it yet'),
    started: object.metadata?.creationTimestamp,
    running: 'Ready',
  };
}
