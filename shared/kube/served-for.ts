import type { Served } from '../resources/resource.ts';
import type { KubeObject } from './kube.ts';

/** Where what a manifest of ours holds is served: by every Kubernetes that has admission policies (1.30). */
export function servedFor({ apiVersion, kind, metadata }: KubeObject): Served {
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
  const plural = `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
  return { group, version, kind, plural, namespaced: metadata.namespace !== undefined };
}
