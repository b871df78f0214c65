import { allowedAnnotation } from '../datasets/names.ts';
import type { KubeObject } from '../kube/kube.ts';

/** What of a PersistentVolume the checks look at. */
export interface Volume {
  object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
  /** Undefined where it is no dataset. */
  allowed: string[] | undefined;
  claim: { namespace: string; name: string } | undefined;
  /** The same for volumes over the same storage; '' where that can't be told. */
  storage: string;
  reclaim: string;
  hostPath: string | undefined;
}

interface Raw extends KubeObject {
  spec: {
    claimRef?: { namespace?: string; name?: string };
    persistentVolumeReclaimPolicy?: string;
    hostPath?: { path: string };
    [source: string]: unknown;
  };
}

export function volumeFrom({ apiVersion, kind, metadata, spec }: Raw): Volume {
  const { name, uid } = metadata;
  const list = metadata.annotations?.[allowedAnnotation];
  return {
    object: { apiVersion, kind, metadata: { name, ...(uid ? { uid } : {}) } },
    allowed: list?.split(',').map((each) => each.trim()),
    claim: spec.claimRef && { namespace: spec.claimRef.namespace ?? '', name: spec.claimRef.name ?? '' },
    storage: storageOf(spec),
    reclaim: spec.persistentVolumeReclaimPolicy ?? 'Retain',
    hostPath: spec.hostPath?.path,
  };
}

/** Where the bytes are: by the field of each source that says so. */
function storageOf(spec: Raw['spec']): string {
  const of = (source: string, ...fields: string[]) => {
    const value = spec[source] as Record<string, unknown> | undefined;
    return value ? [source, ...fields.map((field) => value[field] ?? '')].join('|') : '';
  };
  return (
    of('csi', 'driver', 'volumeHandle') ||
    of('nfs', 'server', 'path') ||
    of('awsElasticBlockStore', 'volumeID') ||
    of('gcePersistentDisk', 'pdName') ||
    of('azureDisk', 'diskURI') ||
    of('hostPath', 'path') ||
    of('local', 'path')
  );
}
