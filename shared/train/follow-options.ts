import type { Wanted } from './follow-pods.ts';

/** What of a job's logs is wanted, and how it is shown. */
export interface FollowOptions extends Partial<Wanted> {
  /** Only lines that are younger; seconds. */
  sinceSeconds?: number | undefined;
  /** Only so many of each log's lines that are there already. */
  tailLines?: number | undefined;
  timestamps?: boolean | undefined;
  /** Bytes as they came, on a terminal too. */
  raw?: boolean | undefined;
  /** Gives up following after so long; 0 and undefined: never. */
  timeoutMs?: number | undefined;
}
