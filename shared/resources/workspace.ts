import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind, ComponentState } from './component.ts';
import { at, text } from './fields.ts';
import { containerNamed, deletingOf, labelIs, podName, type WorkloadOutline, workloadState } from './workload.ts';

/** kubeflow.org Workspace (Kubeflow Notebooks 2): a StatefulSet of one pod, made from a WorkspaceKind; status.state says what it does. */
export const workspace: ComponentKind = {
  group: 'kubeflow.org',
  kind: 'Workspace',
  plural: 'workspaces',
  versions: ['v1beta1'],
  shortNames: ['ws'],
  state(object, pods): ComponentState {
    const state = workloadState(outline(object), pods, workspace);
    const said = text(at(object, 'status', 'stateMessage'));
    // The controller looks at events too: what pods leave open, its message may tell.
    if (state.phase === 'Pending' && said && !pods?.length) state.why = said;
    return state;
  },
  podSelector: (object) => labelIs('notebooks.kubeflow.org/workspace-name', object.metadata?.name),
  mainContainer: (pod) => containerNamed(pod, 'main'),
  rank: podName,
  service: 'notebook',
  owns: ['statefulsets.apps', 'pods', 'services', 'virtualservices.networking.istio.io'],
};

function outline(object: KubeObject): WorkloadOutline {
  const state = text(at(object, 'status', 'state'));
  const said = text(at(object, 'status', 'stateMessage'));
  const paused = at(object, 'spec', 'paused') === true;
  return {
    deleting: deletingOf(object) ?? (state === 'Terminating' && !paused ? [] : undefined),
    stopped: paused || state === 'Paused' ? '' : undefined,
    failed: state === 'Error' ? said || 'the controller does not say why' : '',
    updating: false,
    nodes: { ready: state === 'Running' ? 1 : 0, total: 1 },
    waiting: said || (state ? 'its pod is starting' : 'the Workspace controller has not started it yet'),
    started: object.metadata?.creationTimestamp,
    running: 'Running',
  };
}
