/** Programs in a real terminal: a pty that python3 holds. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { which } from '../cluster/system.ts';
import { personEnv } from './suite.ts';

/** Why there can be no terminal here; undefined where there can. */
export const noTerminal = (): string | undefined =>
  process.platform === 'win32' || !which('python3') ? 'python3 is missing, which holds the terminal' : undefined;

export interface InTerminal {
  /** All that the terminal was sent, escape sequences too. */
  seen(): string;
  /** As if typed or pasted. */
  type(text: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  signal(name: 'SIGTERM' | 'SIGHUP' | 'SIGINT' | 'SIGQUIT'): void;
  /** Resolves when it has been seen after what was typed last. */
  saw(text: string | RegExp, timeoutMs?: number): Promise<void>;
  /** `restored`: the terminal is as it was before. */
  ended: Promise<{ code: number; restored: boolean; seen: string }>;
}

/** Any program, as the person of test/support/suite.ts has it, in a terminal of 80 by 24 unless told. */
export async function inTerminal(
  file: string,
  args: string[],
  options: {
    columns?: number;
    rows?: number;
    kubeconfig?: string;
    env?: Record<string, string>;
    timeout?: number;
  } = {},
): Promise<InTerminal> {
  const { columns = 80, rows = 24, timeout = 60_000 } = options;
  const env = { ...(await personEnv(options.kubeconfig)), TERM: 'xterm-256color', ...options.env };
  const python = which('python3')!;
  const script = join(import.meta.dirname, 'terminal.py');
  const child = spawn(python, [script, String(columns), String(rows), file, ...args], {
    env: { ...process.env, KF_PTY_ENV: JSON.stringify(env) },
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  });
  let seen = '';
  let from = 0;
  let end = '';
  let over = false;
  const looks = new Set<() => void>();
  const look = () => {
    for (const each of [...looks]) each();
  };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
    look();
  });
  child.stdio[3]!.on('data', (chunk: Buffer) => {
    end += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
  const tell = (what: object) => void child.stdin!.write(`${JSON.stringify(what)}\n`);
  child.stdin!.on('error', () => {});
  const words = `${file} ${args.join(' ')}`;
  const ended = new Promise<{ code: number; restored: boolean; seen: string }>((resolve, reject) => {
    child.on('close', () => {
      clearTimeout(timer);
      over = true;
      look();
      if (end) resolve({ ...JSON.parse(end), seen });
      else reject(new Error(`${words}: still there after ${timeout} ms:\n${seen.slice(-2000)}`));
    });
  });
  ended.catch(() => {});
  return {
    seen: () => seen,
    type(text) {
      from = seen.length;
      tell({ send: Buffer.from(text as string).toString('base64') });
    },
    resize: (...size) => tell({ size }),
    signal: (name) => tell({ signal: name }),
    saw: (text, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const stop = (error?: Error) => {
          clearTimeout(late);
          looks.delete(check);
          error ? reject(error) : resolve();
        };
        const fail = (why: string) => stop(new Error(`${words}: ${why} without ${text}:\n${seen.slice(-2000)}`));
        const check = () => {
          const since = seen.slice(from);
          if (typeof text === 'string' ? since.includes(text) : text.test(since)) stop();
          else if (over) fail('ended');
        };
        const late = setTimeout(() => fail(`${timeoutMs} ms`), timeoutMs);
        looks.add(check);
        check();
      }),
    ended,
  };
}
