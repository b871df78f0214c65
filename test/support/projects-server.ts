/** Projects in memory behind the API that kf asks, with what Kubernetes and Kubeflow's controller make of them. */
import { type Answer, type ApiServer, type Asked, apiServer, status } from './api-server.ts';

export interface Thing {
  apiVersion?: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
    deletionTimestamp?: string;
    finalizers?: string[];
  };
  [field: string]: unknown;
}

export interface ProjectsOptions {
  /** The cluster has Kubeflow's Profiles, and their controller. */
  profiles?: boolean;
  me?: string;
  groups?: string[];
  /** `METHOD /path` that is refused: 403 in Kubernetes' words. */
  deny?: RegExp;
  /** What deletes only marks: finalizers hold it. */
  held?: boolean;
  /** What the caller may do in a project. */
  rules?: (project: string) => { verbs: string[]; apiGroups: string[]; resources: string[] }[];
  /** What the caller may do everywhere. */
  everything?: boolean;
  /** Called before each answer. */
  before?: (asked: Asked) => Promise<void> | void;
}

export interface ProjectsServer extends ApiServer {
  /** By path. */
  things: Map<string, Thing>;
  /** `POST /api/v1/namespaces`, one for each request that changes what is stored. */
  writes(): string[];
}

const core = '/api/v1';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const profilesRoot = '/apis/kubeflow.org/v1/profiles';

export const space = (name: string, annotations: Record<string, string> = {}): Thing => ({
  ...{ apiVersion: 'v1', kind: 'Namespace' },
  metadata: { name, annotations },
});

/** Binds a user to a Kubernetes role; the owner's binding unless it is called otherwise. */
export const bound = (namespace: string, user: string, role = 'admin', name = 'namespaceAdmin'): Thing => ({
  ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name, namespace } },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
});

export const profile = (name: string, owner: string): Thing => ({
  ...{ apiVersion: 'kubeflow.org/v1', kind: 'Profile', metadata: { name } },
  spec: { owner: { kind: 'User', name: owner } },
});

const pathOf = ({ kind, metadata: { name, namespace } }: Thing): string => {
  if (kind === 'Profile') return `${profilesRoot}/${name}`;
  const root = /^(Role|ClusterRole)/.test(kind) ? rbac : core;
  return `${root}${namespace ? `/namespaces/${namespace}` : ''}/${kind.toLowerCase()}s/${name}`;
};

export async function projectsServer(there: Thing[] = [], options: ProjectsOptions = {}): Promise<ProjectsServer> {
  const { profiles = false, me = 'ann', groups = [], deny, held = false, everything = false } = options;
  const things = new Map<string, Thing>();
  for (const each of there) store(each);
  const server = await apiServer(
    new Proxy({} as Record<string, (asked: Asked) => Promise<Answer>>, {
      get: (_, route) => (String(route).startsWith('/') ? undefined : answer),
    }),
  );
  const writes = () =>
    server.asked
      .filter(({ method, path, body, url }) => method !== 'GET' && !/reviews$/.test(path) && !dry(url, body))
      .map(({ method, path }) => `${method} ${path}`);
  return Object.assign(server, { things, writes });

  function store(object: Thing, at = pathOf(object)): Thing {
    const stored = { ...object, metadata: { uid: `u-${things.size + 1}`, ...object.metadata } };
    things.set(at, stored);
    return stored;
  }

  async function answer(asked: Asked): Promise<Answer> {
    await options.before?.(asked);
    const { method, path, url, body } = asked;
    const review = reviewOf(path, body);
    if (review) return { status: 201, body: { status: review } };
    if (path === '/api' || path === '/apis') return { body: { items: path === '/apis' ? served() : [] } };
    if (deny?.test(`${method} ${path}`)) return refusal(asked);
    if (method === 'POST') return made(JSON.parse(body) as Thing, dry(url, body), path);
    const one = things.get(decodeURIComponent(path));
    if (one && method === 'GET') return { body: one };
    if (one && method === 'PATCH')
      return { body: dry(url, body) ? one : store(merged(one, JSON.parse(body)) as Thing) };
    if (one) return gone(one, dry(url, body));
    const { plural, name } = named(path);
    if (plural === 'profiles' && !profiles)
      return status(404, 'NotFound', 'the server could not find the requested resource');
    if (name !== undefined) {
      const what = decodeURIComponent(name);
      return status(404, 'NotFound', `${plural} "${what}" not found`, { name: what, kind: plural });
    }
    return { body: { kind: 'List', metadata: {}, items: listed(path, plural) } };
  }

  function listed(path: string, plural: string): Thing[] {
    const all = path === `${rbac}/${plural}`;
    return [...things]
      .filter(([at]) => {
        const folder = at.slice(0, at.lastIndexOf('/'));
        return folder === path || (all && folder.endsWith(`/${plural}`));
      })
      .map(([, thing]) => thing);
  }

  function reviewOf(path: string, body: string): object | undefined {
    if (path.endsWith('/selfsubjectreviews')) return { userInfo: { username: me, groups } };
    if (path.endsWith('/selfsubjectaccessreviews')) return { allowed: everything };
    if (!path.endsWith('/selfsubjectrulesreviews')) return undefined;
    const { namespace } = (JSON.parse(body) as { spec: { namespace: string } }).spec;
    const resourceRules = options.rules?.(namespace) ?? [];
    return { resourceRules, nonResourceRules: [], incomplete: false };
  }

  function served(): object[] {
    const group = (name: string, resource: string, kind: string, scope: string) => ({
      metadata: { name },
      versions: [{ version: 'v1', resources: [{ resource, responseKind: { kind }, scope, verbs: ['list'] }] }],
    });
    return [
      group('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding', 'Namespaced'),
      ...(profiles ? [group('kubeflow.org', 'profiles', 'Profile', 'Cluster')] : []),
    ];
  }

  function refusal({ method, path }: Asked): Answer {
    const verb = { GET: 'get', POST: 'create', PATCH: 'patch', DELETE: 'delete' }[method]!;
    const [, , group] = /^\/(api|apis\/([^/]+))\//.exec(path)!;
    const namespace = /\/namespaces\/([^/]+)\/./.exec(path)?.[1];
    const { plural, name } = named(path);
    const what = `${plural}${group ? `.${group}` : ''}${name ? ` "${name}"` : ''}`;
    const scope = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
    const says = `User "${me}" cannot ${verb} resource "${plural}" in API group "${group ?? ''}" ${scope}`;
    return status(403, 'Forbidden', `${what} is forbidden: ${says}`, { kind: plural });
  }

  function made(object: Thing, only: boolean, path: string): Answer {
    const at = `${path}/${object.metadata.name}`;
    const { name } = object.metadata;
    if (things.has(at)) return status(409, 'AlreadyExists', `"${name}" already exists`, { name });
    if (only) return { status: 201, body: object };
    const stored = store(object, at);
    const account = (of: string): Thing => ({ kind: 'ServiceAccount', metadata: { name: of, namespace: name } });
    if (object.kind === 'Namespace') store(account('default'));
    if (object.kind === 'Profile') {
      const owner = (object.spec as { owner: { name: string } }).owner.name;
      const all = [
        space(name, { owner }),
        bound(name, owner, 'kubeflow-admin'),
        account('default'),
        account('default-editor'),
      ];
      for (const each of all) store(each);
    }
    return { status: 201, body: stored };
  }

  function gone(object: Thing, only: boolean): Answer {
    const { name } = object.metadata;
    if (only) return { body: object };
    for (const [at, thing] of things) {
      if (!`${at}/`.includes(`/namespaces/${name}/`) && at !== `${profilesRoot}/${name}`) continue;
      if (held) thing.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
      else things.delete(at);
    }
    return { body: { kind: 'Status', status: 'Success' } };
  }
}

/** The kind at the end of a path, and the object where it names one. */
function named(path: string): { plural: string; name: string | undefined } {
  const [, plural = '', name] =
    /\/([a-z]+)(?:\/([^/]+))?$/.exec(path.replace(/^.*\/namespaces\/[^/]+(?=\/)/, '')) ?? [];
  return { plural, name };
}

const dry = (url: string, body: string) => url.includes('dryRun=All') || body.includes('"dryRun":["All"]');

/** RFC 7396. */
function merged(to: unknown, from: unknown): unknown {
  if (typeof from !== 'object' || from === null || Array.isArray(from)) return from;
  const into: Record<string, unknown> = { ...(typeof to === 'object' ? to : {}) };
  for (const [key, value] of Object.entries(from)) {
    if (value === null) delete into[key];
    else into[key] = merged(into[key], value);
  }
  return into;
}
