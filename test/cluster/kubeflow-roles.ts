/** Kubeflow's roles for people in projects, aggregated as its manifests have them. They are left there: other tests have them too. */
import * as assert from 'uvu/assert';
import { kubectl, until } from './index.ts';

const levels = ['admin', 'edit', 'view'] as const;
const label = (level: string) => `rbac.authorization.kubeflow.org/aggregate-to-kubeflow-${level}`;
const role = (name: string, rest: object, labels: Record<string, string> = {}) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  ...rest,
});
const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });
const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const rules = {
  admin: [
    rule(['rbac.authorization.k8s.io'], ['roles', 'rolebindings'], [...read, ...write]),
    rule(['security.istio.io'], ['*'], [...read, ...write]),
  ],
  edit: [
    rule([''], ['pods/exec', 'secrets', 'serviceaccounts/token'], [...read, ...write]),
    rule(['', 'apps', 'batch', 'trainer.kubeflow.org'], ['*'], write),
  ],
  view: [rule(['', 'apps', 'batch', 'trainer.kubeflow.org'], ['pods', 'pods/log', 'services', 'configmaps'], read)],
};

/** kubeflow-admin, kubeflow-edit and kubeflow-view, with what they gather. */
export async function kubeflowRoles(): Promise<void> {
  const items = levels.flatMap((level, i) => [
    role(
      `kubeflow-${level}`,
      { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label(level)]: 'true' } }] }, rules: [] },
      i > 0 ? { [label(levels[i - 1]!)]: 'true' } : {},
    ),
    role(`kubeflow-kubernetes-${level}`, { rules: rules[level] }, { [label(level)]: 'true' }),
  ]);
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  // The rules of those that gather are their controller's.
  const made = await kubectl(['create', '-f', '-'], { input: list });
  assert.ok(made.code === 0 || /AlreadyExists/.test(made.stderr), made.stderr);
  await until('the rules to be gathered', 30, async () => {
    const { stdout } = await kubectl(['get', 'clusterrole', 'kubeflow-admin', '-o', 'jsonpath={.rules}']);
    return stdout.includes('rolebindings') && stdout.includes('pods/log');
  });
}
