import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind } from './component.ts';
import { at, condition, count, text } from './fields.ts';
import { containerNamed, deletingOf, labelIs, podName, type WorkloadOutline, workloadState } from './workload.ts';

/** Set to the time at which it was stopped; the controller then scales its StatefulSet to 0. */
export const stopAnnotation = 'kubeflow-resource-stopped';

/** kubeflow.org Notebook (Kubeflow Notebooks 1): a StatefulSet of one pod and a Service, both of its name. */
export const notebook: ComponentKind = {
  group: 'kubeflow.org',
  kind: 'Notebook',
  plural: 'notebooks',
  versions: ['v1', 'v1beta1', 'v1alpha1'],
  shortNames: ['nb'],
  state: (object, pods) => workloadState(outline(object), pods, notebook),
  podSelector: (object) => labelIs('notebook-name', object.metadata?.name),
  // Its container bears its name; sidecars (istio-proxy) stand beside it.
  mainContainer: (pod) => containerNamed(pod, text(pod.metadata?.labels?.['notebook-name'])),
  rank: podName,
  url: ({ metadata }) => `/notebook/${metadata?.namespace ?? ''}/${metadata?.name ?? ''}/`,
  service: 'notebook',
  owns: ['statefulsets.apps', 'pods', 'services', 'virtualservices.networking.istio.io'],
};

function outline(object: KubeObject): WorkloadOutline {
  const stopped = at(object, 'metadata', 'annotations', stopAnnotation);
  const waits = at(object, 'status', 'containerState', 'waiting');
  const said = condition(object, 'Waiting') ?? condition(object, 'Terminated');
  return {
    deleting: deletingOf(object),
    stopped: stopped === undefined ? undefined : '',
    failed: '',
    updating: false,
    nodes: { ready: Math.min(1, count(at(object, 'status', 'readyReplicas'))), total: 1 },
    waiting:
      text(at(waits, 'message')) ||
      text(at(waits, 'reason')) ||
      said?.message ||
      (object.status ? 'its pod is starting' : 'the Notebook controller has not started it yet'),
    started: object.metadata?.creationTimestamp,
    running: 'Running',
  };
}
