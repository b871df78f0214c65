import type { Clock } from './logs-silence.ts';

/** One container of one pod. */
export interface LogTarget {
  namespace: string;
  pod: string;
  container: string;
}

/** What is known of one instance of the container (from a watch): a restart makes a new one. */
export interface LogInstance {
  /** How the kubelet serves its log: as the container's, with `previous=true`, or not any more. */
  place(): 'current' | 'previous' | 'gone';
  /** True once the container has ended: no line is added any more. */
  over(): boolean;
  /** Resolves at the next change of the two. */
  changed(): Promise<void>;
  /** Asks the server how it is now: after an outage the watch may be behind. Never throws. */
  refresh(): Promise<void>;
}

/** What happens to the connection: shared by all logs that are followed, so that a person reads each thing once. */
export interface LogLink {
  lost(who: object): void;
  restored(who: object): void;
  /** Lines may be missing: the node rotated the log while we could not read it. */
  gap(target: LogTarget): void;
  /** Another connection was found dead: there is reason to doubt all of them. */
  doubt(): void;
  /** Counts those times. */
  readonly doubts: number;
}

export interface LogOptions {
  follow: boolean;
  clock: Clock;
  link: LogLink;
  signal: AbortSignal;
  sinceSeconds?: number | undefined;
  tailLines?: number | undefined;
}

/** `done`: to its last line. `gone`: it can't be read any more. `never`: the container ended without having started. */
export type LogEnd = 'done' | 'gone' | 'never';
