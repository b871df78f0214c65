import type { StrictValidator } from 'typanion';
import { parseDuration } from '../kube/duration.ts';

/** For `Option.String('--timeout', { validator: isDuration })`: kubectl's durations (`10m`, `1h30m`, `90s`) and whole seconds. */
export const isDuration = ((value: unknown, state?: { errors?: string[] }) => {
  const ok = typeof value === 'string' && parseDuration(value) !== undefined;
  if (!ok) state?.errors?.push(`.: "${value}" is no duration such as 90s, 10m or 1h30m`);
  return ok;
}) as StrictValidator<unknown, string>;

/** In milliseconds; 0, which waits without end, where none is given. */
export const timeoutMs = (text: string | undefined): number => (text === undefined ? 0 : (parseDuration(text) ?? 0));
