import { usageError } from '../cli/errors.ts';

const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A Go duration (`300ms`, `1.5h`, `1m30s`) or whole seconds (`30`) in milliseconds; undefined where it is neither. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const parts = /^(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)/;
  let rest = text;
  let total = 0;
  while (rest !== '') {
    const part = parts.exec(rest)?.[0];
    if (part === undefined) return undefined;
    const number = Number.parseFloat(part);
    total += number * units[part.replace(/^[\d.]+/, '')]!;
    rest = rest.slice(part.length);
  }
  return text === '' ? undefined : total;
}

/** `--request-timeout` in milliseconds; 0 is none. */
export function requestTimeout(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw usageError(`--request-timeout takes a duration, not "${text}"`, 'such as 30s, 2m, or 0 for none');
  }
  return ms;
}
