/** Reads of objects whose shape nobody vouches for: what is missing or of another type is undefined or empty. */

/** The value at a path of field names. */
export function at(object: unknown, ...path: string[]): unknown {
  let value = object;
  for (const field of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<string, unknown>)[field];
  }
  return value;
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];

export const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;

/** The objects of an array. */
export const objects = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((v) => v !== null && typeof v === 'object') : [];

export const record = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** meta/v1 Condition, every field a string. */
export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime: string;
}

export const conditions = (object: unknown): Condition[] =>
  objects(at(object, 'status', 'conditions')).map((c) => ({
    type: text(c.type),
    status: text(c.status),
    reason: text(c.reason),
    message: text(c.message),
    lastTransitionTime: text(c.lastTransitionTime),
  }));

/** The condition of that type, whatever its status. */
export const condition = (object: unknown, type: string): Condition | undefined =>
  conditions(object).find((c) => c.type === type);

/** The condition of that type if its status is True. */
export function isTrue(object: unknown, type: string): Condition | undefined {
  const found = condition(object, type);
  return found?.status === 'True' ? found : undefined;
}

/** The earliest of the RFC 3339 times, ignoring empty ones and the epoch, which the kubelet writes for what never started. */
export const earliest = (times: Iterable<string | undefined>): string | undefined => edge(times, (a, b) => a < b);

export const latest = (times: Iterable<string | undefined>): string | undefined => edge(times, (a, b) => a > b);

function edge(times: Iterable<string | undefined>, better: (a: number, b: number) => boolean): string | undefined {
  let best: string | undefined;
  for (const time of times) {
    const value = time ? Date.parse(time) : Number.NaN;
    if (value > 0 && (best === undefined || better(value, Date.parse(best)))) best = time;
  }
  return best;
}
