import type { Served } from '../resources/resource.ts';
import { isMissing } from './errors.ts';
import type { Kube, KubeObject, KubeRequest } from './kube.ts';

/** Who owns the fields that we set (managedFields). */
export const fieldManager = 'kubectl-kf';

export interface WriteOptions {
  /** The server does everything but store it. */
  dryRun?: boolean;
  /** Unknown and doubled fields are refused unless said otherwise. */
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** The object as JSON, where JSON.stringify would not write it as it is: integers beyond 2^53. */
  json?: string;
  signal?: AbortSignal;
}

/** The path of a collection, an object, or a subresource of it. Cluster-scoped kinds take no namespace. */
export function resourcePath(
  served: Served,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const root = served.group === '' ? `/api/${served.version}` : `/apis/${served.group}/${served.version}`;
  const within = served.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const one = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${within}/${served.plural}${one}${subresource ? `/${subresource}` : ''}`;
}

const namespaceOf = (kube: Kube, object: KubeObject) => object.metadata.namespace ?? kube.namespace;

function writing({ dryRun, fieldValidation = 'Strict' }: WriteOptions): NonNullable<KubeRequest['query']> {
  return { fieldManager, fieldValidation, dryRun: dryRun ? 'All' : undefined };
}

const signalled = ({ signal }: WriteOptions) => (signal ? { signal } : {});

/**
 * Server-side apply: makes the object or changes it to be so. Without `force`, a field that another manager set otherwise is a
 * conflict (409 with a cause for each field).
 */
export function serverSideApply<T extends KubeObject = KubeObject>(
  kube: Kube,
  served: Served,
  object: KubeObject,
  options: WriteOptions & { force?: boolean } = {},
): Promise<T> {
  return kube.json<T>({
    method: 'PATCH',
    path: resourcePath(served, namespaceOf(kube, object), object.metadata.name),
    query: { ...writing(options), force: options.force ? true : undefined },
    contentType: 'application/apply-patch+yaml',
    body: options.json ?? object,
    ...signalled(options),
  });
}

/** Makes the object; 409 (AlreadyExists) where one of its name is there. */
export function create<T extends KubeObject = KubeObject>(
  kube: Kube,
  served: Served,
  object: KubeObject,
  options: WriteOptions = {},
): Promise<T> {
  return kube.json<T>({
    method: 'POST',
    path: resourcePath(served, namespaceOf(kube, object)),
    query: writing(options),
    body: options.json ?? object,
    ...signalled(options),
  });
}

/** The object; KfError (exit 3) where there is none. */
export function get<T extends KubeObject = KubeObject>(
  kube: Kube,
  served: Served,
  name: string,
  namespace: string = kube.namespace,
): Promise<T> {
  return kube.json<T>({ path: resourcePath(served, namespace, name) });
}

/** The object; undefined where there is none. */
export function find<T extends KubeObject = KubeObject>(
  kube: Kube,
  served: Served,
  name: string,
  namespace: string = kube.namespace,
): Promise<T | undefined> {
  return get<T>(kube, served, name, namespace).catch((error) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

export interface PatchOptions extends WriteOptions {
  namespace?: string;
  subresource?: string;
  /** JSON merge patch (RFC 7396) unless given. */
  type?: 'merge' | 'json' | 'strategic-merge';
}

/** Changes the object. A `metadata.resourceVersion` or `uid` in a merge patch makes it fail (409) where another came between. */
export function patch<T extends KubeObject = KubeObject>(
  kube: Kube,
  served: Served,
  name: string,
  change: object,
  options: PatchOptions = {},
): Promise<T> {
  return kube.json<T>({
    method: 'PATCH',
    path: resourcePath(served, options.namespace ?? kube.namespace, name, options.subresource),
    query: writing(options),
    contentType: `application/${options.type ?? 'merge'}-patch+json`,
    body: change,
    ...signalled(options),
  });
}

export interface DeleteOptions {
  /** Only the object with this uid goes: not one of the same name that came since (409). */
  uid?: string;
  /** Only the object as it was seen goes: not one that another has changed since (409). */
  resourceVersion?: string;
  /** `Background` unless given: what it owns goes after it. */
  propagation?: 'Foreground' | 'Background' | 'Orphan';
  graceSeconds?: number;
  dryRun?: boolean;
  /** For undoing after Ctrl-C. */
  signal?: AbortSignal;
}

/** Deletes the object; false where it was not there any more. */
export const remove = (
  kube: Kube,
  served: Served,
  name: string,
  options: DeleteOptions & { namespace?: string } = {},
): Promise<boolean> => removeAt(kube, resourcePath(served, options.namespace ?? kube.namespace, name), options);

/** As {@link remove}, by the object's path. */
export async function removeAt(kube: Kube, path: string, options: DeleteOptions = {}): Promise<boolean> {
  const { uid, resourceVersion } = options;
  try {
    await kube.json({
      method: 'DELETE',
      path,
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: options.propagation ?? 'Background',
        // In the body: the server ignores the query of a DELETE that has one, and would delete.
        ...(options.dryRun ? { dryRun: ['All'] } : {}),
        ...(uid || resourceVersion ? { preconditions: { uid, resourceVersion } } : {}),
        ...(options.graceSeconds === undefined ? {} : { gracePeriodSeconds: options.graceSeconds }),
      },
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
