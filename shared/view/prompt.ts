import { createInterface } from 'node:readline/promises';
import type { Context } from '../cli/context.ts';
import { Interrupted } from '../cli/errors.ts';

/** Someone is there to answer. */
export const canAsk = ({ stdin, stderr }: Pick<Context, 'stdin' | 'stderr'>): boolean =>
  stdin.isTTY === true && stderr.isTTY === true;

/** Asks on stderr; only y and yes are yes. Throws {@link Interrupted} on Ctrl-C. */
export async function confirm(
  context: Pick<Context, 'stdin' | 'stderr' | 'signal'>,
  question: string,
): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(context, `${question} [y/N]`));
}

/** Asks on stderr for a line; '' where the input ends. Throws {@link Interrupted} on Ctrl-C. */
export async function ask(context: Pick<Context, 'stdin' | 'stderr' | 'signal'>, question: string): Promise<string> {
  const { stdin, stderr, signal } = context;
  const lines = createInterface({ input: stdin, output: stderr });
  const stopped = new Promise<never>((_, reject) => {
    // readline takes Ctrl-C for itself on a terminal; the end of the input is a no.
    lines.once('SIGINT', () => reject(new Interrupted()));
    signal.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
  const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    const answer = await Promise.race([lines.question(`${question} `), closed, stopped]);
    // Nobody pressed Enter.
    if (answer === undefined) stderr.write('\n');
    return answer?.trim() ?? '';
  } finally {
    lines.close();
  }
}
