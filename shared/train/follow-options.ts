import type { LogsOptions } from '../logs/options.ts';
import type { Wanted } from './follow-pods.ts';

/** What of a job's logs is wanted, and how it is shown. */
export interface FollowOptions extends Partial<Wanted>, LogsOptions {}
