import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import * as datasets from '../datasets/names.ts';
import { allServed, served } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import { selfSubjectRulesReview } from '../kube/reviews.ts';
import { isProject } from '../projects/marks.ts';
import { loadRights } from '../rbac/load.ts';
import { accountUser } from '../rbac/snapshot.ts';
import type { Binding, Role } from '../rbac/types.ts';
import { lookAround } from './client.ts';
import type { Facts } from './facts.ts';
import { type Pod, PodGatherer } from './pods.ts';
import { type Volume, volumeFrom } from './volumes.ts';

/** Metadata alone: of Secrets nothing else is ever read, of namespaces nothing else is needed. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** Accounts of other namespaces that are looked up one by one. */
const mostAccounts = 200;

/** The one ClusterRole that is the same in every cluster: the API server sees to it. */
const clusterAdmin: Role = {
  ...{ kind: 'ClusterRole', name: 'cluster-admin', namespace: '' },
  rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
};

export interface Gathered {
  facts: Facts;
  /** What could not be read, in a few words each. */
  notReadable: string[];
}

/** All that the checks look at, asked for at once; lists come in pages, of which little is kept. */
export async function gatherFacts(kube: Kube, context: Context, kubeconfig?: string): Promise<Gathered> {
  const project = kube.namespace;
  const notReadable: string[] = [];
  const within = (path: string) =>
    `${path.replace(/[^/]+$/, '')}namespaces/${encodeURIComponent(project)}/${path.split('/').pop()}`;

  /** Undefined where it is not served, or may not be read. */
  const ask = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof KfError ? error.status?.code : undefined;
      if (code === 403) notReadable.push(what);
      else if (code !== 404 && code !== 405) throw error;
      return undefined;
    }
  };
  const each = (what: string, path: string, take: (item: KubeObject) => void, query = {}, accept?: string) =>
    ask(what, async () => {
      for await (const page of pages(kube, path, query, accept ? { accept } : {})) page.items.forEach(take);
      return true as const;
    });
  const list = async (what: string, path: string, query = {}, accept?: string) => {
    const items: KubeObject[] = [];
    return (await each(what, path, (item) => items.push(item), query, accept)) && items;
  };
  const of = async (group: string, kind: string, path: (prefix: string) => string, what: string) => {
    const found = await served(kube, context, group, kind);
    return found && (await list(what, path(`/apis/${group}/${found.version}/${found.plural}`)));
  };

  const elsewhere: Binding[] = [];
  const group = `system:serviceaccounts:${project}`;
  const own = accountUser(project, '');
  const isOurs = ({ subjects }: Binding) =>
    subjects.some(
      ({ kind, name, namespace }) =>
        (kind === 'ServiceAccount' && namespace === project) ||
        (kind === 'Group' && name === group) ||
        (kind === 'User' && name.startsWith(own)),
    );
  const rights = loadRights(kube, [project], {
    elsewhere: (binding) => void (isOurs(binding) && elsewhere.push(binding)),
  });
  const namespaces = new Map<string, 'project' | 'other'>();
  const pods = new PodGatherer();
  const volumes: Volume[] = [];
  const names = (items: KubeObject[] | undefined) => items && new Set(items.map(({ metadata }) => metadata.name));
  const [
    namespace,
    profile,
    accounts,
    sawNamespaces,
    sawPods,
    tokens,
    services,
    networkPolicies,
    authorizationPolicies,
    peerAuthentications,
    quotas,
    claims,
    sawVolumes,
    policies,
    policyBindings,
    scoped,
    rules,
    loaded,
  ] = await Promise.all([
    ask('the namespace itself', () =>
      kube.json<KubeObject>({ path: `/api/v1/namespaces/${encodeURIComponent(project)}` }),
    ),
    askProfile(),
    list('service accounts', within('/api/v1/serviceaccounts')).then(names),
    each(
      'namespaces',
      '/api/v1/namespaces',
      (item) => namespaces.set(item.metadata.name, isProject(item) ? 'project' : 'other'),
      {},
      metadataOnly,
    ),
    each('pods', within('/api/v1/pods'), (pod) => pods.add(pod as Pod)),
    list(
      'which secrets are tokens',
      within('/api/v1/secrets'),
      { fieldSelector: 'type=kubernetes.io/service-account-token' },
      metadataOnly,
    ),
    list('services', within('/api/v1/services')),
    list('network policies', within('/apis/networking.k8s.io/v1/networkpolicies')),
    of('security.istio.io', 'AuthorizationPolicy', within, "Istio's policies"),
    of('security.istio.io', 'PeerAuthentication', within, "Istio's peer authentications"),
    list('quotas', within('/api/v1/resourcequotas')),
    list('claims', within('/api/v1/persistentvolumeclaims')),
    each('persistent volumes (datasets)', '/api/v1/persistentvolumes', (item) => {
      volumes.push(volumeFrom(item as Parameters<typeof volumeFrom>[0]));
    }),
    list('admission policies', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'),
    list('bindings of admission policies', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings'),
    clusterScoped(),
    ask('whether RBAC alone decides', () => selfSubjectRulesReview(kube, project)),
    rights,
  ]);
  const { snapshot, refused } = loaded;
  notReadable.push(...refused);
  if (rules?.incomplete) notReadable.push('rights that other authorizers than RBAC give');
  if (refused.includes('clusterroles')) snapshot.addRole(clusterAdmin);
  const bound = snapshot.bindings(project).flatMap(({ subjects }) => subjects);
  const others = [
    ...new Set(
      bound.flatMap((each) =>
        each.kind === 'ServiceAccount' && each.namespace && each.namespace !== project
          ? [`${each.namespace}/${each.name}`]
          : [],
      ),
    ),
  ].slice(0, mostAccounts);
  const facts: Facts = {
    project,
    namespace,
    profile,
    snapshot,
    saw: {
      roles: !refused.includes(`roles in ${project}`),
      bindings: !refused.includes(`rolebindings in ${project}`),
      clusterRoles: !refused.includes('clusterroles'),
      clusterBindings: !refused.includes('clusterrolebindings'),
    },
    elsewhere,
    namespaces: sawNamespaces && namespaces,
    accounts,
    otherAccounts: await lookUp(others),
    clusterScoped: scoped,
    pods: sawPods && pods,
    tokens,
    services,
    networkPolicies,
    authorizationPolicies,
    peerAuthentications,
    quotas,
    claims,
    volumes: sawVolumes && volumes,
    policies,
    policyBindings,
    client: lookAround(context, kubeconfig),
  };
  return { facts, notReadable: [...new Set(notReadable)].sort() };

  async function askProfile(): Promise<KubeObject | null | undefined> {
    const found = await served(kube, context, 'kubeflow.org', 'Profile');
    if (!found) return undefined;
    const path = `/apis/kubeflow.org/${found.version}/${found.plural}/${encodeURIComponent(project)}`;
    return ask("the project's Profile", async () => {
      try {
        return await kube.json<KubeObject>({ path });
      } catch (error) {
        if (error instanceof KfError && error.status?.code === 404) return null;
        throw error;
      }
    });
  }

  async function clusterScoped(): Promise<Set<string>> {
    const groups = await allServed(kube, context);
    const all = groups.flatMap(({ name, versions }) =>
      versions.flatMap(({ resources }) =>
        resources.flatMap(({ plural, namespaced }) => (namespaced ? [] : [`${name}/${plural}`])),
      ),
    );
    // What the policies of datasets ask RBAC about, which nothing serves; and Profiles, where they are not served (yet).
    return new Set([...all, `${datasets.group}/${datasets.plural}`, 'kubeflow.org/profiles']);
  }

  async function lookUp(wanted: string[]): Promise<Map<string, boolean>> {
    const found = new Map<string, boolean>();
    await Promise.all(
      wanted.map(async (each) => {
        const [home, name] = each.split('/').map(encodeURIComponent);
        const path = `/api/v1/namespaces/${home}/serviceaccounts/${name}`;
        const there = await ask('service accounts of other namespaces', async () => {
          try {
            await kube.json({ path });
            return true;
          } catch (error) {
            if (error instanceof KfError && error.status?.code === 404) return false;
            throw error;
          }
        });
        if (there !== undefined) found.set(each, there);
      }),
    );
    return found;
  }
}
