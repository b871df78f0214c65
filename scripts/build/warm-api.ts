import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { runnerLabel } from '../../shared/added/in-cluster-objects.ts';

export interface FakeApi {
  /** A file that names the server, and nobody's credentials. */
  kubeconfig: string;
  close(): Promise<void>;
}

/**
 * An API server with a TrainJob and a project's runner in it, on the loopback, for as long as code caches are made: enough for
 * the commands that read, and for verbs that people added, to go their usual way.
 */
export async function fakeApi(): Promise<FakeApi> {
  const dir = await mkdtemp(join(tmpdir(), 'kf-warm-'));
  const server = createServer(answer).on('upgrade', exec);
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
  spec: {
    runtimeRef: { name: 'warm' },
    trainer: { numNodes: 1, command: ['python', 'train.py'], args: ['--name', 'a b'] },
  },
  status: {
    jobsStatus: [{ name: 'node', ready: 0, succeeded: 1, failed: 0, active: 0, suspended: 0 }],
    conditions: [
      { type: 'Complete', status: 'True', reason: 'JobsCompleted', lastTransitionTime: '2026-01-01T01:05:00Z' },
    ],
  },
};
const runner = {
  metadata: { ...metadata, labels: { [runnerLabel]: 'base' } },
  spec: { containers: [{ name: 'main', image: 'warm' }] },
  status: { phase: 'Running' },
};
/** Its log is what a follower reads to the end. */
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...metadata,
    name: 'warm-node-0-0',
    labels: {
      'jobset.sigs.k8s.io/jobset-name': 'warm',
      'jobset.sigs.k8s.io/replicatedjob-name': 'node',
      'jobset.sigs.k8s.io/job-index': '0',
      'batch.kubernetes.io/job-name': 'warm-node-0',
      'batch.kubernetes.io/job-completion-index': '0',
    },
  },
  spec: { containers: [{ name: 'main', image: 'warm' }] },
  status: {
    phase: 'Succeeded',
    containerStatuses: [
      {
        name: 'main',
        ready: false,
        restartCount: 0,
        containerID: 'containerd://warm',
        state: {
          terminated: {
            containerID: 'containerd://warm',
            exitCode: 0,
            reason: 'Completed',
            startedAt: '2026-01-01T00:00:00Z',
            finishedAt: '2026-01-01T00:01:00Z',
          },
        },
      },
    ],
  },
};
const log = Array.from({ length: 50 }, (_, i) => `2026-01-01T00:00:00.${String(i).padStart(9, '0')}Z line ${i}\n`).join(
  '',
);
const columns = ['Name', 'State', 'Age'].map((name) => ({
  name,
  type: 'string',
  format: '',
  description: '',
  priority: 0,
}));

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://warm');
  const table = request.headers.accept?.includes('as=Table');
  request.resume();
  if (pathname.endsWith('/log')) return void response.end(log);
  response.setHeader('content-type', 'application/json');
  // Nothing changes here.
  if (searchParams.has('watch')) return void setTimeout(() => response.end(), 300);
  const runners = searchParams.get('labelSelector') === runnerLabel;
  const found = runners ? { items: [runner] } : body(pathname.split('/').filter(Boolean), table === true);
  if (found === undefined) response.statusCode = 404;
  const json = JSON.stringify(found ?? { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 });
  // A long answer comes in chunks.
  const first = json.includes('"items"') ? 100 : 0;
  if (first > 0) response.write(json.slice(0, first));
  response.end(json.slice(first));
}

/** A program in a container: it takes what it is given, and has nothing to say but that it is done. */
function exec(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const frame = (head: number, data: string) => Buffer.from([head, data.length, ...Buffer.from(data)]);
  socket.on('error', () => {});
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n` +
      'Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n',
  );
  socket.once('data', () => {
    socket.write(frame(0x82, '\u0001done\n'));
    socket.write(frame(0x82, '\u0003{"status":"Success"}'));
    socket.end(frame(0x88, ''));
  });
}

function body(path: string[], table: boolean): unknown {
  const [root, group = ''] = path;
  if (root === 'version') return { major: '1', minor: '33', gitVersion: 'v1.33.0' };
  if (path.length === 1 && root === 'api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path.length === 1) return { kind: 'APIGroupList', apiVersion: 'v1', groups: [trainer] };
  if (path.length === 2 || (root === 'apis' && path.length === 3)) {
    const resources =
      root === 'api' ? [resource('pods', 'Pod')] : group === trainer.name ? [resource('trainjobs', 'TrainJob')] : [];
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: path.slice(1).join('/'), resources };
  }
  // What is no namespace's own is a list, too.
  const [kind, name] = path.includes('namespaces') ? path.slice(path.indexOf('namespaces') + 2) : path.slice(-1);
  const items = kind === 'trainjobs' ? [job] : kind === 'pods' ? [pod] : [];
  const list = { metadata: { resourceVersion: '1' } };
  if (name !== undefined) return items.find((item) => item.metadata.name === name);
  if (table) {
    const rows = items.map((object) => ({ cells: ['warm', 'Complete', '1m'], object }));
    return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', ...list, columnDefinitions: columns, rows };
  }
  return { kind: 'List', apiVersion: 'v1', ...list, items };
}

const version = { groupVersion: 'trainer.kubeflow.org/v1alpha1', version: 'v1alpha1' };
const trainer = { name: 'trainer.kubeflow.org', versions: [version], preferredVersion: version };
const verbs = ['get', 'list', 'watch'];
const resource = (name: string, kind: string) => ({
  name,
  singularName: kind.toLowerCase(),
  namespaced: true,
  kind,
  verbs,
});
