import { createHash } from 'node:crypto';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { ComponentKind } from './component.ts';
import { labelIs } from './workload.ts';

/**
 * Objects that are applied, and go, together: Kubernetes' ApplySets (KEP-3659). A package's parent is a ConfigMap of the project that
 * tells what kinds are in the set; each object bears the set's id.
 */
export const idLabel = 'applyset.kubernetes.io/id';
export const memberLabel = 'applyset.kubernetes.io/part-of';
export const kindsAnnotation = 'applyset.kubernetes.io/contains-group-kinds';
export const toolingAnnotation = 'applyset.kubernetes.io/tooling';

export interface GroupKind {
  group: string;
  kind: string;
}

export const parentName = (packageName: string): string => `kf-package-${packageName}`;

/** The id of the set whose parent is this ConfigMap, as KEP-3659 makes it. */
export function setId(parent: string, namespace: string): string {
  const hash = createHash('sha256').update(`${parent}.${namespace}.ConfigMap.`).digest('base64url');
  return `applyset-${hash}-v1`;
}

/** `Deployment.apps,ConfigMap`: sorted, as the KEP wants it. */
export const kindsText = (kinds: Iterable<GroupKind>): string =>
  [...new Set([...kinds].map(({ group, kind }) => (group ? `${kind}.${group}` : kind)))].sort().join(',');

export function kindsIn(parent: Pick<KubeObject, 'metadata'> | undefined): GroupKind[] {
  const words = (parent?.metadata.annotations?.[kindsAnnotation] ?? '').split(',').filter(Boolean);
  return words.map((word) => {
    const dot = word.indexOf('.');
    return dot < 0 ? { group: '', kind: word } : { group: word.slice(dot + 1), kind: word.slice(0, dot) };
  });
}

/** A package's parent: there from before its first object to after its last, so that what a broken-off removal left is found. */
export const recordKind: ComponentKind = {
  group: '',
  kind: 'ConfigMap',
  plural: 'configmaps',
  versions: ['v1'],
  shortNames: ['cm'],
  state: () => ({
    ...{ phase: 'Ready', why: '', nodes: { ready: 0, total: 0 }, restarts: 0 },
    ...{ started: undefined, finished: undefined, failure: undefined },
  }),
  podSelector: () => undefined,
  mainContainer: () => '',
  rank: ({ metadata }) => metadata.name,
  owns: [],
};

/** The set's parent, where the package was installed as one. */
export async function findSet(kube: Kube, packageName: string): Promise<KubeObject | undefined> {
  const name = parentName(packageName);
  if (labelIs('x', packageName) === undefined) return undefined;
  const path = `/api/v1/namespaces/${encodeURIComponent(kube.namespace)}/configmaps/${encodeURIComponent(name)}`;
  const there = await kube.json<KubeObject>({ path });
  return there.metadata.labels?.[idLabel] === setId(name, kube.namespace) ? there : undefined;
}
