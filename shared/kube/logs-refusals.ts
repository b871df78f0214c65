import { KfError } from '../cli/errors.ts';
import type { Clock } from './logs-silence.ts';

/** An error of a socket, not of the API. */
export const isNetwork = (error: unknown): boolean =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';

/** Says what a refused request means for the log. */
export class Refusals {
  readonly #clock: Clock;
  #since: number | undefined;
  #reached = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  none(): void {
    this.#reached = true;
    this.#since = undefined;
  }

  judge(error: unknown, over: boolean, failures: number): 'throw' | 'gone' | 'never' | 'wait' | 'lost' {
    const { code, message = '' } = (error instanceof KfError && error.status) || {};
    // The API server knows no such pod; a kubelet that was just restarted says 404 too, in other words.
    if (code === 404) return /^pods "/.test(message) || (over && failures >= 5) ? 'gone' : 'lost';
    if (code === 400) {
      if (/not found|not available/.test(message)) return over ? 'gone' : 'wait';
      if (/waiting to start|is terminated|not have a host assigned/.test(message)) return over ? 'never' : 'wait';
      return 'throw';
    }
    if (code === 401 || code === 403) {
      // An API server that is just starting refuses what it will allow once its caches are filled.
      this.#since ??= this.#clock.now();
      return this.#reached && this.#clock.now() - this.#since < 30_000 ? 'lost' : 'throw';
    }
    if (code === 422) return 'throw';
    return 'lost';
  }
}
