import { safe } from '../view/text.ts';

/** Exit codes, one table for every command (CONTRIBUTING.md, "Exit codes"). */
export const Exit = {
  ok: 0,
  /** What was asked for failed: a job, a check. */
  failed: 1,
  /** Wrong use: flags, files, names. */
  usage: 2,
  notFound: 3,
  forbidden: 4,
  /** Not reachable, or timed out. */
  unreachable: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** What the API server says of a refusal (meta/v1 Status, the fields that we read). */
export interface ApiStatus {
  code: number;
  reason?: string;
  message?: string;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    causes?: { reason?: string; message?: string; field?: string }[];
    retryAfterSeconds?: number;
  };
}

export interface KfErrorOptions {
  /** One line that says what to do. */
  hint?: string;
  /** Lines between the message and the hint, printed as they are: an excerpt of a file, a traceback. */
  details?: string[];
  /** The API server's answer, where the error is one. */
  status?: ApiStatus;
  cause?: unknown;
}

/**
 * The one error that a command may end with: an exit code, a line that says what, and a line that says what to do.
 * Anything else that is thrown is a fault of ours and prints as such.
 */
export class KfError extends Error {
  readonly exit: ExitCode;
  readonly hint: string | undefined;
  readonly details: string[];
  readonly status: ApiStatus | undefined;

  constructor(exit: ExitCode, message: string, options: KfErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'KfError';
    this.exit = exit;
    this.hint = options.hint;
    this.details = options.details ?? [];
    this.status = options.status;
  }
}

/** Thrown where a command notices that Ctrl-C was pressed; prints nothing of its own. */
export class Interrupted extends KfError {
  constructor() {
    super(Exit.interrupted, 'interrupted');
    this.name = 'Interrupted';
  }
}

export const usageError = (message: string, hint?: string): KfError =>
  new KfError(Exit.usage, message, hint === undefined ? {} : { hint });

/** The text of an error, as it goes to stderr: message, details, hint, each on its line. */
export function errorText(error: unknown): string {
  if (error instanceof Interrupted) return '';
  if (error instanceof KfError) {
    // Names in it may be a cluster's, or a kubeconfig's, that others wrote.
    const lines = [safe(error.message), ...error.details];
    if (error.hint) lines.push(safe(error.hint));
    return `${lines.join('\n')}\n`;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `a fault in kubectl kf itself: ${text}\nplease report it, with the command and kubectl kf version\n`;
}
