import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';

/** The terminal that keys come from. */
export interface Keyboard {
  /**
   * From now on each key goes to the reader of stdin as its bytes, Ctrl-C too, and nothing is echoed. Gives what puts it back
   * as it was; whatever else ends this process does so too, but for SIGKILL.
   */
  raw(): () => void;
}

/** Loaded where a terminal is asked for. */
export function processKeyboard(): Keyboard {
  return {
    raw() {
      const { stdin } = process;
      if (!stdin.isTTY) return () => {};
      // Node itself puts it back at an exit and at signals that it handles; not at these, nor is it raw again after a stop.
      const end = (signal: 'SIGHUP' | 'SIGQUIT') => () => {
        restore();
        process.exit(128 + constants.signals[signal]);
      };
      const set = () => {
        stdin.setRawMode(true);
        // Node leaves it that a line feed becomes a line end, which a full-screen program at the other side does not count with.
        if (process.platform !== 'win32') spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
      };
      const again = () => {
        stdin.setRawMode(false);
        set();
      };
      const listeners = [
        ['SIGHUP', end('SIGHUP')],
        ['SIGQUIT', end('SIGQUIT')],
        ['SIGCONT', again],
      ] as const;
      let over = false;
      const restore = () => {
        if (over) return;
        over = true;
        for (const [signal, listener] of listeners) process.off(signal, listener);
        stdin.setRawMode(false);
      };
      for (const [signal, listener] of listeners) process.on(signal, listener);
      set();
      return restore;
    },
  };
}
