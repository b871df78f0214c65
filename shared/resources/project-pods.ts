import type { ObjectMeta } from '../kube/kube.ts';
import type { Component } from './component.ts';
import type { ContainerStatus, Pod } from './pod.ts';

/**
 * A project's pods, each without what no line needs, by the controller that made them: one reading of the list serves all
 * components. Pods of one controller come from one template, so that their labels are looked at once.
 */
export class ProjectPods {
  readonly #groups = new Map<string, Group>();
  readonly #byLabel = new Map<string, Group[]>();
  readonly #byRun = new Map<string, Group[]>();

  add(pod: Pod): void {
    const controller = controllerOf(pod.metadata);
    if (!controller) return;
    const { uid, kind, name } = controller;
    let group = this.#groups.get(uid);
    if (!group) {
      group = { kind, name, uid, labels: pod.metadata.labels ?? {}, pods: [] };
      this.#groups.set(uid, group);
      for (const [key, value] of Object.entries(group.labels)) push(this.#byLabel, `${key}=${value}`, group);
      // A CronJob's Jobs bear its name and the minute of their run.
      if (kind === 'Job') push(this.#byRun, name.replace(/-\d+$/, ''), group);
    }
    group.pods.push(slim(pod, group));
  }

  /** The component's pods: those that its selector means, or that it made itself. */
  of({ kind, object }: Pick<Component, 'kind' | 'object'>): Pod[] {
    const { uid = '', name } = object.metadata;
    const own = this.#groups.get(uid);
    if (kind.kind === 'CronJob') return (this.#byRun.get(name) ?? []).flatMap(({ pods }) => pods);
    const needs = equalities(kind.podSelector(object));
    if (!needs) return own?.pods ?? [];
    const found = (this.#byLabel.get(`${needs[0]![0]}=${needs[0]![1]}`) ?? []).filter(
      ({ labels, kind: maker, uid: of, name: madeBy }) =>
        needs.every(([key, value]) => labels[key] === value) &&
        // Selectors may overlap: what another of this kind made is that one's.
        (maker !== kind.kind || of === uid) &&
        (kind.kind !== 'Deployment' || madeBy === `${name}-${labels['pod-template-hash']}`),
    );
    return found.flatMap(({ pods }) => pods);
  }
}

interface Group {
  kind: string;
  name: string;
  uid: string;
  labels: Record<string, string>;
  pods: Pod[];
}

const push = (map: Map<string, Group[]>, key: string, group: Group) => {
  const same = map.get(key);
  if (same) same.push(group);
  else map.set(key, [group]);
};

export const controllerOf = (metadata: ObjectMeta) => metadata.ownerReferences?.find((ref) => ref.controller);

/** `a=b,c=d` as pairs; undefined where it asks for more than that. */
function equalities(selector: string | undefined): [string, string][] | undefined {
  if (!selector || /[!()]| in | notin /.test(selector)) return undefined;
  const pairs = selector.split(',').map((part) => part.split('=') as [string, string]);
  return pairs.every((pair) => pair.length === 2) ? pairs : undefined;
}

const indexLabels = ['batch.kubernetes.io/job-completion-index', 'training.kubeflow.org/replica-index'];

/** What states and reasons are made of. A pod that runs well is told by less than one that does not. */
function slim(pod: Pod, group: Group): Pod {
  const { name, namespace, creationTimestamp, deletionTimestamp, labels = {}, annotations } = pod.metadata;
  const { phase, reason, message, conditions, containerStatuses, initContainerStatuses } = pod.status ?? {};
  const well = phase === 'Running' && containerStatuses?.every(({ ready, restartCount }) => ready && !restartCount);
  const index = indexLabels.map((key) => labels[key] ?? annotations?.[key] ?? '');
  const kept: ObjectMeta = {
    name,
    // The template's labels, once, unless the pod has some of its own.
    labels: index.some((value) => value !== '') || differs(labels, group.labels) ? labels : group.labels,
    ...(namespace ? { namespace } : {}),
    ...(creationTimestamp ? { creationTimestamp } : {}),
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    ...(annotations?.[indexLabels[0]!] ? { annotations: { [indexLabels[0]!]: annotations[indexLabels[0]!]! } } : {}),
  };
  const { nodeName, nodeSelector, schedulingGates, overhead } = pod.spec ?? {};
  const containers = (all: NonNullable<Pod['spec']>['containers']) =>
    all?.map(({ name, image, resources, restartPolicy }) => ({ name, image, resources, restartPolicy }));
  const spec = well
    ? { nodeName, containers: pod.spec?.containers?.map(({ name }) => ({ name })) }
    : {
        ...{ nodeName, nodeSelector, schedulingGates, overhead },
        containers: containers(pod.spec?.containers),
        initContainers: containers(pod.spec?.initContainers),
      };
  const unscheduled = conditions?.filter(({ type }) => type === 'PodScheduled');
  const status = {
    ...{ phase, reason, message },
    containerStatuses: statuses(containerStatuses),
    ...(well ? {} : { conditions: unscheduled, initContainerStatuses: statuses(initContainerStatuses) }),
  };
  return { metadata: kept, spec, status } as Pod;
}

const differs = (a: Record<string, string>, b: Record<string, string>): boolean => {
  const keys = Object.keys(a);
  return keys.length !== Object.keys(b).length || keys.some((key) => a[key] !== b[key]);
};

const statuses = (all: ContainerStatus[] | undefined) =>
  all?.map(({ name, ready, restartCount, state, lastState }) => ({ name, ready, restartCount, state, lastState }));
