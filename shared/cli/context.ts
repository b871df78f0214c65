import type { Readable, Writable } from 'node:stream';
import type { Kube, KubeFlags } from '../kube/kube.ts';
import type { Exec } from '../process/exec.ts';
import type { Ahead } from './asks.ts';
import type { Keyboard } from './keyboard.ts';

/** A stream to a person or a pipe: `columns` is set on a terminal only. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };
export type Input = Readable & { isTTY?: boolean };

/**
 * All that a command may touch of the world. Made once by shared/cli/main.ts; a test makes its own.
 * Nothing in it costs anything until it is used.
 */
export interface Context {
  stdin: Input;
  stdout: Output;
  stderr: Output;
  env: Record<string, string | undefined>;
  /** 1 without colour; clipanion's scale. */
  colorDepth: number;
  cwd: string;
  home: string;
  platform: NodeJS.Platform;
  /** The executable's own path, as it was called. */
  self: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends early, and throws {@link Interrupted}, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Aborted by the first Ctrl-C (SIGINT) or SIGTERM; a second one ends the process with 130 at once. */
  signal: AbortSignal;
  /** Opens the kubeconfig (no request is sent). Throws KfError where it is not usable. */
  kube(flags: KubeFlags): Promise<Kube>;
  /** Asks the cluster that {@link kube} gives without flags, ahead of the command. Never throws. */
  askAhead?(ahead: Ahead): Promise<void>;
  /** The terminal behind stdin, for who takes its keys as they come; loaded when first called. */
  keyboard(): Promise<Keyboard>;
  /** Runs programs (kubectl, credential plugins); loads execa when first called. */
  exec(): Promise<Exec>;
  /** Starts a program that nobody waits for, and that has nothing to write to. It never throws. Undefined: none is started. */
  behind?(file: string, args: string[]): void;
  /**
   * Runs a program with this process's own streams and just this environment, and gives its exit code. Ctrl-C is its own
   * matter. Rejects where it can't be started.
   */
  pass(file: string, args: readonly string[], env: Record<string, string | undefined>): Promise<number>;
  /** Replaces this process where the platform can, else runs the program and resolves with its exit code. */
  handOver(file: string, args: string[], argv0: string): Promise<number>;
}
