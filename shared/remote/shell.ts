import type { Context } from '../cli/context.ts';
import type { Kube } from '../kube/kube.ts';
import type { Target } from '../resources/target.ts';
import { join, runIn, startFailure } from './session.ts';

/** The best shell that there is takes the place of the one that looks for it. */
const best = 'for s in bash zsh ash; do command -v $s >/dev/null 2>&1 && exec $s; done; exec sh';

/** Where no `sh` is found on PATH. */
const others = [['bash'], ['zsh'], ['ash'], ['busybox', 'sh'], ['/busybox/sh']];

/** Colours as our terminal has them, by the one name that nearly every image knows. */
export function shellScript({ env }: Pick<Context, 'env'>, tty: boolean): string {
  return tty && /-256color$|kitty|alacritty|ghostty/.test(env.TERM ?? '')
    ? `export TERM=xterm-256color; ${best}`
    : best;
}

/**
 * An interactive shell, or one that reads its commands from a pipe; gives its exit code. Where the image has none, or another
 * image is asked for, in a debug container beside it.
 * @param image of the debug container; one is made in any case where it is given
 */
export async function shell(
  kube: Kube,
  context: Context,
  target: Target,
  { image, pullTimeoutMs }: { image: string | undefined; pullTimeoutMs: number },
): Promise<number> {
  const tty = context.stdin.isTTY === true;
  const command = image === undefined ? await findShell(kube, context, target, tty) : undefined;
  if (typeof command === 'number') return command;
  if (command) return runIn(kube, context, target, { command, stdin: true, tty });
  const { debugShell } = await import('./debug.ts');
  return debugShell(kube, context, target, { image, tty, pullTimeoutMs, script: shellScript(context, tty) });
}

/**
 * Starts the shell where it is found at once, which saves a person a round trip, and gives its exit code; else its words; undefined where there is none.
 * What comes from a pipe is not given to a shell that may not be there.
 */
async function findShell(
  kube: Kube,
  context: Context,
  target: Target,
  tty: boolean,
): Promise<number | readonly string[] | undefined> {
  const usual = ['sh', '-c', shellScript(context, tty)];
  const first = tty
    ? await join(kube, context, target, { command: usual, stdin: true, tty })
    : await join(kube, context, target, { command: ['sh', '-c', ':'], stdin: false, tty });
  if (!first.failure) return tty ? first.code : usual;
  if (first.failure.kind === 'other') {
    context.stderr.write(`${startFailure(first, target, usual).join('\n')}\n`);
    return first.code;
  }
  for (const words of others) {
    const probe = await join(kube, context, target, { command: [...words, '-c', ':'], stdin: false, tty: false });
    if (!probe.failure) return words;
  }
  return undefined;
}
