import { loadMerged, stringField } from '../kube/merge.ts';
import type { Session } from './session.ts';

/** The namespaces that the kubeconfig's contexts name for this cluster and person. */
export async function contextNamespaces({ kube, context, kubeconfig }: Session): Promise<string[]> {
  const { contexts } = await loadMerged(kubeconfig, context);
  const names = [...contexts.values()]
    .filter(
      ({ fields }) =>
        stringField(fields, 'cluster') === kube.clusterName && stringField(fields, 'user') === kube.userName,
    )
    .map(({ fields }) => stringField(fields, 'namespace'));
  return [...new Set(names.filter((name) => name !== undefined))];
}
