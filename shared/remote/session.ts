import type { Context, Output } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { type RemoteCall, remote, type Screen } from '../kube/remote.ts';
import type { RemoteEnd } from '../kube/remote-end.ts';
import type { Target } from '../resources/target.ts';
import { oneLine } from '../view/text.ts';

export interface Session extends Partial<Pick<RemoteCall, 'command' | 'typed' | 'stdout' | 'stderr'>> {
  /** Our standard input goes there. */
  stdin: boolean;
  /** The program gets a terminal. */
  tty: boolean;
}

/** Joins a program in the container with this process's streams, its keys with our terminal where there is one. */
export async function join(kube: Kube, context: Context, target: Target, session: Session): Promise<RemoteEnd> {
  const { stdin, tty } = session;
  const keys = tty && stdin && context.stdin.isTTY ? await context.keyboard() : undefined;
  let restore = () => {};
  try {
    return await remote(kube, {
      namespace: target.namespace,
      pod: target.pod,
      container: target.container,
      command: session.command,
      typed: session.typed ?? '',
      stdin: stdin ? context.stdin : undefined,
      stdout: session.stdout ?? context.stdout,
      stderr: session.stderr ?? context.stderr,
      tty,
      screen: tty ? screenOf(context) : undefined,
      signal: context.signal,
      started() {
        if (keys) restore = keys.raw();
      },
      inputEndUntold: () =>
        void context.stderr.write(
          'this cluster (Kubernetes before 1.30) cannot tell a program that its input has ended: Ctrl-C ends it where it waits for that\n',
        ),
    });
  } finally {
    restore();
  }
}

/** The size of the terminal that shows the output. */
export function screenOf({ stdout, stderr }: Context): Screen | undefined {
  const shown: Output | undefined = [stdout, stderr].find((each) => each.isTTY);
  if (!shown) return undefined;
  return {
    size: () => (shown.columns && shown.rows ? { columns: shown.columns, rows: shown.rows } : undefined),
    onResize(changed) {
      shown.on('resize', changed);
      return () => void shown.off('resize', changed);
    },
  };
}

/** Runs it and gives the exit code; why it did not start goes to stderr. Throws as {@link remote} does. */
export async function runIn(
  kube: Kube,
  context: Context,
  target: Target,
  session: Session & { command: readonly string[] },
): Promise<number> {
  try {
    const end = await join(kube, context, target, session);
    if (end.failure) context.stderr.write(`${startFailure(end, target, session.command).join('\n')}\n`);
    return end.code;
  } catch (error) {
    // Nothing of the protocol ends what was started.
    if (error instanceof KfError && error.exit === Exit.interrupted)
      throw new KfError(Exit.interrupted, `left; ${session.command[0]} may go on in pod ${target.pod}`);
    throw error;
  }
}

/** Why a program did not run, and what to do, each a line. */
export function startFailure({ failure }: RemoteEnd, target: Target, command: readonly string[]): string[] {
  const program = oneLine(command[0] ?? '');
  const where = `${target.container ? `container ${target.container} of ` : ''}pod ${target.pod}`;
  if (failure?.kind === 'not-found') {
    const line = command.length === 1 && /[\s|;&<>$]/.test(program);
    return [
      `${where} has no program "${program}"`,
      ...(line ? [`a line for a shell goes to one: -- sh -c '${program}'`] : []),
    ];
  }
  if (failure?.kind === 'not-executable') return [`"${program}" can't be run in ${where}: ${reason(failure.message)}`];
  return [`could not run ${program || 'it'} in ${where}: ${failure?.message ?? ''}`];
}

const reason = (message: string) => /permission denied|exec format error|is a directory/.exec(message)?.[0] ?? message;
