import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';

const passed = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program with this process's streams, to its end. Signals are its own matter while it runs: what the terminal does
 * not send it itself is passed on. Gives its exit code, 128+n where signal n ended it; rejects where it can't be started.
 */
export function pass(
  file: string,
  args: readonly string[],
  options: { env?: Record<string, string | undefined>; argv0?: string } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', ...options });
    const terminal = [0, 1, 2].some((fd) => isatty(fd));
    const before = passed.map((name) => [name, process.listeners(name)] as const);
    for (const name of passed) {
      process.removeAllListeners(name);
      process.on(name, () => {
        // Ctrl-C reaches all who are on the terminal; twice would cut short what the first began.
        if (name !== 'SIGINT' || !terminal) child.kill(name);
      });
    }
    const restore = () => {
      for (const [name, listeners] of before) {
        process.removeAllListeners(name);
        for (const listener of listeners) process.on(name, listener);
      }
    };
    child.once('error', (error) => {
      restore();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      restore();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
