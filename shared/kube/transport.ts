import type { Agent, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClusterConfig } from './config.ts';
import type { Identity } from './credentials.ts';
import type { Where } from './errors.ts';
import { secureContext } from './tls.ts';
import { dial, idleTimeout, type Target, type Wire } from './wire.ts';

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

/** The head of an answer, and its body to be read once: what is wanted of node:http's, so that others can be it. */
export interface Reply
  extends AsyncIterable<Buffer>,
    Pick<IncomingMessage, 'statusCode' | 'statusMessage' | 'headers' | 'complete'> {
  /** Of an answer that takes the connection over. */
  readonly socket?: Duplex;
  destroy(error?: Error): void;
}

/** Connections to one server, kept alive and shared. */
export interface Transport {
  send(send: Send, identity: Identity): Promise<Reply>;
  /** The same for an answer that comes in many small pieces: on a connection of its own, in buffers that are used again. */
  trickle(send: Send, identity: Identity): Promise<Reply>;
  /**
   * Begins a connection for the first request, and those that follow it one after another; false where that is not done. Its
   * failure is the first request's to find.
   */
  connect(identity: Identity): boolean;
  close(): void;
}

/** What belongs to one client certificate. */
interface Bound {
  pair: Identity['pair'];
  target: Target;
  agent?: Promise<Agent>;
  /** Connections that stay HTTP. */
  open: Set<Wire>;
  /** Those of them that are free. */
  idle: { wire: Wire; since: number }[];
}

/** As many connections are kept for the next requests; each takes 100 KiB. */
const mostIdle = 8;

/** @param proxy where connections go through one */
export function makeTransport(cluster: ClusterConfig, where: Where, proxy: URL | undefined): Transport {
  const url = new URL(cluster.server);
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (secure ? 443 : 80));
  let bound: Bound | undefined;

  const boundTo = ({ pair }: Identity): Bound => {
    // A renewed certificate: what is under way goes on, new requests use the new one.
    if (!bound || bound.pair !== pair) {
      const tls = secure
        ? {
            secureContext: secureContext(cluster, pair, where.userName),
            rejectUnauthorized: !cluster.insecure,
            // An address has no name to send: without this node:https would take one from the Host header.
            servername: cluster.tlsServerName ?? (isIP(host) ? '' : host),
          }
        : undefined;
      bound = { pair, target: { host, port, authority: url.host, tls }, open: new Set(), idle: [] };
    }
    return bound;
  };

  return {
    connect(identity) {
      if (proxy) return false;
      begin(boundTo(identity)).free!();
      return true;
    },
    async send(send, identity) {
      const to = boundTo(identity);
      const { target } = to;
      if (send.headers.Upgrade === undefined && !proxy) {
        const { ask } = await import('./answer.ts');
        return ask(takeIdle(to) ?? begin(to), target, send, where);
      }
      const { exchange, makeAgent } = await import('./agent.ts');
      to.agent ??= makeAgent(target, proxy);
      return exchange(await to.agent, target, send, where);
    },
    async trickle(send, identity) {
      // A proxy's connection is a stream over a stream, which brings its pieces in its own way.
      if (proxy) return this.send(send, identity);
      const to = boundTo(identity);
      const [{ ask }, { Gathered }] = await Promise.all([import('./answer.ts'), import('./trickle.ts')]);
      return ask(takeIdle(to) ?? begin(to), to.target, send, where, Gathered);
    },
    close() {
      for (const { socket } of bound?.open ?? []) socket.destroy();
      bound?.agent?.then(
        (it) => it.destroy(),
        () => {},
      );
    },
  };
}

function begin(to: Bound): Wire {
  const wire = dial(to.target);
  to.open.add(wire);
  wire.socket.once('close', () => to.open.delete(wire));
  wire.free = () => {
    to.idle.push({ wire, since: Date.now() });
    // The oldest goes: many requests at once need not come again.
    if (to.idle.length > mostIdle) to.idle.shift()!.wire.socket.destroy();
  };
  return wire;
}

/** A connection that is free and still good. */
function takeIdle({ idle }: Bound): Wire | undefined {
  for (let last = idle.pop(); last; last = idle.pop()) {
    const { wire, since } = last;
    if (Date.now() - since < idleTimeout && !wire.socket.destroyed) return wire;
    wire.socket.destroy();
  }
  return undefined;
}
