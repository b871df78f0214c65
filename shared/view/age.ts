const units = [
  ['y', 365 * 86400],
  ['d', 86400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** For each unit: up to how many of the next smaller one it is shown alone, and how far the smaller one is shown beside it. */
const limits = {
  s: 120,
  mBoth: 10 * 60,
  m: 3 * 3600,
  hBoth: 8 * 3600,
  h: 48 * 3600,
  dBoth: 8 * 86400,
  d: 2 * 365 * 86400,
  yBoth: 8 * 365 * 86400,
};

/** A span in at most two units, as kubectl's AGE shows it (apimachinery's duration.HumanDuration): `45s 3m12s 25m 7h5m 2d`. */
export function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return '-';
  const s = Math.max(0, Math.floor(seconds));
  if (s < limits.s) return `${s}s`;
  if (s < limits.mBoth) return both(s, 'm', 's');
  if (s < limits.m) return one(s, 'm');
  if (s < limits.hBoth) return both(s, 'h', 'm');
  if (s < limits.h) return one(s, 'h');
  if (s < limits.dBoth) return both(s, 'd', 'h');
  if (s < limits.d) return one(s, 'd');
  return s < limits.yBoth ? both(s, 'y', 'd') : one(s, 'y');
}

const size = (unit: string) => units.find(([name]) => name === unit)![1];
const one = (s: number, unit: string) => `${Math.floor(s / size(unit))}${unit}`;

function both(s: number, large: string, small: string): string {
  const rest = Math.floor((s % size(large)) / size(small));
  return rest === 0 ? one(s, large) : `${one(s, large)}${rest}${small}`;
}

/** Since an RFC 3339 time; `-` where there is none. */
export const age = (time: string | undefined, now: number): string =>
  time ? duration((now - Date.parse(time)) / 1000) : '-';
