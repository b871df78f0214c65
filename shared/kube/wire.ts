import type { OutgoingHttpHeaders } from 'node:http';
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Send } from './transport.ts';

/** Where to connect to, and with TLS as what. */
export interface Target {
  host: string;
  port: number;
  /** The name and port for the Host header. */
  authority: string;
  tls?: Pick<tls.ConnectionOptions, 'secureContext' | 'rejectUnauthorized' | 'servername'> | undefined;
}

/** A connection for one request at a time. What comes is shown to `read` in a buffer that is used again, and waits while that gives false. */
export interface Wire {
  socket: net.Socket;
  /** Connected, and the handshake is over. */
  ready: boolean;
  read: (length: number, bytes: Buffer) => boolean;
  /** Takes the connection back after an answer, for the next request; without it, it ends with the answer. */
  free?: () => void;
}

/** As Go's dialer and TLS handshake together, roughly. */
export const connectTimeout = 30_000;
/** The first TCP probe on a silent connection; ten more a second apart, then it is given up. */
export const keepAliveDelay = 15_000;
/** Kept connections are let go before any usual load balancer (60 s) or the API server (90 s) closes them under us. */
export const idleTimeout = 30_000;
/** All connections read into one buffer: what is in it is taken before the next one reads. */
let shared: Buffer | undefined;
const sharedSize = 64 << 10;

/** Begins a connection. An error before somebody listens for it shows in `socket.destroyed`. */
export function dial({ host, port, tls: secure }: Target): Wire {
  shared ??= Buffer.allocUnsafeSlow(sharedSize);
  const onread = { buffer: shared, callback: (length: number, bytes: Buffer) => wire.read(length, bytes) };
  const socket = secure
    ? // `onread` is missing in the types, not in Node.
      tls.connect({ host, port, ...secure, ALPNProtocols: ['http/1.1'], onread } as tls.ConnectionOptions)
    : net.connect({ host, port, onread } as net.NetConnectOpts);
  const wire: Wire = { socket, ready: false, read: () => true };
  socket.setKeepAlive(true, keepAliveDelay);
  socket.on('error', () => {});
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    wire.ready = true;
  });
  return wire;
}

const badPath = /[^\x21-\xff]/;
const badValue = /[^\t\x20-\x7e\x80-\xff]/;

/** The head of a request, to be written as Latin-1. Throws as node:http does. */
export function requestHead({ authority }: Target, { method, path, headers }: Send, keep: boolean): string {
  if (badPath.test(path)) throw refused('ERR_UNESCAPED_CHARACTERS', 'the path has characters that are not escaped');
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${authority}`, `Connection: ${keep ? 'keep-alive' : 'close'}`];
  for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each === undefined) continue;
      if (badValue.test(String(each)))
        throw refused('ERR_INVALID_CHAR', `header ${name} has a character that none may have`);
      lines.push(`${name}: ${each}`);
    }
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const refused = (code: string, message: string): Error => Object.assign(new TypeError(message), { code });
