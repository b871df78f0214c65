import { kubeFlagsIn } from '../cli/argv.ts';
import type { Context } from '../cli/context.ts';
import type { Found } from '../registry/entry.ts';
import { trusted } from '../registry/trust.ts';
import { rememberedRunner } from './runner.ts';
import { givenFor } from './typed.ts';
import { withKube } from './with-kube.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Has the runner that this machine remembers start what a run in the cluster needs, while the words are read and looked at. They are a
 * guess till then: the run decides what it asks for, and what is wrong is left to it to say. Only of what is trusted.
 * @returns undefined where that is not to be
 */
export async function bootAheadOf(
  { subcommand: { spec } }: Found,
  words: readonly string[],
  context: Context,
): Promise<{ context: Context; end(): void } | undefined> {
  if (givenFor('--trust', words) !== spec.digest && !trusted(context, spec.digest)) return undefined;
  try {
    const flags = kubeFlagsIn(words);
    const kube = await context.kube(flags);
    const runner = rememberedRunner(kube, context, givenFor('--image', words) ?? spec.image);
    if (!runner) return { context: withKube(context, flags, kube), end: kube.close };
    const { bootAhead } = await import('./in-cluster-exec.ts');
    const ahead = bootAhead(kube, context, runner.pod);
    const end = () => {
      ahead.end();
      kube.close();
    };
    // The handshake begins; the server works on it while more is loaded.
    await turn();
    return { context: withKube(context, flags, ahead.kube), end };
  } catch {
    return undefined;
  }
}
