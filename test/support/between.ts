/** Stands between a command and the real API server, on the loopback: delays, drops or rewrites what a test wants. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { folder } from './suite.ts';

export interface Passing {
  method: string;
  /** With the query. */
  url: string;
  /** How many of this method and path came before it. */
  nth: number;
}

export interface Hooks {
  /** Before it goes on: may wait; 'drop' cuts the connection, an answer is given in the server's place. */
  before?(request: Passing): Promise<'drop' | { status: number; body: unknown } | undefined> | 'drop' | undefined;
  /** When the server has answered, before the caller hears: 'drop' loses the answer. */
  after?(request: Passing, status: number): Promise<'drop' | undefined> | 'drop' | undefined;
}

export interface Between {
  /** For commands: the same person, this server. */
  kubeconfig: string;
  /** All that came, in order. */
  passed: Passing[];
  close(): Promise<void>;
}

/** @param kubeconfig the person's, with certificates in it or beside it */
export async function between(kubeconfig: string, hooks: Hooks): Promise<Between> {
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const pem = (data?: string, file?: string) =>
    data ? Buffer.from(data, 'base64') : file ? readFileSync(file) : undefined;
  const tls = {
    ca: pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: pem(user['client-certificate-data'], user['client-certificate']),
    key: pem(user['client-key-data'], user['client-key']),
  };
  const passed: Passing[] = [];
  const server = createServer(async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = 'GET', url = '/' } = incoming;
    const path = url.split('?')[0];
    const nth = passed.filter((p) => p.method === method && p.url.split('?')[0] === path).length;
    const passing: Passing = { method, url, nth };
    passed.push(passing);
    const verdict = await hooks.before?.(passing);
    if (verdict === 'drop') return void incoming.socket.destroy();
    if (verdict) {
      response.writeHead(verdict.status, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify(verdict.body));
    }
    const { host: _, ...headers } = incoming.headers;
    const onward = httpsRequest(new URL(url, cluster.server), { method, headers, ...tls }, async (answer) => {
      if ((await hooks.after?.(passing, answer.statusCode ?? 0)) === 'drop') {
        answer.resume();
        return void incoming.socket.destroy();
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => incoming.socket.destroy());
    incoming.socket.on('close', () => onward.destroy());
    onward.end(Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(folder(), 'config');
  writeFileSync(
    file,
    JSON.stringify({
      ...config,
      clusters: [{ ...config.clusters[0], cluster: { server: own } }],
      users: [{ ...config.users[0], user: { token: 'unused' } }],
    }),
  );
  return {
    kubeconfig: file,
    passed,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
