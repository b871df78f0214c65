/** A server on the loopback that answers as a test wants, over real HTTP: for what a real cluster will not do on demand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Asked {
  method: string;
  /** With the query. */
  url: string;
  /** Without it. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | 'by itself';

/** Answers one request; 'by itself' where it wrote to the response. */
export type Handler = (asked: Asked, response: ServerResponse) => Answer | Promise<Answer>;

export interface ApiServer {
  url: string;
  /** A kubeconfig with one context `test`, user `tester`, namespace `team-a`. */
  kubeconfig: string;
  asked: Asked[];
  close(): Promise<void>;
}

/** A meta/v1 Status, as the API server sends for what it refuses. */
export const status = (code: number, reason: string, message: string, details: object = {}): Answer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details },
});

/**
 * @param routes handlers by `METHOD /path` (without the query) or, for all methods, `/path`; what fits none gets a 404
 */
export async function apiServer(routes: Record<string, Handler | Answer>): Promise<ApiServer> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = 'GET', url = '/', headers } = request;
    const path = url.split('?')[0]!;
    const one = { method, url, path, headers, body };
    asked.push(one);
    const route = routes[`${method} ${path}`] ?? routes[path];
    const missing = status(404, 'NotFound', 'the server could not find the requested resource');
    const answer = typeof route === 'function' ? await route(one, response) : (route ?? missing);
    if (answer === 'by itself') return;
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dir = mkdtempSync(join(tmpdir(), 'kf-api-'));
  const kubeconfig = join(dir, 'config');
  writeFileSync(kubeconfig, kubeconfigFor(url), { mode: 0o600 });
  return {
    url,
    kubeconfig,
    asked,
    close: () =>
      new Promise((resolve) => {
        rmSync(dir, { recursive: true, force: true });
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const kubeconfigFor = (server: string) => `# written by a test
apiVersion: v1
kind: Config
current-context: test
contexts:
- name: test # the only one
  context: {cluster: local, user: tester, namespace: team-a}
clusters:
- name: local
  cluster: {server: "${server}"}
users:
- name: tester
  user: {token: secret}
`;
