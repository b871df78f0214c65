import { createHash, randomBytes } from 'node:crypto';
import type { Context } from '../cli/context.ts';
import type { Kube } from '../kube/kube.ts';
import { remote, remoteAhead } from '../kube/remote.ts';
import type { RemoteEnd } from '../kube/remote-end.ts';
import type { Call, Found, SubcommandSpec } from '../registry/entry.ts';
import { screenOf } from '../remote/session.ts';
import { harnessCall, harnessText } from './harness.ts';
import { Cutter, Frames } from './in-cluster-frames.ts';
import { mounted } from './in-cluster-objects.ts';
import { bootWords, podText } from './pod-text.ts';
import { scriptCall } from './script.ts';

export interface PodRun {
  pod: string;
  tty: boolean;
  /** The source is mounted there, from the ConfigMap; otherwise it goes along. */
  mounted: boolean;
  /** The image has packages of its own, which the function may import. */
  ownPackages: boolean;
}

export interface PodEnd extends RemoteEnd {
  /** What the harness wrote; '' where it wrote nothing. */
  outcome: string;
}

/** Runs the call in a pod that waits for it. Throws as {@link remote} does. */
export async function runInPod(kube: Kube, context: Context, found: Found, call: Call, run: PodRun): Promise<PodEnd> {
  const screen = run.tty ? screenOf(context) : undefined;
  const nonce = randomBytes(16).toString('hex');
  const size = run.tty ? (screen?.size() ?? { columns: 80, rows: 24 }) : undefined;
  const [program, head, keys] = await Promise.all([
    podText(),
    header(kube, context, found, call, run).then((made) =>
      JSON.stringify({ ...made, nonce, ...(size ? { size: [size.columns, size.rows] } : {}) }),
    ),
    run.tty && context.stdin.isTTY ? context.keyboard() : undefined,
  ]);
  const stdout = new Cutter(context.stdout, nonce);
  const input = new Frames(context.stdin);
  const undo: (() => void)[] = [() => input.release()];
  try {
    const end = await remote(kube, {
      ...booted(kube, run.pod),
      typed: counted(program) + counted(head),
      stdin: input,
      stdout,
      stderr: context.stderr,
      signal: context.signal,
      started() {
        if (keys) undo.push(keys.raw());
        if (screen)
          undo.push(
            screen.onResize(() => {
              const now = screen.size();
              if (now) input.resize(now);
            }),
          );
      },
    });
    return { ...end, outcome: stdout.outcome };
  } finally {
    await new Promise<void>((resolve) => stdout.end(resolve));
    for (const each of undo.reverse()) each();
  }
}

const booted = ({ namespace }: Kube, pod: string) => ({ namespace, pod, container: 'main', command: bootWords });

/** Has the pod start what will run the call. It is given nothing to run yet: without that it ends. */
export const bootAhead = (kube: Kube, { signal }: Context, pod: string) =>
  remoteAhead(kube, { ...booted(kube, pod), stdin: true, signal });

const counted = (text: string) => `${String(Buffer.byteLength(text)).padStart(10, '0')}${text}`;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What in-cluster.py reads, without what belongs to the connection. */
async function header(kube: Kube, context: Context, found: Found, call: Call, run: PodRun): Promise<object> {
  const { spec, metadata } = found.subcommand;
  const id = randomBytes(6).toString('hex');
  const { TERM, NO_COLOR } = context.env;
  const { env = {}, ...program } =
    spec.runtime === 'python' ? await python(found, call, id, run) : scriptCall(spec, call);
  return {
    id,
    ...source(spec, run.mounted),
    ...program,
    packages: spec.dependencies ?? [],
    env: {
      ...env,
      KF_COMMAND: metadata.name,
      KF_NAMESPACE: kube.namespace,
      KF_CONTEXT: kube.contextName,
      ...(run.tty ? { TERM: TERM || 'xterm-256color' } : {}),
      ...(NO_COLOR === undefined ? {} : { NO_COLOR }),
    },
  };
}

const source = ({ files }: SubcommandSpec, isMounted: boolean) =>
  isMounted
    ? {
        mounted,
        sums: Object.fromEntries(Object.entries(files).map(([path, text], i) => [path, [`${i}`, sha256(text)]])),
      }
    : { files };

async function python(
  { subcommand }: Found,
  call: Call,
  id: string,
  run: PodRun,
): Promise<{ env?: undefined; [field: string]: unknown }> {
  const folder = `/tmp/kf-${id}`;
  const packages = run.ownPackages || (subcommand.spec.dependencies ?? []).length > 0;
  const place = { folder: `${folder}/source`, result: { file: `${folder}/outcome` }, packages };
  return {
    harness: await harnessText(),
    call: harnessCall(subcommand.metadata.name, subcommand.spec, call, place),
    site: packages,
  };
}
