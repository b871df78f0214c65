/** A project's bindings and Istio's policies in memory, behind the API that kf asks: for what is to happen between two requests. */
import { type Answer, type ApiServer, type Asked, apiServer, status } from './api-server.ts';

export interface Stored {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    annotations?: Record<string, string>;
  };
  [field: string]: unknown;
}

export interface MembersServer extends ApiServer {
  bindings: Map<string, Stored>;
  policies: Map<string, Stored>;
  /** From the next on, so many writes are taken; then everything is refused, as after a kill. */
  cutAfter(writes: number): void;
  /** Waited for before each request is answered. */
  before: (asked: Asked) => Promise<void>;
}

const ns = 'team-a';
const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}/rolebindings`;
const istio = `/apis/security.istio.io/v1/namespaces/${ns}/authorizationpolicies`;

export const record = (user: string, role: string, name = `user-${user}-clusterrole-${role}`): Stored => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name, namespace: ns, annotations: { user, role } },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `kubeflow-${role}` },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
});

/** @param me who the caller is */
export async function membersServer({ withIstio = true, me = 'ann' } = {}): Promise<MembersServer> {
  let version = 1;
  let left = Number.POSITIVE_INFINITY;
  const stored: Record<string, Map<string, Stored>> = {
    [rbac]: new Map<string, Stored>(),
    [istio]: new Map<string, Stored>(),
  };
  const group = (name: string, v: string, resource: string, kind: string) => ({
    metadata: { name },
    versions: [{ version: v, resources: [{ resource, responseKind: { kind }, scope: 'Namespaced', verbs: ['list'] }] }],
  });
  const served = [
    group('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding'),
    ...(withIstio ? [group('security.istio.io', 'v1', 'authorizationpolicies', 'AuthorizationPolicy')] : []),
  ];
  const server = await apiServer(
    new Proxy({} as Record<string, (asked: Asked) => Promise<Answer>>, {
      get: (_, route) => (String(route).startsWith('/') ? undefined : answer),
    }),
  );
  const made: MembersServer = Object.assign(server, {
    bindings: stored[rbac]!,
    policies: stored[istio]!,
    cutAfter(writes: number) {
      left = writes;
    },
    before: async () => {},
  });
  return made;

  async function answer(asked: Asked): Promise<Answer> {
    await made.before(asked);
    const { method, path, url } = asked;
    if (path.endsWith('/selfsubjectreviews')) return { body: { status: { userInfo: { username: me } } } };
    const dry = url.includes('dryRun=All') || asked.body.includes('"dryRun":["All"]');
    if (method !== 'GET' && !dry && left-- <= 0) return status(400, 'BadRequest', 'cut');
    if (path === '/api' || path === '/apis') {
      return { body: { kind: 'APIGroupDiscoveryList', items: path === '/apis' ? served : [] } };
    }
    if (path === `/api/v1/namespaces/${ns}`) return { body: { kind: 'Namespace', metadata: { name: ns } } };
    const root = [rbac, istio].find((each) => path === each || path.startsWith(`${each}/`));
    if (!root) return status(404, 'NotFound', 'no such path');
    const kind = stored[root]!;
    return path === root
      ? list(kind, asked, dry)
      : one(kind, asked, decodeURIComponent(path.slice(root.length + 1)), dry);
  }

  function list(kind: Map<string, Stored>, { method, body }: Asked, dry: boolean): Answer {
    if (method === 'GET') return { body: { kind: 'List', metadata: {}, items: [...kind.values()] } };
    const object = JSON.parse(body) as Stored;
    const { name } = object.metadata;
    if (kind.has(name)) return status(409, 'AlreadyExists', `"${name}" already exists`, { name });
    if (!dry) put(kind, object);
    return { status: 201, body: object };
  }

  function one(kind: Map<string, Stored>, { method, body }: Asked, name: string, dry: boolean): Answer {
    const there = kind.get(name);
    if (!there) return status(404, 'NotFound', `"${name}" not found`, { name });
    if (method === 'GET') return { body: there };
    const sent = JSON.parse(body || '{}');
    const { uid, resourceVersion } = method === 'PATCH' ? sent.metadata : (sent.preconditions ?? {});
    if ((uid && uid !== there.metadata.uid) || (resourceVersion && resourceVersion !== there.metadata.resourceVersion))
      return status(409, 'Conflict', `"${name}" has changed`);
    if (method === 'DELETE' && !dry) kind.delete(name);
    if (method === 'PATCH') {
      const annotations = { ...there.metadata.annotations, ...sent.metadata.annotations };
      put(kind, { ...there, metadata: { ...there.metadata, annotations } });
    }
    return { body: there };
  }

  function put(kind: Map<string, Stored>, object: Stored): void {
    const { uid = `uid-${version}` } = object.metadata;
    kind.set(object.metadata.name, {
      ...object,
      metadata: { ...object.metadata, uid, resourceVersion: String(version++) },
    });
  }
}

/** Puts bindings into a server as if they had been there. */
export function put(server: MembersServer, ...objects: Stored[]): void {
  for (const [i, object] of objects.entries()) {
    const metadata = { ...object.metadata, uid: `${object.metadata.name}-${i}`, resourceVersion: `0${i}` };
    (object.kind === 'RoleBinding' ? server.bindings : server.policies).set(metadata.name, { ...object, metadata });
  }
}
