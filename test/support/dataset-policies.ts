/** The policies of datasets on a cluster that others use: under names of their own, and only for what has this test's id in its name. */
import * as assert from 'uvu/assert';
import { grants, policies, types } from '../../shared/datasets/policies.ts';
import type { KubeObject } from '../../shared/kube/kube.ts';
import { kubectl } from '../cluster/index.ts';
import { until } from '../cluster/system.ts';

interface Spec {
  policyName?: string;
  matchConditions?: { name: string; expression: string }[];
}

/** @param id what the names of volumes or of people contain */
function narrowed(objects: readonly KubeObject[], id: string): KubeObject[] {
  return objects.map((object) => {
    const spec = object.spec as Spec | undefined;
    const named = { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-${id}` } };
    if (object.kind === 'ClusterRoleBinding')
      return { ...named, roleRef: { ...(object.roleRef as object), name: named.metadata.name } };
    if (spec?.policyName) return { ...named, spec: { ...spec, policyName: `${spec.policyName}-${id}` } };
    if (object.kind !== 'ValidatingAdmissionPolicy') return named;
    const expression = `request.name.contains('${id}') || request.userInfo.username.contains('${id}')`;
    const matchConditions = [{ name: 'of-this-test', expression }, ...(spec?.matchConditions ?? [])];
    return { ...named, spec: { ...spec, matchConditions } };
  });
}

/** Applies them, with the rights that everyone is given, and waits until they are in force; gives what takes them away. */
export async function policiesFor(id: string): Promise<() => Promise<void>> {
  const rights = narrowed([...grants, ...types], id);
  const guards = narrowed(policies, id);
  const apply = async (items: KubeObject[]) => {
    const { code, stderr } = await kubectl(['apply', '--server-side', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    });
    assert.is(code, 0, stderr);
  };
  await apply(guards);
  // Each of them refuses what it is for: the admin can be asked only about bindings.
  const metadata = { name: `probe-${id}`, annotations: { 'kf.kubeflow.org/allowed-namespaces': 'none' } };
  const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/nowhere' } };
  const claimRef = { namespace: 'other', name: 'other' };
  const probe = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata, spec: { ...spec, claimRef } },
  });
  await until('the policies', 30, async () => {
    const { stderr } = await kubectl(['create', '--dry-run=server', '-f', '-'], { input: probe });
    return stderr.includes('is not for other');
  });
  const warnings = 'jsonpath={.items[*].status.typeChecking.expressionWarnings}';
  const { stdout } = await kubectl([
    'get',
    'validatingadmissionpolicies',
    ...guards.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy').map(({ metadata }) => metadata.name),
    '-o',
    warnings,
  ]);
  assert.is(stdout, '');
  await apply(rights);
  return async () => {
    for (const { kind, metadata } of [...rights, ...guards].reverse())
      await kubectl(['delete', kind.toLowerCase(), metadata.name, '--ignore-not-found']);
  };
}
