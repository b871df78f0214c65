/** `kubectl kf …` of the plugin kf, against a server on the loopback that serves what a project has. */
import { group } from '../../../plugins/kf/index.ts';
import { answer } from '../../../shared/cli/main.ts';
import { type Answer, type ApiServer, apiServer, type Handler, status } from '../../support/api-server.ts';
import { context, type Result, type World } from '../../support/command.ts';

export const now = Date.parse('2026-01-01T01:00:00Z');

/** A resource as discovery has it: `apps/v1 deployments Deployment`. */
const kinds = [
  ['', 'v1', 'pods', 'Pod'],
  ['', 'v1', 'services', 'Service'],
  ['apps', 'v1', 'deployments', 'Deployment'],
  ['apps', 'v1', 'replicasets', 'ReplicaSet'],
  ['batch', 'v1', 'jobs', 'Job'],
  ['kubeflow.org', 'v1', 'notebooks', 'Notebook'],
  ['serving.kserve.io', 'v1beta1', 'inferenceservices', 'InferenceService'],
  ['networking.k8s.io', 'v1', 'ingresses', 'Ingress'],
  ['gateway.networking.k8s.io', 'v1', 'httproutes', 'HTTPRoute'],
  ['gateway.networking.k8s.io', 'v1', 'gateways', 'Gateway'],
  ['networking.istio.io', 'v1', 'virtualservices', 'VirtualService'],
  ['networking.istio.io', 'v1', 'gateways', 'Gateway'],
] as const;

const discovery = (core: boolean): Answer => {
  const groups = [...new Set(kinds.map(([name]) => name))].filter((name) => (name === '') === core);
  const items = groups.map((name) => {
    const own = kinds.filter(([of]) => of === name);
    const resources = own.map(([, , resource, kind]) => ({ resource, responseKind: { kind }, scope: 'Namespaced' }));
    return { metadata: { name }, versions: [{ version: own[0]![1], resources }] };
  });
  return { body: { kind: 'APIGroupDiscoveryList', items } };
};

export const listPath = (group: string, version: string, plural: string): string =>
  `${group ? `/apis/${group}` : '/api'}/${version}/namespaces/team-a/${plural}`;

export const list = (items: unknown[]): Answer => ({ body: { metadata: { resourceVersion: '1' }, items } });

export const forbidden = (what: string, verb = 'list'): Answer =>
  status(
    403,
    'Forbidden',
    `${what} is forbidden: User "tester" cannot ${verb} resource "${what}" in API group "" in the namespace "team-a"`,
  );

/** An empty project. */
const base: Record<string, Handler | Answer> = {
  '/api': discovery(true),
  '/apis': discovery(false),
  '/api/v1/namespaces/team-a': { body: { kind: 'Namespace', metadata: { name: 'team-a' } } },
  ...Object.fromEntries(kinds.map(([group, version, plural]) => [listPath(group, version, plural), list([])])),
  [listPath('discovery.k8s.io', 'v1', 'endpointslices')]: list([]),
};

export const object = (apiVersion: string, kind: string, name: string, more: Record<string, unknown> = {}) => {
  const { metadata = {}, ...rest } = more as { metadata?: object };
  const own = { name, namespace: 'team-a', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:50:00Z', ...metadata };
  return { apiVersion, kind, metadata: own, ...rest };
};

export const service = (name: string, more: Record<string, unknown> = {}, metadata: object = {}) =>
  object('v1', 'Service', name, {
    metadata,
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...more },
  });

export const deployment = (name: string, ready: number, total: number, metadata: object = {}) =>
  object('apps/v1', 'Deployment', name, {
    metadata,
    spec: {
      replicas: total,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } } },
    },
    status: { replicas: total, readyReplicas: ready, updatedReplicas: total, observedGeneration: 1 },
  });

/** Owned by that object, as its controller marks it. */
export const ownedBy = (owner: { apiVersion: string; kind: string; metadata: { name: string; uid: string } }) => ({
  ownerReferences: [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid,
      controller: true,
    },
  ],
});

const sleep: NonNullable<World['sleep']> = (_ms, signal) =>
  new Promise((resolve, reject) => {
    setTimeout(() => (signal?.aborted ? reject(signal.reason) : resolve()), 1);
  });

/** Runs `kubectl kf …` against a server with these routes; with a person who types what stdin has. */
export async function kf(
  words: string[],
  routes: Record<string, Handler | Answer> = {},
  { person = false, ...world }: World & { person?: boolean } = {},
): Promise<Result & { asked: ApiServer['asked'] }> {
  const server = await apiServer({ ...base, ...routes });
  try {
    const env = { KUBECONFIG: server.kubeconfig, ...world.env };
    const made = context({ now: () => now, sleep, ...world, env });
    if (person) Object.assign(made.context.stdin, { isTTY: true });
    const code = await answer(group, words, made.context);
    return { code, stdout: made.stdout(), stderr: made.stderr(), asked: server.asked };
  } finally {
    await server.close();
  }
}
