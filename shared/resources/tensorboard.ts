import type { ComponentKind } from './component.ts';
import { at, conditions, count, text } from './fields.ts';
import { defaultContainer, deletingOf, labelIs, podName, workloadState } from './workload.ts';

/** tensorboard.kubeflow.org Tensorboard: a Deployment of one pod and a Service, both of its name. */
export const tensorboard: ComponentKind = {
  group: 'tensorboard.kubeflow.org',
  kind: 'Tensorboard',
  plural: 'tensorboards',
  versions: ['v1alpha1'],
  shortNames: [],
  state(object, pods) {
    const said = conditions(object).at(-1)?.message ?? '';
    const outline = {
      deleting: deletingOf(object),
      stopped: undefined,
      failed: '',
      updating: false,
      nodes: { ready: Math.min(1, count(at(object, 'status', 'readyReplicas'))), total: 1 },
      waiting: said || (object.status ? 'its pod is starting' : 'the Tensorboard controller has not started it yet'),
      started: text(object.metadata?.creationTimestamp) || undefined,
      running: 'Running',
    } as const;
    return workloadState({ ...outline, deleting: outline.deleting && [...outline.deleting] }, pods, tensorboard);
  },
  podSelector: (object) => labelIs('app', object.metadata?.name),
  mainContainer: defaultContainer,
  rank: podName,
  url: ({ metadata }) => `/tensorboard/${metadata?.namespace ?? ''}/${metadata?.name ?? ''}/`,
  service: 'tensorboard',
  owns: ['deployments.apps', 'replicasets.apps', 'pods', 'services', 'virtualservices.networking.istio.io'],
};
