/** A registry in memory behind the API server's paths: what the real one does with subcommands, as far as clients see it. */
import type { Subcommand } from '../../shared/registry/entry.ts';
import { type Answer, type ApiServer, type Asked, apiServer, type Handler, status } from './api-server.ts';

export interface RegistryServer extends ApiServer {
  /** By `namespace/name`. */
  objects: Map<string, Subcommand>;
}

export interface RegistryOptions {
  /** False: the cluster has no CRD. */
  served?: boolean;
  /** False: nothing may be created. */
  may?: boolean;
  /** Answers in place of the registry; undefined leaves it to that. */
  before?: (asked: Asked, objects: Map<string, Subcommand>) => Answer | undefined;
}

const root = '/apis/kf.kubeflow.org/v1alpha1';

export async function writableRegistry({
  served = true,
  may = true,
  before,
}: RegistryOptions = {}): Promise<RegistryServer> {
  const objects = new Map<string, Subcommand>();
  let revision = 0;
  const answer: Handler = (asked) => {
    const first = before?.(asked, objects);
    if (first) return first;
    const { method, path, body, url } = asked;
    const dry = url.includes('dryRun=All');
    if (path.endsWith('/selfsubjectreviews')) return { body: { status: { userInfo: { username: 'tester' } } } };
    if (path.endsWith('/selfsubjectaccessreviews')) return { body: { status: { allowed: may } } };
    const gone = status(404, 'NotFound', 'the server could not find the requested resource');
    if (!served || !path.startsWith(root)) return gone;
    if (path === root) return { body: { kind: 'APIResourceList', resources: [] } };
    const [, namespace, name] = /\/namespaces\/([^/]+)\/subcommands(?:\/([^/]+))?$/.exec(path) ?? [];
    if (namespace === undefined) return gone;
    if (method === 'POST') {
      const object = JSON.parse(body) as Subcommand;
      const key = `${namespace}/${object.metadata.name}`;
      if (!may) {
        const message = `subcommands.kf.kubeflow.org is forbidden: User "tester" cannot create resource "subcommands" in API group "kf.kubeflow.org" in the namespace "${namespace}"`;
        return status(403, 'Forbidden', message);
      }
      if (objects.has(key)) {
        const message = `subcommands.kf.kubeflow.org "${object.metadata.name}" already exists`;
        return status(409, 'AlreadyExists', message, { name: object.metadata.name });
      }
      const made = stamped(object, ++revision);
      if (!dry) objects.set(key, made);
      return { status: 201, body: made };
    }
    const key = `${namespace}/${name}`;
    const there = objects.get(key);
    if (!there) return status(404, 'NotFound', `subcommands.kf.kubeflow.org "${name}" not found`, { name });
    if (method === 'GET') return { body: there };
    if (method !== 'PUT') return status(405, 'MethodNotAllowed', method);
    const object = JSON.parse(body) as Subcommand;
    if (object.metadata.resourceVersion !== there.metadata.resourceVersion) {
      return status(409, 'Conflict', 'the object has been modified', { name });
    }
    const made = stamped(object, ++revision);
    if (!dry) objects.set(key, made);
    return { body: made };
  };
  const routes = new Proxy({} as Record<string, Handler>, { get: () => answer });
  return Object.assign(await apiServer(routes), { objects });
}

const stamped = (object: Subcommand, revision: number): Subcommand => ({
  ...object,
  metadata: {
    creationTimestamp: '2026-01-01T00:00:00Z',
    uid: 'u-1',
    ...object.metadata,
    resourceVersion: String(revision),
  },
});
