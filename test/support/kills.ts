/** Kills (SIGKILL) at moments that follow from how long a whole run takes, so that they land on machines of any speed. */
import type { Ran, Running } from './suite.ts';

export interface Whole extends Ran {
  /** Milliseconds until it said that it begins. */
  until: number;
  /** From there to its end. */
  rest: number;
}

/** A run that is left alone. `begins` is what it says before it changes anything. */
export async function measured({ saw, ended }: Running, begins: string | RegExp): Promise<Whole> {
  const since = Date.now();
  await saw(begins);
  const until = Date.now() - since;
  const ran = await ended;
  return { ...ran, until, rest: Date.now() - since - until };
}

/**
 * Kills a run at a moment: 0 is when it says that it begins, 0.5 halfway from there to its end, -0.5 halfway from its start to there.
 * @returns true where it was killed before its end
 */
export async function killAt(running: Running, begins: string | RegExp, whole: Whole, moment: number) {
  const { child, saw, ended } = running;
  if (moment >= 0) await saw(begins);
  const after = moment < 0 ? whole.until * (1 + moment) : whole.rest * moment;
  const timer = setTimeout(() => void child.kill('SIGKILL'), after);
  await ended;
  clearTimeout(timer);
  return child.signalCode === 'SIGKILL';
}
