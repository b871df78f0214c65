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
    await asAdmin(async (kube) => {
      for (const { metadata } of await profiles(kube))
        await change(kube, metadata.name, { metadata: { finalizers: null } });
    });
    await must(['delete', 'crd', 'profiles.kubeflow.org', '--ignore-not-found', '--timeout=60s']);
  };
}

const root = '/apis/kubeflow.org/v1/profiles';
const profiles = async (kube: Kube) => (await kube.json<{ items: Profile[] }>({ path: root })).items;

/** A merge patch of a Profile, or of a part of it. It may have gone meanwhile, or been changed by another: the next turn sees. */
async function change(kube: Kube, name: string, body: object, part = ''): Promise<void> {
  const contentType = 'application/merge-patch+json';
  await kube.json({ method: 'PATCH', path: `${root}/${name}${part}`, contentType, body }).catch(() => {});
}

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
  if (deletionTimestamp) return change(kube, name, { metadata: { finalizers: null } });
  if (profile.status?.conditions?.length) return;
  const { items } = await kube.json<{ items: { metadata: { annotations?: { owner?: string } } }[] }>({
    path: '/api/v1/namespaces',
    query: { fieldSelector: `metadata.name=${name}` },
  });
  const other = items.some(({ metadata }) => metadata.annotations?.owner !== profile.spec.owner.name);
  const message = `namespace already exist, but not owned by profile creator ${profile.spec.owner.name}`;
  if (finalizers.length === 0) await change(kube, name, { metadata: { finalizers: ['profile-finalizer'] } });
  if (!other) {
    await must(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'List',
      items: contents(profile),
    });
  }
  const conditions = [other ? { type: 'Failed', message } : { type: 'Successful' }];
  await change(kube, name, { status: { conditions } }, '/status');
}

/** Plays the controller for Profiles whose names begin so; `stop` ends it, and throws what went wrong in it. */
export function playController(prefix: string): { stop(): Promise<void> } {
  let on = true;
  const turns = asAdmin(async (kube) => {
    while (on) {
      for (const each of await profiles(kube)) if (each.metadata.name.startsWith(prefix)) await reconcile(kube, each);
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
