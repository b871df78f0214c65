import type { Options } from 'execa';

/** What a program that has ended left behind. `code` is 128+n where signal n ended it. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  input?: string;
  signal?: AbortSignal;
  /** Pass the terminal through to the program; nothing is captured of what is inherited. */
  inherit?: ('stdin' | 'stdout' | 'stderr')[];
}

/** Runs a program to its end and never throws for its exit code; throws where it can't be started (ENOENT, EACCES). */
export type Exec = (file: string, args: readonly string[], options?: ExecOptions) => Promise<Ended>;

/** The real one, through execa. Shells are never involved. */
export async function realExec(): Promise<Exec> {
  const { execa } = await import('execa');
  return async (file, args, options = {}) => {
    const inherit = (name: 'stdin' | 'stdout' | 'stderr', otherwise: 'pipe' | 'ignore') =>
      options.inherit?.includes(name) ? 'inherit' : otherwise;
    const settings: Options = {
      reject: false,
      extendEnv: false,
      stripFinalNewline: false,
      stdin: options.input === undefined ? inherit('stdin', 'ignore') : 'pipe',
      stdout: inherit('stdout', 'pipe'),
      stderr: inherit('stderr', 'pipe'),
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? { extendEnv: true } : { env: options.env }),
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    };
    const result = await execa(file, args, settings);
    const started = result.exitCode !== undefined || result.signal !== undefined || result.isCanceled;
    if (!started) throw result.cause ?? new Error(result.shortMessage ?? `${file} did not start`);
    return {
      code: result.exitCode ?? 128 + (result.signal === 'SIGKILL' ? 9 : 15),
      stdout: String(result.stdout ?? ''),
      stderr: String(result.stderr ?? ''),
    };
  };
}
