import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import * as http from 'node:http';
import type { AgentOptions } from 'node:https';
import * as https from 'node:https';
import { Interrupted } from '../cli/errors.ts';
import { timeoutError, type Where } from './errors.ts';
import type { Send } from './transport.ts';
import { connectTimeout, idleTimeout, keepAliveDelay, type Target } from './wire.ts';

/** @param proxy where connections go through one */
export async function makeAgent({ tls }: Target, proxy: URL | undefined): Promise<Agent> {
  const options: AgentOptions = {
    keepAlive: true,
    keepAliveMsecs: keepAliveDelay,
    timeout: 0,
    scheduling: 'lifo',
    ...tls,
  };
  const plain = () => (tls ? new https.Agent(options) : new http.Agent(options));
  const made = proxy ? await (await import('./proxy-agent.ts')).proxyAgent(proxy, tls !== undefined, options) : plain();
  made.on('free', (socket) => socket.setTimeout(idleTimeout));
  return made;
}

/** Sends one request over a kept connection and resolves with the head of its answer; whatever ends it early is a rejection. */
export function exchange(
  agent: Agent,
  { host, port, tls }: Target,
  { method, path, headers, signal, timeoutMs, body }: Send,
  where: Where,
): Promise<IncomingMessage> {
  const start = (done: (response: IncomingMessage) => void): ClientRequest =>
    (tls ? https : http).request({ host, port, agent, method, path, headers }, done);
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
      if (request.reusedSocket) connected();
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
