import type { Kube, KubeConnection, KubeRequest } from './kube.ts';
import { FrameReader, frame, Opcode } from './websocket.ts';

/** The first byte of each message (apimachinery remotecommand): what it belongs to. */
export const Channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** v5 can end one channel; before it (Kubernetes 1.29) nothing tells a program that its input has ended. */
export const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;

/** How often the server is asked whether it is there, and how long it may be silent. Milliseconds. */
export interface Liveness {
  every: number;
  silence: number;
}
const usual: Liveness = { every: 10_000, silence: 30_000 };

/** A server that waits for the program to read its input answers no ping: with more than this under way it is not asked. */
const unreadLimit = 64 * 1024;

export interface ChannelEvents {
  /** A piece of a channel's bytes, to be used before the call returns or copied. */
  data(channel: number, piece: Buffer): void;
  /** Once: the server closed the connection in order (no error), or it is lost. */
  end(error: Error | undefined): void;
}

/** Kubernetes' channels over one WebSocket, with backpressure both ways. */
export interface Channels {
  /** False where {@link Channels.drained} must be waited for before more is sent. */
  send(channel: number, data: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Says that no more comes on a channel; false where the server's protocol can't be told. */
  close(channel: number): boolean;
  /** The server's bytes stay where they are until {@link Channels.resume}. */
  pause(): void;
  resume(): void;
  /** Ends the connection; no event comes after it. */
  destroy(): void;
}

/** Opens exec, attach and what else speaks this protocol. Throws as {@link Kube.connect} does. */
export async function openChannels(
  kube: Kube,
  request: KubeRequest,
  on: ChannelEvents,
  liveness: Liveness = usual,
): Promise<Channels> {
  return channelsOver(await kube.connect(request, protocols), on, liveness);
}

export function channelsOver({ socket, protocol }: KubeConnection, on: ChannelEvents, liveness: Liveness): Channels {
  let channel = 0;
  let over = false;
  let heard = Date.now();
  let looked = heard;
  let unread = 0;
  let asked = false;
  const waiting = new Set<() => void>();
  const release = () => {
    for (const go of waiting) go();
    waiting.clear();
  };
  const stop = () => {
    if (over) return false;
    over = true;
    clearInterval(timer);
    socket.destroy();
    release();
    return true;
  };
  const end = (error?: Error) => {
    if (stop()) on.end(error);
  };
  const write = (bytes: Buffer): boolean => over || socket.write(bytes);
  const reader = new FrameReader({
    data(piece, first) {
      if (first) channel = piece[0]!;
      const rest = first ? piece.subarray(1) : piece;
      if (rest.length > 0) on.data(channel, rest);
    },
    ping: (payload) => void write(frame(Opcode.pong, payload)),
    pong() {
      unread = 0;
      asked = false;
    },
    close(code, reason) {
      write(frame(Opcode.close, Buffer.alloc(0)));
      // 1000: done; 1005: no code was given, as older servers end.
      end(
        code === 1000 || code === 1005
          ? undefined
          : new Error(`closed by the server (${code})${reason && `: ${reason}`}`),
      );
    },
  });
  const timer = setInterval(() => {
    const now = Date.now();
    // Where it was us who stood still (Ctrl-Z, a machine asleep), what was said meanwhile is yet to be read.
    const late = now - looked > 2 * liveness.every;
    looked = now;
    const blocked = late || unread > unreadLimit || socket.isPaused();
    if (blocked) heard = now;
    else if (now - heard > liveness.silence) return end(new Error('no answer any more'));
    if (asked) return;
    asked = true;
    write(frame(Opcode.ping, Buffer.alloc(0)));
  }, liveness.every);
  timer.unref();
  socket.on('data', (chunk: Buffer) => {
    heard = Date.now();
    try {
      if (!over) reader.push(chunk);
    } catch (error) {
      end(error as Error);
    }
  });
  socket.on('drain', release);
  socket.once('error', end);
  socket.once('end', () => end(new Error('the connection was closed')));
  socket.once('close', () => end(new Error('the connection was closed')));
  socket.resume();
  return {
    send(to, data) {
      unread += data.length;
      return write(frame(Opcode.binary, data, to));
    },
    drained: () =>
      over || !socket.writableNeedDrain ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve)),
    close(which) {
      if (protocol !== protocols[0]) return false;
      write(frame(Opcode.binary, Buffer.of(which), Channel.close));
      return true;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => void stop(),
  };
}
