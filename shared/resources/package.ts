import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { findSet, idLabel, memberLabel, recordKind } from './apply-set.ts';
import type { Component, ComponentKind, ComponentPhase, ComponentState } from './component.ts';
import { at, earliest, latest, record, text } from './fields.ts';
import { componentPath, rootsOf } from './look-up.ts';
import type { Pod } from './pod.ts';
import { rootTest } from './root.ts';
import { defaultContainer, labelIs, podName } from './workload.ts';

/** What a package's objects bear (Kubernetes' recommended labels): kustomize's packages the first, Helm's releases the second. */
export const packageLabels = ['app.kubernetes.io/part-of', 'app.kubernetes.io/instance'];

/** An installed package: no object of its own, but those that bear its name as a label. */
export interface Package extends Component {
  members: Component[];
}

export const membersOf = (component: Component): Component[] | undefined => (component as Partial<Package>).members;

/** The package that an object belongs to; '' where none. What Kubeflow marks so in every project is no package of the project. */
export function packageOf(object: Pick<KubeObject, 'metadata'>): string {
  const names = packageLabels.map((label) => text(at(object, 'metadata', 'labels', label)));
  return names.find((name) => name && name !== 'kubeflow-profile') ?? '';
}

/** What can make up a package: all that runs on its own, but no bare pods. */
const canBeMember = (kind: ComponentKind): boolean => kind.kind !== 'Pod';

/** The package of that name in the project: the components at the root that bear it; undefined where none does. */
export async function findPackage(
  kube: Kube,
  kinds: readonly ComponentKind[],
  name: string,
): Promise<Package | undefined> {
  if (labelIs('x', name) === undefined) return undefined;
  const isRoot = await rootTest();
  const set = await findSet(kube, name).catch(refusedOrNone);
  // What was installed as a set is just that: others may bear its name.
  const selectors = set
    ? [`${memberLabel}=${set.metadata.labels![idLabel]}`]
    : packageLabels.map((label) => `${label}=${name}`);
  const lists = kinds.filter(canBeMember).flatMap((kind) =>
    selectors.map(async (labelSelector): Promise<Component[]> => {
      const path = componentPath(kind, kube.namespace);
      const items = (await listAll(kube, path, { labelSelector }).catch(refusedOrNone))?.items ?? [];
      return items.filter(isRoot).map((object) => {
        const { name, namespace = kube.namespace } = object.metadata;
        return { kind, object, name, namespace, path: componentPath(kind, namespace, name) };
      });
    }),
  );
  const byPath = new Map((await Promise.all(lists)).flat().map((each) => [each.path, each]));
  if (set) {
    const path = componentPath(recordKind, kube.namespace, set.metadata.name);
    byPath.set(path, { kind: recordKind, object: set, name: set.metadata.name, namespace: kube.namespace, path });
  }
  return byPath.size > 0 ? packageFrom(name, kube.namespace, [...byPath.values()]) : undefined;
}

function refusedOrNone(error: unknown): undefined {
  if (error instanceof KfError && (error.exit === Exit.forbidden || error.exit === Exit.notFound)) return undefined;
  throw error;
}

/** The parent of the set that a package was installed as; undefined where it was not. */
export const setOf = (component: Component): Component | undefined =>
  membersOf(component)?.find(({ kind }) => kind === recordKind);

/** The packages of a project; those of kinds that may not be listed are lacking. */
export async function packageNames(kube: Kube, kinds: readonly ComponentKind[]): Promise<string[]> {
  const there = await Promise.all(kinds.filter(canBeMember).map((kind) => rootsOf(kube, kind)));
  return [...new Set(there.flat().map(packageOf))].filter(Boolean).sort();
}

/** @param members at least one */
export function packageFrom(name: string, namespace: string, members: Component[]): Package {
  const kind = packageKind(members);
  const creationTimestamp = earliest(members.map(({ object }) => object.metadata.creationTimestamp));
  const object: KubeObject = {
    apiVersion: '',
    kind: kind.kind,
    metadata: { name, namespace, ...(creationTimestamp ? { creationTimestamp } : {}) },
    items: members.map((each) => each.object),
  };
  return { kind, object, name, namespace, path: '', members };
}

/** Pure as every kind, but of these members: what it says is what they say together. */
function packageKind(members: readonly Component[]): ComponentKind {
  const of = (pod: Pod): ComponentKind | undefined => members.find((each) => isPodOf(each, pod))?.kind;
  return {
    group: '',
    kind: 'Package',
    plural: 'packages',
    versions: [],
    shortNames: ['pkg'],
    state: (_object, pods) => together(members, pods),
    podSelector: () => undefined,
    mainContainer: (pod) => (of(pod)?.mainContainer ?? defaultContainer)(pod),
    rank: podName,
    url(): string | undefined {
      for (const { kind, object } of members) {
        const url = kind.url?.(object);
        if (url) return url;
      }
      return undefined;
    },
    owns: [
      'services',
      'configmaps',
      'secrets',
      'persistentvolumeclaims',
      'serviceaccounts',
      'roles.rbac.authorization.k8s.io',
      'rolebindings.rbac.authorization.k8s.io',
      'ingresses.networking.k8s.io',
      'networkpolicies.networking.k8s.io',
      'poddisruptionbudgets.policy',
      'horizontalpodautoscalers.autoscaling',
      'virtualservices.networking.istio.io',
      'httproutes.gateway.networking.k8s.io',
    ],
  };
}

/** By its selector's labels where it has such; else by its name, with which its pods' names begin. */
function isPodOf({ kind, object, name }: Component, pod: Pod): boolean {
  const labels = record(pod.metadata?.labels);
  const wanted = Object.entries(record(at(object, 'spec', 'selector', 'matchLabels')));
  if (wanted.length > 0) return wanted.every(([key, value]) => labels[key] === value);
  const [key, value] = kind.podSelector(object)?.split('=') ?? [];
  return key ? labels[key] === value : podName(pod).startsWith(`${name}-`);
}

/** What is worst comes first: a package is no better than what is worst in it. */
const worstFirst: ComponentPhase[] = [
  'Failed',
  'Restarting',
  'Pending',
  'Unknown',
  'Resuming',
  'Updating',
  'Deleting',
  'Running',
  'Ready',
  'Scheduled',
  'Stopped',
  'Suspended',
  'Succeeded',
];

function together(all: readonly Component[], pods: readonly Pod[] | undefined): ComponentState {
  const working = all.filter(({ kind }) => kind !== recordKind);
  const members = working.length > 0 ? working : all;
  const states = members.map((each) => ({
    label: `${each.kind.kind.toLowerCase()}/${each.name}`,
    ...each.kind.state(
      each.object,
      pods?.filter((pod) => isPodOf(each, pod)),
    ),
  }));
  const worst = states.reduce((a, b) => (worstFirst.indexOf(b.phase) < worstFirst.indexOf(a.phase) ? b : a));
  const sum = (of: (state: ComponentState) => number) => states.reduce((all, state) => all + of(state), 0);
  const over = states.every((state) => state.finished);
  return {
    phase: worst.phase,
    why: worst.why && `${worst.label}: ${worst.why}`,
    nodes: { ready: sum((s) => s.nodes.ready), total: sum((s) => s.nodes.total) },
    restarts: sum((s) => s.restarts),
    started: earliest(states.map((s) => s.started)),
    finished: over ? latest(states.map((s) => s.finished)) : undefined,
    failure: worst.failure,
  };
}
