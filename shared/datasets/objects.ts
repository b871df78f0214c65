import { fieldManager } from '../kube/apply.ts';
import type { KubeObject } from '../kube/kube.ts';
import type { Served } from '../resources/resource.ts';
import { allowedAnnotation, datasetLabel } from './names.ts';
import { modes, type Source } from './types.ts';
import type { Wish } from './wish.ts';

export const volumesServed: Served = {
  ...{ group: '', version: 'v1', kind: 'PersistentVolume', plural: 'persistentvolumes', namespaced: false },
};
export const claimsServed: Served = {
  ...{ group: '', version: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', namespaced: true },
};

export interface Volume extends KubeObject {
  spec: Source & {
    accessModes?: string[];
    capacity?: { storage?: string };
    claimRef?: { namespace: string; name: string; uid?: string };
    persistentVolumeReclaimPolicy?: string;
    storageClassName?: string;
    mountOptions?: string[];
    nodeAffinity?: object;
    volumeMode?: string;
  };
  status?: { phase?: string };
}

export interface Claim extends KubeObject {
  metadata: KubeObject['metadata'] & { namespace: string };
  spec: { storageClassName?: string; volumeName?: string; accessModes?: string[] };
  status?: { phase?: string };
}

/** A dataset: volumes over the same storage, that belong to one project. */
export interface Dataset {
  name: string;
  home: string;
  /** By their numbers. */
  volumes: Volume[];
}

/** Only claims that ask for it get a volume of it, so that nobody's other claims are kept waiting. */
export const classOf = ({ name, home }: Pick<Dataset, 'name' | 'home'>) => `${name}.${home}`;
export const volumeName = ({ name, home }: Pick<Dataset, 'name' | 'home'>, number: number) =>
  `${name}-${number}.${home}`;

export const listOf = ({ metadata }: KubeObject): string[] =>
  (metadata.annotations?.[allowedAnnotation] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);

/** The projects of all its volumes: they differ only while one is being changed. */
export const namespacesOf = ({ volumes }: Dataset): string[] => [...new Set(volumes.flatMap(listOf))];

export const numberOf = ({ metadata }: KubeObject): number => Number(/-(\d+)\.[^.]+$/.exec(metadata.name)?.[1] ?? -1);

const labelsOf = (name: string) => ({ [datasetLabel]: name, 'app.kubernetes.io/managed-by': fieldManager });

export function volumeFor(wish: Wish, namespaces: readonly string[], number: number): Volume {
  const { name, made, mode, size } = wish;
  const dataset = { name, home: namespaces[0]! };
  const { where } = made;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName(dataset, number),
      labels: labelsOf(name),
      annotations: { [allowedAnnotation]: namespaces.join(',') },
    },
    spec: {
      capacity: { storage: size },
      accessModes: [modes[mode]],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: classOf(dataset),
      ...(made.mountOptions.length > 0 ? { mountOptions: made.mountOptions } : {}),
      ...(where ? { nodeAffinity: affinity(where) } : {}),
      ...made.source,
    },
  };
}

const affinity = ({ label, value }: { label: string; value: string }) => ({
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: label, operator: 'In', values: [value] }] }] },
});

/** One more over the same storage. */
export function another(dataset: Dataset, namespaces: readonly string[], number: number): Volume {
  const { claimRef: _, ...spec } = dataset.volumes[0]!.spec;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volumeName(dataset, number),
      labels: labelsOf(dataset.name),
      annotations: { [allowedAnnotation]: namespaces.join(',') },
    },
    spec,
  };
}

/** The volume controller chooses which of the volumes it is bound to. */
export function claimFor({ name, home, volumes }: Dataset, namespace: string): Claim {
  const { accessModes = [], capacity } = volumes[0]!.spec;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      accessModes,
      storageClassName: classOf({ name, home }),
      ...{ resources: { requests: { storage: capacity?.storage ?? '1Gi' } } },
    },
  };
}

/** Where the bytes are, in words: `ebs.csi.aws.com vol-1`. */
export function storageOf({ csi, nfs, local }: Source): string {
  if (csi) return `${csi.driver} ${csi.volumeHandle}`;
  if (nfs) return `nfs ${nfs.server}:${nfs.path}`;
  return local ? `local ${local.path}` : 'other storage';
}
