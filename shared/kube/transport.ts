import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import * as http from 'node:http';
import type { AgentOptions } from 'node:https';
import * as https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { Interrupted } from '../cli/errors.ts';
import type { ClusterConfig } from './config.ts';
import type { Identity } from './credentials.ts';
import { timeoutError, type Where } from './errors.ts';
import { secureContext } from './tls.ts';

/** As Go's dialer and TLS handshake together, roughly. */
const connectTimeout = 30_000;
/** Kept connections are let go before any usual load balancer (60 s) or the API server (90 s) closes them under us. */
const idleTimeout = 30_000;
/** The first TCP probe on a silent connection; ten more a second apart, then it is given up. */
const keepAliveDelay = 15_000;

export interface Send {
  method: string;
  /** With query. */
  path: string;
  /** With `Upgrade`, an answer of 101 resolves too: its socket is the sender's from then on. */
  headers: OutgoingHttpHeaders;
  body: string | undefined;
  signal: AbortSignal;
  /** Milliseconds until the answer must have begun; 0: none. */
  timeoutMs: number;
}

/** Connections to one server, kept alive and shared. */
export interface Transport {
  send(send: Send, identity: Identity): Promise<IncomingMessage>;
  /** The same for an answer that comes in many small pieces: on a connection of its own. */
  trickle(send: Send, identity: Identity): Promise<IncomingMessage>;
  /** Begins a connection for the first request; false where that is not done. Its failure is the first request's to find. */
  connect(identity: Identity): Promise<boolean>;
  close(): void;
}

/** @param proxy where connections go through one */
export function makeTransport(cluster: ClusterConfig, where: Where, proxy: URL | undefined): Transport {
  const url = new URL(cluster.server);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const target: RequestOptions = { host, port: url.port || (secure ? 443 : 80) };
  let agent: Promise<Agent> | undefined;
  let pair: Identity['pair'];

  const makeAgent = async (): Promise<Agent> => {
    const made = await bareAgent();
    made.on('free', (socket) => socket.setTimeout(idleTimeout));
    return made;
  };
  const bareAgent = async (): Promise<Agent> => {
    const options: AgentOptions = { keepAlive: true, keepAliveMsecs: keepAliveDelay, timeout: 0, scheduling: 'lifo' };
    if (!secure) {
      if (proxy) return (await import('./proxy-agent.ts')).proxyAgent(proxy, secure, options);
      return new http.Agent(options);
    }
    options.secureContext = secureContext(cluster, pair, where.userName);
    options.rejectUnauthorized = !cluster.insecure;
    if (cluster.tlsServerName) options.servername = cluster.tlsServerName;
    // An address has no name to send: without this node:https would take one from the Host header.
    else if (isIP(host)) options.servername = '';
    if (proxy) return (await import('./proxy-agent.ts')).proxyAgent(proxy, secure, options);
    return new https.Agent(options);
  };

  const agentFor = (identity: Identity): Promise<Agent> => {
    if (agent && pair !== identity.pair) {
      // A renewed certificate: what is under way goes on, new requests use the new one.
      agent = undefined;
    }
    pair = identity.pair;
    agent ??= makeAgent();
    return agent;
  };

  return {
    async connect(identity) {
      if (!secure || proxy) return false;
      connectAhead((await agentFor(identity)) as https.Agent, target);
      return true;
    },
    async send(send, identity) {
      const { request } = secure ? https : http;
      const options = {
        ...target,
        agent: await agentFor(identity),
        method: send.method,
        path: send.path,
        headers: send.headers,
      };
      return exchange((done) => request(options, done), send, where);
    },
    async trickle(send, identity) {
      // A proxy's connection is a stream over a stream, which brings its pieces in its own way.
      if (proxy) return this.send(send, identity);
      const [{ options }, { trickle }] = await Promise.all([
        agentFor(identity) as Promise<https.Agent>,
        import('./trickle.ts'),
      ]);
      const { secureContext, rejectUnauthorized, servername = host } = options;
      const tls = secure ? { secureContext, rejectUnauthorized, servername } : undefined;
      return trickle({ host, port: Number(target.port), authority: url.host, tls }, send, where);
    },
    close() {
      agent?.then(
        (it) => it.destroy(),
        () => {},
      );
    },
  };
}

/** Connections that were begun ahead and are there. */
const ahead = new WeakSet<object>();

/** Begins a connection that the agent's first request takes, if it is still good then. */
function connectAhead(agent: https.Agent, target: RequestOptions): void {
  const { createConnection } = agent;
  const options = { ...agent.options, ...target, keepAlive: true, keepAliveInitialDelay: keepAliveDelay };
  const socket = createConnection.call(agent, options) as Socket;
  // Whoever takes it hears of an error; one before that makes the request open its own.
  socket.on('error', () => {});
  socket.once('secureConnect', () => ahead.add(socket));
  agent.createConnection = (...args: Parameters<typeof createConnection>) => {
    agent.createConnection = createConnection;
    return socket.destroyed ? createConnection.apply(agent, args) : socket;
  };
}

/** Sends one request and resolves with the head of its answer; whatever ends it early is a rejection. */
function exchange(
  start: (done: (response: IncomingMessage) => void) => ClientRequest,
  { signal, timeoutMs, body, headers }: Send,
  where: Where,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Interrupted());
    const upgrades = headers.Upgrade !== undefined;
    const request = start((response) => {
      settle();
      const stop = () => response.destroy(new Interrupted());
      signal.addEventListener('abort', stop, { once: true });
      response.once('close', () => signal.removeEventListener('abort', stop));
      resolve(response);
    });
    // Another protocol takes the connection over (101): bytes that came along with the answer are its own.
    if (upgrades)
      request.once('upgrade', (response, socket, head) => {
        settle();
        if (head.length > 0) socket.unshift(head);
        resolve(response);
      });
    const abort = () => request.destroy(new Interrupted());
    const timer =
      timeoutMs > 0 ? setTimeout(() => request.destroy(timeoutError(timeoutMs, where)), timeoutMs) : undefined;
    // From the very start: a proxy's tunnel is part of the connection.
    const late = () => request.destroy(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' }));
    const connecting = setTimeout(late, connectTimeout);
    const settle = () => {
      clearTimeout(timer);
      clearTimeout(connecting);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
    request.once('socket', (socket) => {
      const connected = () => clearTimeout(connecting);
      if (request.reusedSocket || ahead.has(socket)) connected();
      else if ('encrypted' in socket) socket.once('secureConnect', connected);
      else if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    request.once('error', (error) => {
      settle();
      reject(signal.aborted ? new Interrupted() : error);
    });
    request.end(body);
  });
}
