import { createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import { type Channels, channelsOver } from './channels.ts';
import type { Kube } from './kube.ts';

/** A port of a pod. */
export interface PodPort {
  namespace: string;
  pod: string;
  port: number;
}

/**
 * The kubelet's streaming server takes this one over WebSocket (k8s.io/kubelet pkg/cri/streaming/portforward): for each port a channel
 * of data and one of errors, whose first message is the port's number.
 */
const protocol = 'v4.channel.k8s.io';
const data = 0;
const portBytes = 2;
/** Milliseconds. */
const liveness = { every: 20_000, silence: 60_000 };

/**
 * A connection to a port of a pod, through the API server. Throws KfError where it is refused (exit 4), or there is no such pod
 * (exit 3). What goes wrong later, a port on which nothing listens, destroys the stream with an error in plain words.
 */
export async function dialPod(kube: Kube, { namespace, pod, port }: PodPort, signal?: AbortSignal): Promise<Duplex> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward`;
  const request = { path, query: { ports: port }, ...(signal ? { signal } : {}) };
  const connection = await kube.connect(request, [protocol]);
  return new Tunnel((on) => channelsOver(connection, on, liveness), pod, port);
}

type Open = (on: Parameters<typeof channelsOver>[1]) => Channels;

class Tunnel extends Duplex {
  readonly #channels: Channels;
  /** Of each channel, how many bytes of the port's number are still to come. */
  readonly #skip = [portBytes, portBytes];
  #refusal = '';

  constructor(open: Open, pod: string, port: number) {
    super({ allowHalfOpen: true });
    this.#channels = open({
      data: (channel, piece) => this.#take(channel, piece),
      end: (error) => {
        if (this.#refusal) this.destroy(new Error(plain(this.#refusal, pod, port)));
        else if (error) this.destroy(error);
        else this.push(null);
      },
    });
  }

  #take(channel: number, piece: Buffer): void {
    const skipped = Math.min(this.#skip[channel] ?? 0, piece.length);
    this.#skip[channel] = (this.#skip[channel] ?? 0) - skipped;
    const rest = piece.subarray(skipped);
    if (rest.length === 0) return;
    if (channel !== data) this.#refusal = (this.#refusal + rest.toString('utf8')).slice(0, 2000);
    // The piece is the connection's own: it is used again.
    else if (!this.push(Buffer.from(rest))) this.#channels.pause();
  }

  override _read(): void {
    this.#channels.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.#channels.send(data, chunk)) done();
    else this.#channels.drained().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channels.destroy();
    done(error);
  }
}

/** The runtime's words for a connection that failed, shortened. */
function plain(said: string, pod: string, port: number): string {
  if (/connection refused/i.test(said)) return `nothing listens on port ${port} of ${pod}`;
  const why = said.trim().split('\n').at(-1) ?? said;
  return `port ${port} of ${pod} can't be reached: ${why}`;
}

export interface Forward {
  /** The port on this machine. */
  port: number;
  close(): void;
}

export interface ForwardOptions {
  /** Where to listen on this machine; 0: any port that is free. */
  port: number;
  /** A connection to the port of whatever pod it is now. */
  dial(): Promise<Duplex>;
  /** A connection could not be made, or broke: why, in a line. */
  onTrouble(message: string): void;
}

/**
 * Listens on the loopback, and joins each connection with one to a pod. Throws KfError (exit 1) where the port is taken (with
 * `status` undefined), exit 2 where it may not be used.
 */
export async function forwardPort({ port, dial, onTrouble }: ForwardOptions): Promise<Forward> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Its end is no news: browsers drop connections as they like.
    socket.on('error', () => {});
    join(socket, dial).catch((error) => {
      socket.destroy();
      if (!(error instanceof Interrupted)) onTrouble((error as Error).message);
    });
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** After a client has ended its side, so long without a byte is the end: this protocol can't pass the end on. */
const lingerMs = 30_000;

async function join(socket: Socket, dial: () => Promise<Duplex>): Promise<void> {
  const tunnel = await dial();
  if (socket.destroyed) return void tunnel.destroy();
  await new Promise<void>((resolve, reject) => {
    let linger: NodeJS.Timeout | undefined;
    socket.pipe(tunnel, { end: false });
    tunnel.pipe(socket);
    socket.once('end', () => {
      linger = setTimeout(() => socket.destroy(), lingerMs);
      tunnel.on('data', () => linger?.refresh());
    });
    socket.once('close', () => {
      clearTimeout(linger);
      tunnel.destroy();
      resolve();
    });
    tunnel.once('end', () => socket.end());
    tunnel.once('error', reject);
    tunnel.once('close', () => socket.destroySoon());
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        const hint = 'take another one: --port 8081, or leave --port out';
        reject(new KfError(Exit.failed, `port ${port} of this machine is taken`, { hint, cause: error }));
      } else if (error.code === 'EACCES') {
        const hint = 'take one above 1023: --port 8080';
        reject(new KfError(Exit.usage, `port ${port} of this machine may not be used`, { hint, cause: error }));
      } else reject(error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** Stays until Ctrl-C, and then closes. */
export async function untilInterrupted(context: Pick<Context, 'signal'>, forward: Forward): Promise<void> {
  const { signal } = context;
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  forward.close();
}
