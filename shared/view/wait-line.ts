import type { Context } from '../cli/context.ts';
import { Exit } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { FoundJob } from '../resources/find.ts';
import type { JobState } from '../resources/resource.ts';
import { waitFor } from '../resources/wait.ts';
import { duration } from './age.ts';
import { Notice } from './notice.ts';
import { oneLine } from './text.ts';

/** The line that shows what jobs are waited for and why: one on a terminal, elsewhere one for each change. */
export class WaitLine {
  readonly #notice: Notice;
  readonly #states = new Map<string, string>();
  readonly #goal: string;
  #said = '';

  /** @param goal what is waited for: `to finish` */
  constructor(context: Pick<Context, 'stderr'>, goal: string) {
    this.#notice = new Notice(context);
    this.#goal = goal;
  }

  update(name: string, state: JobState, waitedMs: number): void {
    // A second is not worth a word.
    if (waitedMs < 1000) return;
    this.#states.set(name, `${state.phase}${state.why ? `: ${state.why}` : ''}`);
    this.#show(waitedMs);
  }

  /** The job needs no waiting for any more. */
  done(name: string): void {
    this.#states.delete(name);
    this.#notice.clear();
  }

  /** Each watch has its own connection and notices for itself: one word is enough. */
  trouble(message: string): void {
    if (message !== this.#said) this.#notice.say(message);
    this.#said = message;
  }

  clear(): void {
    this.#notice.clear();
  }

  #show(waitedMs: number): void {
    const [[name, state] = ['', '']] = this.#states;
    const others = this.#states.size > 1 ? ` (and ${this.#states.size - 1} more)` : '';
    const waited = duration(waitedMs / 1000);
    this.#notice.show(`waiting ${waited} for ${name} ${this.#goal}${others}: ${state}`, `${name}: ${state}`);
  }
}

/** Waits for each job and says when it is there. Gives 0; 1 where one failed or went away meanwhile. Throws as {@link waitFor}. */
export async function waitForAll(
  kube: Kube,
  context: Context,
  jobs: readonly FoundJob[],
  until: 'running' | 'suspended',
  timeoutMs: number,
): Promise<number> {
  const line = new WaitLine(context, until === 'running' ? 'to run' : 'to stop');
  const one = async (job: FoundJob): Promise<number> => {
    const waited = await waitFor(kube, context, job, {
      until,
      timeoutMs,
      onState: (state, ms) => line.update(job.name, state, ms),
      onTrouble: (message) => line.trouble(message),
    });
    line.done(job.name);
    const phase = waited?.state.phase;
    const why = phase === 'Failed' ? `: ${oneLine(waited!.state.why)}` : '';
    const words =
      phase === 'Suspended' ? 'has stopped' : phase === 'Running' ? 'runs' : `${phase?.toLowerCase()}${why}`;
    context.stderr.write(`${job.name} ${waited ? words : 'was deleted'}\n`);
    return !waited || phase === 'Failed' ? Exit.failed : Exit.ok;
  };
  try {
    return Math.max(...(await Promise.all(jobs.map(one))));
  } finally {
    line.clear();
  }
}
