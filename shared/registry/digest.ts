import { hash } from 'node:crypto';
import type { SubcommandSpec, Version } from './entry.ts';

/** What the digest is not of: the words for a version, where it came from, and what is kept beside it. */
const beside = new Set(['version', 'digest', 'origin', 'pinned', 'history']);

type Digested = Omit<Version, 'version' | 'digest'> & Partial<SubcommandSpec>;

/**
 * `sha256:` and the hash of all that a subcommand is and does, as JSON with sorted keys. What we do not know of is in it, so
 * that nothing which a newer client heeds escapes it.
 * @param replaces of a version in the history, where the subcommand has it
 */
export function digestOf(version: Digested, replaces: string | undefined = version.replaces): string {
  const whole = Object.fromEntries(Object.entries({ ...version, replaces }).filter(([key]) => !beside.has(key)));
  return `sha256:${hash('sha256', canonical(whole))}`;
}

/** True where the digest that it carries is that of what it holds. */
export const checkDigest = (version: Version & { replaces?: string }, replaces?: string): boolean =>
  version.digest === digestOf(version, replaces ?? version.replaces);

/** JSON in one way only: keys sorted by their UTF-16 units, no white space, what is undefined left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`;
}
