/** The server's side of Kubernetes' channels over a WebSocket, on the loopback: for what a real node will not do on demand. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Peer {
  request: IncomingMessage;
  socket: Socket;
  /** One frame of a server; `opcode` 2 unless given. */
  send(payload: Uint8Array, opcode?: number): void;
  /** The Status that ends a program, and the end. */
  finish(status: object): void;
}

export interface ChannelServer {
  url: string;
  /** What came, frame by frame, unmasked. */
  frames: { opcode: number; payload: Buffer }[];
  peers: Peer[];
  close(): void;
}

/** A frame as a server sends it. */
export function serverFrame(payload: Uint8Array, opcode = 2, fin = true): Buffer {
  const { length } = payload;
  const size = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const head = Buffer.alloc(2 + size);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = size === 0 ? length : size === 2 ? 126 : 127;
  if (size === 2) head.writeUInt16BE(length, 2);
  if (size === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** The frames of a client that are whole in the bytes, and what is left of them. */
export function clientFrames(bytes: Buffer): { frames: { opcode: number; payload: Buffer }[]; rest: Buffer } {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let at = 0;
  while (bytes.length - at >= 6) {
    const short = bytes[at + 1]! & 0x7f;
    const size = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (bytes.length - at < 6 + size) break;
    const length = size === 2 ? bytes.readUInt16BE(at + 2) : size === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    const start = at + 6 + size;
    if (bytes.length < start + length) break;
    if (!(bytes[at + 1]! & 0x80)) throw new Error('a client must mask');
    const payload = Buffer.from(bytes.subarray(start, start + length));
    for (let i = 0; i < length; i++) payload[i]! ^= bytes[start - 4 + (i & 3)]!;
    frames.push({ opcode: bytes[at]! & 0x0f, payload });
    at = start + length;
  }
  return { frames, rest: bytes.subarray(at) };
}

export interface ChannelServerOptions {
  protocol?: string;
  /** The answer's Sec-WebSocket-Accept. */
  accept?: string;
  /** Another answer than the upgrade: the whole of it. */
  refuse?: string;
}

/** @param onFrame for each frame of the client, pings too, which nobody else answers */
export async function channelServer(
  onFrame: (peer: Peer, opcode: number, payload: Buffer) => void,
  onPeer: (peer: Peer) => void = () => {},
  { protocol = 'v5.channel.k8s.io', accept, refuse }: ChannelServerOptions = {},
): Promise<ChannelServer> {
  const server = createServer();
  const peers: Peer[] = [];
  const all: ChannelServer['frames'] = [];
  server.on('upgrade', (request, stream) => {
    const socket = stream as Socket;
    socket.on('error', () => {});
    if (refuse !== undefined) return void socket.end(refuse);
    const key = request.headers['sec-websocket-key'];
    const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    lines.push(`Sec-WebSocket-Accept: ${accept ?? hash}`, `Sec-WebSocket-Protocol: ${protocol}`);
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const send = (payload: Uint8Array, opcode = 2) => void socket.write(serverFrame(payload, opcode));
    const finish = (status: object) => {
      send(Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify(status))]));
      send(Buffer.of(3, 232), 8);
    };
    const peer: Peer = { request, socket, send, finish };
    peers.push(peer);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      const got = clientFrames(Buffer.concat([rest, chunk]));
      rest = got.rest;
      for (const frame of got.frames) {
        all.push(frame);
        onFrame(peer, frame.opcode, frame.payload);
      }
    });
    onPeer(peer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    for (const { socket } of peers) socket.destroy();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, frames: all, peers, close };
}
