/** Kubeflow's Profiles, served for the tests, and the part of its controller played as the controller's source has it. */
import type { Kube } from '../../shared/kube/kube.ts';
import { asAdmin, kubectl, until } from './index.ts';

const api = 'rbac.authorization.k8s.io';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'profiles.kubeflow.org', labels: { 'app.kubernetes.io/managed-by': 'kubectl-kf-test' } },
  spec: {
    group: 'kubeflow.org',
    scope: 'Cluster',
    names: { kind: 'Profile', plural: 'profiles', singular: 'profile' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

async function must(args: string[], input?: object): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input ? { input: JSON.stringify(input) } : {});
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** @returns what takes the definition away again, and all Profiles with it */
export async function serveProfiles(): Promise<() => Promise<void>> {
  await must(['apply', '--server-side', '-f', '-'], definition);
  await must(['wait', 'crd/profiles.kubeflow.org', '--for=condition=Established', '--timeout=30s']);
  await until('profiles to be served', 30, async () => (await kubectl(['get', 'profiles'])).code === 0);
  return async () => {
    const { stdout } = await kubectl(['get', 'profiles', '-o', 'name']);
    for (const each of stdout.split('\n').filter(Boolean)) await patch(each, { metadata: { finalizers: null } });
    await must(['delete', 'crd', 'profiles.kubeflow.org', '--ignore-not-found', '--timeout=60s']);
  };
}

const patch = (what: string, change: object, ...more: string[]) =>
  kubectl(['patch', what, '--type=merge', '-p', JSON.stringify(change), ...more]);

interface Profile {
  metadata: { name: string; uid: string; deletionTimestamp?: string; finalizers?: string[] };
  spec: { owner: { kind: string; name: string }; resourceQuotaSpec?: { hard?: Record<string, string> } };
  status?: { conditions?: { type: string }[] };
}

/** What the controller makes of a Profile. */
function contents({ metadata, spec }: Profile): object[] {
  const { name, uid } = metadata;
  const ownerReferences = [
    { apiVersion: 'kubeflow.org/v1', kind: 'Profile', name, uid, controller: true, blockOwnerDeletion: true },
  ];
  const meta = (of: string, annotations = {}) => ({ name: of, namespace: name, ownerReferences, annotations });
  const binding = (of: string, role: string, subject: object, annotations = {}) => ({
    ...{ apiVersion: `${api}/v1`, kind: 'RoleBinding', metadata: meta(of, annotations) },
    roleRef: { apiGroup: api, kind: 'ClusterRole', name: role },
    subjects: [subject],
  });
  const labels = { 'istio-injection': 'enabled', 'app.kubernetes.io/part-of': 'kubeflow-profile' };
  const { hard } = spec.resourceQuotaSpec ?? {};
  return [
    {
      ...{ apiVersion: 'v1', kind: 'Namespace' },
      metadata: { name, labels, annotations: { owner: spec.owner.name }, ownerReferences },
    },
    ...Object.entries({ 'default-editor': 'edit', 'default-viewer': 'view' }).flatMap(([each, role]) => [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(each) },
      binding(each, role, { kind: 'ServiceAccount', name: each, namespace: name }),
    ]),
    binding('namespaceAdmin', 'admin', spec.owner, { user: spec.owner.name, role: 'admin' }),
    ...(hard ? [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta('kf-resource-quota'), spec: { hard } }] : []),
  ];
}

async function reconcile(kube: Kube, profile: Profile): Promise<void> {
  const { name, deletionTimestamp, finalizers = [] } = profile.metadata;
  const change = (body: object, part = '') =>
    kube.json({
      method: 'PATCH',
      path: `/apis/kubeflow.org/v1/profiles/${name}${part}`,
      contentType: 'application/merge-patch+json',
      body,
    });
  // It may have gone meanwhile.
  if (deletionTimestamp) return void (await change({ metadata: { finalizers: null } }).catch(() => {}));
  if (profile.status?.conditions?.length) return;
  const { items } = await kube.json<{ items: { metadata: { annotations?: { owner?: string } } }[] }>({
    path: '/api/v1/namespaces',
    query: { fieldSelector: `metadata.name=${name}` },
  });
  const other = items.some(({ metadata }) => metadata.annotations?.owner !== profile.spec.owner.name);
  const message = `namespace already exist, but not owned by profile creator ${profile.spec.owner.name}`;
  if (finalizers.length === 0) await change({ metadata: { finalizers: ['profile-finalizer'] } }).catch(() => {});
  if (!other) {
    await must(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'List',
      items: contents(profile),
    });
  }
  const conditions = [other ? { type: 'Failed', message } : { type: 'Successful' }];
  await change({ status: { conditions } }, '/status').catch(() => {});
}

/** Plays the controller for Profiles whose names begin so; `stop` ends it, and throws what went wrong in it. */
export function playController(prefix: string): { stop(): Promise<void> } {
  let on = true;
  const turns = asAdmin(async (kube) => {
    while (on) {
      const { items } = await kube.json<{ items: Profile[] }>({ path: '/apis/kubeflow.org/v1/profiles' });
      for (const each of items) if (each.metadata.name.startsWith(prefix)) await reconcile(kube, each);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });
  turns.catch(() => {});
  return {
    stop: () => {
      on = false;
      return turns;
    },
  };
}
