import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { configFolder } from './personal.ts';

type Around = Pick<Context, 'env' | 'home' | 'cwd' | 'now'>;

/** What the person said yes to. */
export interface Trusted {
  /** The verb that it was. */
  name: string;
  /** Where it came from, in words. */
  origin: string;
  /** RFC 3339. */
  at: string;
  /** What was built of it here, by what it was built for: the hash of the program. */
  built?: Record<string, string>;
}

const fileOf = (around: Around) => join(configFolder(around), 'trust.json');

/** A file of an administrator's or a team's: a digest a line, and whatever words after it; lines with # say nothing. */
function listFile({ env, home, cwd }: Around): string {
  const given = env.KF_TRUST_FILE;
  if (!given) return join(configFolder({ env, home }), 'trusted');
  return isAbsolute(given) ? given : join(cwd, given);
}

/** True where the person, or a trust file, said yes to just this digest. */
export function trusted(around: Around, digest: string): boolean {
  if (Object.hasOwn(stored(around), digest)) return true;
  const lines = read(listFile(around))?.split('\n') ?? [];
  return lines.some((line) => line.trim().split(/\s+/)[0] === digest);
}

/** What was said yes to by this person on this machine. */
export const trustedHere = (around: Around, digest: string): Trusted | undefined => {
  const all = stored(around);
  return Object.hasOwn(all, digest) ? all[digest] : undefined;
};

/** Remembers a yes. */
export function trust(around: Around, digest: string, { name, origin }: Pick<Trusted, 'name' | 'origin'>): void {
  const kept = trustedHere(around, digest)?.built;
  const at = new Date(around.now()).toISOString();
  store(around, { ...stored(around), [digest]: { name, origin, at, ...(kept ? { built: kept } : {}) } });
}

/** Remembers the program that was built of a trusted digest; that of one which only a trust file names is built each time. */
export function trustBuilt(around: Around, digest: string, target: string, hash: string): void {
  const known = trustedHere(around, digest);
  if (!known) return;
  store(around, { ...stored(around), [digest]: { ...known, built: { ...known.built, [target]: hash } } });
}

function stored(around: Around): Record<string, Trusted> {
  const text = read(fileOf(around));
  if (text === undefined) return {};
  try {
    const all = JSON.parse(text) as Record<string, Trusted> | null;
    return typeof all === 'object' && all !== null && !Array.isArray(all) ? all : {};
  } catch {
    // A file that is no list of yeses holds none.
    return {};
  }
}

function store(around: Around, all: Record<string, Trusted>): void {
  const file = fileOf(around);
  const next = `${file}.${Math.random().toString(36).slice(2)}~`;
  let there = false;
  try {
    mkdirSync(configFolder(around), { recursive: true, mode: 0o700 });
    there = true;
    writeFileSync(next, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(next, file);
  } catch (error) {
    if (there) rmSync(next, { force: true });
    throw new KfError(Exit.failed, `cannot write ${file}: ${(error as Error).message}`, {
      hint: 'correct its permissions; without it, use --trust=<digest> with each run',
      cause: error,
    });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
