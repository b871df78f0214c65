import type { Context } from '../cli/context.ts';
import type { OutputOptions } from './output.ts';

/** How logs are read and shown. */
export interface LogsOptions {
  /** Only lines that are younger; seconds. */
  sinceSeconds?: number | undefined;
  /** Only so many of each log's lines that are there already. */
  tailLines?: number | undefined;
  timestamps?: boolean | undefined;
  /** Bytes as they came, on a terminal too. */
  raw?: boolean | undefined;
  /** A JSON object for each line. */
  json?: boolean | undefined;
  /** Only records of which one line is like this. */
  matches?: ((text: string) => boolean) | undefined;
  /** Gives up following after so long; 0 and undefined: never. */
  timeoutMs?: number | undefined;
}

/** @param colour a name's, where there is to be colour: on a terminal */
export function outputOptions(context: Context, options: LogsOptions, colour: (name: string) => string): OutputOptions {
  const { raw = false, timestamps = false, json, matches } = options;
  const coloured = context.stdout.isTTY === true && context.colorDepth > 1;
  return { raw, timestamps, json, matches, colour: coloured ? colour : undefined };
}
