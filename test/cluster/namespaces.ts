/** The administrator's requests that every test makes. */
import type { KfError } from '../../shared/cli/errors.ts';
import type { Kube, KubeObject } from '../../shared/kube/kube.ts';
import { ensureCluster } from './index.ts';
import { until } from './system.ts';

/**
 * Asks the API server as the administrator without starting kubectl, which takes ten times as long: for what every test needs.
 * KfError where it refuses.
 */
export async function asAdmin<T>(body: (kube: Kube) => Promise<T>): Promise<T> {
  const { kubeconfig } = await ensureCluster();
  const [{ openKube }, { context }] = await Promise.all([
    import('../../shared/kube/open.ts'),
    import('../support/command.ts'),
  ]);
  const kube = await openKube({ kubeconfig }, context().context);
  try {
    return await body(kube);
  } finally {
    kube.close();
  }
}

/** A new namespace, PREFIX-xxxxx, ready for pods. `delete` asks for its deletion and does not wait. */
export async function namespace(prefix: string): Promise<{ name: string; delete(): Promise<void> }> {
  const labels = { 'app.kubernetes.io/managed-by': 'kubectl-kf-test' };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: `${prefix}-`, labels } };
  const name = await asAdmin(async (kube) => {
    const made = await kube.json<KubeObject>({ method: 'POST', path: '/api/v1/namespaces', body });
    const account = { path: `/api/v1/namespaces/${made.metadata.name}/serviceaccounts/default` };
    const there = () => kube.json(account).catch(unlessGone);
    // Where the API server was killed just before, the controller that makes it tries again after a minute, or later.
    await until(`the default service account of ${made.metadata.name}`, 120, there, 50);
    return made.metadata.name;
  });
  const gone = { method: 'DELETE', path: `/api/v1/namespaces/${name}` } as const;
  return {
    name,
    delete: () =>
      asAdmin(async (kube) => {
        await kube.json(gone).catch(unlessGone);
      }),
  };
}

/** Whether there is a namespace of this name, also one that is being deleted. */
export const isNamespace = (name: string): Promise<boolean> =>
  asAdmin(async (kube) => {
    const found = await kube.json({ path: `/api/v1/namespaces/${name}` }).catch(unlessGone);
    return found !== undefined;
  });

function unlessGone(error: KfError): undefined {
  if (error.status?.code !== 404) throw error;
}
