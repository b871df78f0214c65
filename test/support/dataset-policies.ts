/** The policies of datasets on a cluster that others use: under names of their own, and only for what has this test's id in its name. */
import type { KubeObject } from '../../shared/kube/kube.ts';

interface Spec {
  policyName?: string;
  matchConditions?: { name: string; expression: string }[];
}

/** @param user only requests of people with this in their names count as people's; `undefined`: all of them */
export function narrowed(objects: readonly KubeObject[], id: string): KubeObject[] {
  return objects.map((object) => {
    const spec = object.spec as Spec | undefined;
    const named = { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${id}` } };
    if (object.kind === 'ClusterRoleBinding')
      return { ...named, roleRef: { ...(object.roleRef as object), name: named.metadata.name } };
    if (spec?.policyName) return { ...named, spec: { ...spec, policyName: `${spec.policyName}-${id}` } };
    if (object.kind !== 'ValidatingAdmissionPolicy') return named;
    const ours = {
      name: 'of-this-test',
      expression: `request.name.contains('${id}') || request.userInfo.username.contains('${id}')`,
    };
    return { ...named, spec: { ...spec, matchConditions: [ours, ...(spec?.matchConditions ?? [])] } };
  });
}
