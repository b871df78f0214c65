import type { Readable, Writable } from 'node:stream';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import { Channel, type Channels, type Liveness, openChannels, protocols } from './channels.ts';
import { connectAhead } from './connect-ahead.ts';
import type { Kube } from './kube.ts';
import { ending, type RemoteEnd } from './remote-end.ts';

export interface Size {
  columns: number;
  rows: number;
}

/** A terminal at this end: its size, now and whenever it changes. */
export interface Screen {
  size(): Size | undefined;
  /** Gives what ends it. */
  onResize(changed: () => void): () => void;
}

/** One program to be started in a container (exec), or the one that runs there (attach). */
export interface RemoteCall {
  namespace: string;
  pod: string;
  /** The pod's default where none is given. */
  container?: string | undefined;
  /** Its words; none: attach. */
  command?: readonly string[] | undefined;
  stdin?: Readable | undefined;
  stdout: Writable;
  /** Unused with a terminal, which has one output. */
  stderr: Writable;
  /** The program gets a terminal; where there is none at this end either, one without a size. */
  tty?: boolean;
  screen?: Screen | undefined;
  signal: AbortSignal;
  /** When the connection is there, before anything is passed on. */
  started?(): void;
  /** Sent before the standard input, as if typed. */
  typed?: string;
  /** The input has ended, and this server (before Kubernetes 1.30) cannot be told. */
  inputEndUntold?(): void;
  liveness?: Liveness;
}

/** Far more than a Status needs. */
const statusLimit = 1024 * 1024;

/**
 * Runs it with the streams joined, bytes as they are, each side waiting for the other where that is slower.
 * Throws KfError: exit 3, 4, 5 as any request; 5 where the connection is lost before the end; {@link Interrupted}.
 */
export async function remote(kube: Kube, call: RemoteCall): Promise<RemoteEnd> {
  const { signal } = call;
  let status = '';
  let settle: (error: Error | undefined) => void = () => {};
  const ended = new Promise<Error | undefined>((resolve) => {
    settle = resolve;
  });
  const full = new Set<Writable>();
  const toSink = (sink: Writable, piece: Buffer) => {
    if (sink.write(piece) || full.has(sink)) return;
    full.add(sink);
    channels?.pause();
    sink.once('drain', () => {
      full.delete(sink);
      if (full.size === 0) channels?.resume();
    });
  };
  let channels: Channels | undefined;
  const data = (channel: number, piece: Buffer) => {
    if (channel === Channel.stdout) toSink(call.stdout, piece);
    else if (channel === Channel.stderr) toSink(call.stderr, piece);
    else if (channel === Channel.error && status.length < statusLimit) status += piece.toString('utf8');
  };
  const opening = openChannels(kube, request(call), { data, end: (error) => settle(error) }, call.liveness);
  channels = await opening.catch((error: unknown) => {
    throw withBothVerbs(error, call);
  });
  const abort = () => settle(new Interrupted());
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const undo: (() => void)[] = [];
  try {
    call.started?.();
    if (call.screen) undo.push(passSizes(channels, call.screen));
    if (call.typed) channels.send(Channel.stdin, Buffer.from(call.typed));
    if (call.stdin) undo.push(passInput(channels, call.stdin, () => call.inputEndUntold?.()));
    const error = await ended;
    if (error instanceof Interrupted) throw error;
    if (status !== '') return ending(status);
    throw lost(call, error);
  } finally {
    for (const each of undo) each();
    channels.destroy();
    signal.removeEventListener('abort', abort);
  }
}

/** What asks the server for it. */
export function request(
  call: Pick<RemoteCall, 'namespace' | 'pod' | 'container' | 'command' | 'tty' | 'typed' | 'signal'> & {
    stdin?: unknown;
  },
) {
  const { namespace, pod, container, command, tty = false } = call;
  const words: [string, string][] = (command ?? []).map((word) => ['command', word]);
  if (container !== undefined) words.push(['container', container]);
  if (call.stdin || call.typed) words.push(['stdin', 'true']);
  words.push(['stdout', 'true'], tty ? ['tty', 'true'] : ['stderr', 'true']);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;
  return {
    path: `${path}/${command ? 'exec' : 'attach'}?${new URLSearchParams(words)}`,
    signal: call.signal,
  };
}

/** As {@link remote}, so far as nothing is said yet: the program starts there, and waits for its input. */
export const remoteAhead = (kube: Kube, call: Parameters<typeof request>[0]) =>
  connectAhead(kube, request(call), protocols);

function passSizes(channels: Channels, screen: Screen): () => void {
  const tell = () => {
    const size = screen.size();
    if (!size) return;
    // remotecommand.TerminalSize, in Go's spelling.
    channels.send(Channel.resize, Buffer.from(JSON.stringify({ Width: size.columns, Height: size.rows })));
  };
  tell();
  return screen.onResize(tell);
}

/** Passes the input on to its end, as fast as it is taken at the other side. */
function passInput(channels: Channels, stdin: Readable, untold: () => void): () => void {
  let over = false;
  const take = (chunk: Buffer | string) => {
    if (channels.send(Channel.stdin, typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) return;
    stdin.pause();
    void channels.drained().then(() => over || stdin.resume());
  };
  const finish = () => {
    if (!channels.close(Channel.stdin)) untold();
  };
  stdin.on('data', take);
  stdin.once('end', finish);
  stdin.once('error', finish);
  // Paused by who read it before: a listener alone does not change that.
  stdin.resume();
  return () => {
    over = true;
    stdin.off('data', take);
    stdin.off('end', finish);
    stdin.off('error', finish);
    stdin.pause();
  };
}

const lost = ({ pod, command }: RemoteCall, error: Error | undefined): KfError =>
  new KfError(Exit.unreachable, `the connection to pod ${pod} was lost${error?.message ? `: ${error.message}` : ''}`, {
    hint: command
      ? `${command[0]} may go on there, or not; the rest of its output and its exit code are not known`
      : 'what runs there may go on',
    cause: error,
  });

/** A WebSocket begins as a GET, and from Kubernetes 1.35 on takes the right to create, too: says both at once. */
function withBothVerbs(error: unknown, { namespace }: RemoteCall): unknown {
  if (!(error instanceof KfError) || error.exit !== Exit.forbidden) return error;
  const what = / may not (?:get|create) (pods\/(?:exec|attach)) /.exec(error.message)?.[1];
  if (!what) return error;
  return new KfError(Exit.forbidden, error.message.replace(/ may not (get|create) /, ' may not create '), {
    hint: `it takes get and create of ${what}, which an owner of ${namespace} can grant; kubectl kf whoami says what you may do`,
    cause: error,
  });
}
