import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeApi {
  /** A file that names the server, and nobody's credentials. */
  kubeconfig: string;
  close(): Promise<void>;
}

/**
 * An API server with a TrainJob in it, on the loopback, for as long as code caches are made: enough for the commands that
 * read to go their usual way.
 */
export async function fakeApi(): Promise<FakeApi> {
  const dir = await mkdtemp(join(tmpdir(), 'kf-warm-'));
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(dir, 'config');
  await writeFile(
    kubeconfig,
    `apiVersion: v1
kind: Config
clusters: [{name: warm, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: warm, user: {token: none}}]
contexts: [{name: warm, context: {cluster: warm, user: warm, namespace: warm}}]
current-context: warm
`,
  );
  return {
    kubeconfig,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const metadata = { name: 'warm', namespace: 'warm', uid: 'warm', creationTimestamp: '2026-01-01T00:00:00Z' };
const job = {
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata,
  spec: { runtimeRef: { name: 'warm' }, trainer: { numNodes: 1 } },
  status: {
    conditions: [
      { type: 'Complete', status: 'True', reason: 'JobsCompleted', lastTransitionTime: '2026-01-01T00:01:00Z' },
    ],
  },
};
const columns = ['Name', 'State', 'Age'].map((name) => ({
  name,
  type: 'string',
  format: '',
  description: '',
  priority: 0,
}));

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://warm');
  const table = request.headers.accept?.includes('as=Table');
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body(pathname.split('/').filter(Boolean), table === true)));
}

function body(path: string[], table: boolean): unknown {
  if (path[0] === 'version') return { major: '1', minor: '33', gitVersion: 'v1.33.0' };
  const resource = path[path.indexOf('namespaces') + 2] ?? path.at(-1);
  if (path.length <= 1) return { kind: 'APIGroupList', apiVersion: 'v1', groups: [] };
  if (path.length === 2 || (path[0] === 'apis' && path.length === 3)) {
    const plural = {
      name: 'trainjobs',
      singularName: 'trainjob',
      namespaced: true,
      kind: 'TrainJob',
      verbs: ['get', 'list', 'watch'],
    };
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: path.slice(1).join('/'), resources: [plural] };
  }
  const items = resource === 'trainjobs' ? [job] : [];
  const list = { metadata: { resourceVersion: '1' } };
  if (table) {
    const rows = items.map((object) => ({ cells: ['warm', 'Complete', '1m'], object }));
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', ...list, columnDefinitions: columns, rows };
  }
  return path.at(-1) === 'warm' && resource === 'trainjobs' ? job : { kind: 'List', apiVersion: 'v1', ...list, items };
}
