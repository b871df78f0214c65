import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import type { Context } from '../../../shared/cli/context.ts';
import { Interrupted, KfError } from '../../../shared/cli/errors.ts';
import type { Kube, KubeFlags } from '../../../shared/kube/kube.ts';
import { openKube } from '../../../shared/kube/open.ts';
import { realExec } from '../../../shared/process/exec.ts';

/** A folder for one test file: certificates, kubeconfigs, plugins. */
export const folder = mkdtempSync(join(tmpdir(), 'kf-kube-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

export const at = (name: string): string => join(folder, name);
export const pemOf = (name: string): string => readFileSync(at(name), 'utf8');
export const base64 = (name: string): string => readFileSync(at(name)).toString('base64');

const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

/** A certificate authority `<name>.crt`, `<name>.key`. */
export function makeAuthority(name: string): void {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.crt`); // biome-ignore format: one command a line
}

/** A certificate `<name>.crt` with its key, signed by the authority. */
export function makeCertificate(name: string, authority: string, subject: string, san = '', days = 2): void {
  writeFileSync(at(`${name}.ext`), san ? `subjectAltName=${san}\n` : 'basicConstraints=CA:FALSE\n');
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    subject,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${authority}.crt`,
    '-CAkey',
    `${authority}.key`,
    '-CAcreateserial',
    '-days',
    String(days),
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.crt`,
  );
}

let made = false;
/** `ca`, and `server` for 127.0.0.1, localhost and kube.test. */
export function usualCertificates(): void {
  if (made) return;
  makeAuthority('ca');
  makeCertificate('server', 'ca', '/CN=server', 'IP:127.0.0.1,DNS:localhost,DNS:kube.test');
  made = true;
}

const open = new Set<Server>();

/** A TLS server on the loopback; `connections` counts what was dialled. */
export async function serve(listener: RequestListener, options: ServerOptions = {}): Promise<Served> {
  usualCertificates();
  const server = createHttps({ cert: pemOf('server.crt'), key: pemOf('server.key'), ...options }, listener);
  return listening(server, 'https', 'secureConnection');
}

export const servePlain = (listener: RequestListener): Promise<Served> =>
  listening(createHttp(listener), 'http', 'connection');

export interface Served {
  server: Server;
  url: string;
  port: number;
  connections(): number;
  close(): void;
}

async function listening(server: Server, scheme: string, event: string, port = 0): Promise<Served> {
  let connections = 0;
  server.on(event, () => connections++);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  open.add(server);
  const bound = (server.address() as AddressInfo).port;
  const close = () => {
    server.close();
    server.closeAllConnections();
    open.delete(server);
  };
  return { server, port: bound, url: `${scheme}://127.0.0.1:${bound}`, connections: () => connections, close };
}

/** To be called after each test file. */
export function closeServers(): void {
  for (const server of open) {
    server.close();
    server.closeAllConnections();
  }
  open.clear();
}

export const reply = (
  response: Parameters<RequestListener>[1],
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

export async function bodyText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export interface Made extends Context {
  /** What went to stderr so far. */
  errors(): string;
  abort(): void;
}

/** A context of its own: no variable of the machine's, except PATH. */
export function makeContext(env: Record<string, string> = {}, over: Partial<Context> = {}): Made {
  const stop = new AbortController();
  let errors = '';
  const stderr = new PassThrough();
  stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const context: Context & Pick<Made, 'errors' | 'abort'> = {
    stdin: new PassThrough() as Readable,
    stdout: new PassThrough(),
    stderr,
    env: { PATH: process.env.PATH, KUBECACHEDIR: at('cache'), ...env },
    colorDepth: 1,
    cwd: folder,
    home: at('home'),
    platform: process.platform,
    self: '',
    now: Date.now,
    signal: stop.signal,
    sleep: (ms: number, signal: AbortSignal = stop.signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal.aborted) return reject(new Interrupted());
        const timer = setTimeout(resolve, ms);
        signal.addEventListener(
          'abort',
          () => {
            clearTimeout(timer);
            reject(new Interrupted());
          },
          { once: true },
        );
      }),
    kube: (flags: KubeFlags) => openKube(flags, context),
    keyboard: async () => ({ raw: () => () => {} }),
    exec: realExec,
    pass: async () => 0,
    handOver: async () => 0,
    errors: () => errors,
    abort: () => stop.abort(),
    ...over,
  };
  return context;
}

/** A kubeconfig with one context, as kubectl writes them (JSON is YAML). */
export function kubeconfig(cluster: object, user: object = {}, context: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'c', user: 'alice', ...context } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'alice', user }],
  });
}

let count = 0;
/** Opens a cluster at the server with that user entry; the server's authority is `ca`. */
export async function connect(
  server: string,
  {
    user = {},
    cluster = {},
    flags = {},
    context = makeContext(),
  }: { user?: object; cluster?: object; flags?: KubeFlags; context?: Made } = {},
): Promise<Kube> {
  const file = at(`config-${count++}`);
  const ca = server.startsWith('https:') ? { 'certificate-authority': 'ca.crt' } : {};
  writeFileSync(file, kubeconfig({ server, ...ca, ...cluster }, user));
  return openKube({ kubeconfig: file, ...flags }, context);
}

/** The error that it ends with; fails where there is none or it is not ours. */
export async function failure(work: Promise<unknown> | (() => Promise<unknown>)): Promise<KfError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof KfError) return error;
    throw error;
  }
  throw new Error('it should have failed');
}
