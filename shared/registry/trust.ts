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
}

const fileOf = (around: Around) => join(configFolder(around), 'trust.json');
/** By digest and by what it was built for: the hash of the program that was built of it here. */
const builtFile = (around: Around) => join(configFolder(around), 'built.json');

/** A file of an administrator's or a team's: a digest a line, and whatever words after it; lines with # say nothing. */
function listFile({ env, home, cwd }: Around): string {
  const given = env.KF_TRUST_FILE;
  if (!given) return join(configFolder({ env, home }), 'trusted');
  return isAbsolute(given) ? given : join(cwd, given);
}

/** True where the person, or a trust file, said yes to just this digest. */
export function trusted(around: Around, digest: string): boolean {
  if (trustedHere(around, digest)) return true;
  const lines = read(listFile(around))?.split('\n') ?? [];
  return lines.some((line) => line.trim().split(/\s+/)[0] === digest);
}

/** What was said yes to by this person on this machine. */
export const trustedHere = (around: Around, digest: string): Trusted | undefined => {
  const all = stored<Trusted>(fileOf(around));
  return Object.hasOwn(all, digest) ? all[digest] : undefined;
};

/** Remembers a yes. */
export function trust(around: Around, digest: string, { name, origin }: Pick<Trusted, 'name' | 'origin'>): void {
  const at = new Date(around.now()).toISOString();
  store(around, fileOf(around), { ...stored<Trusted>(fileOf(around)), [digest]: { name, origin, at } });
}

/** The hash of the program that was built of the digest on this machine: what else lies in its place is not run. */
export function builtHere(around: Around, digest: string, target: string): string | undefined {
  const all = stored<Record<string, string>>(builtFile(around));
  return Object.hasOwn(all, digest) ? all[digest]?.[target] : undefined;
}

/** Remembers what was built, whoever said yes to it; where nothing can be written, it is built each time. */
export function keepBuilt(around: Around, digest: string, target: string, hash: string): void {
  const all = stored<Record<string, string>>(builtFile(around));
  const known = Object.hasOwn(all, digest) ? all[digest] : {};
  try {
    store(around, builtFile(around), { ...all, [digest]: { ...known, [target]: hash } });
  } catch (error) {
    if (!(error instanceof KfError)) throw error;
  }
}

function stored<Each>(file: string): Record<string, Each> {
  const text = read(file);
  if (text === undefined) return {};
  try {
    const all = JSON.parse(text) as Record<string, Each> | null;
    return typeof all === 'object' && all !== null && !Array.isArray(all) ? all : {};
  } catch {
    // A file that is no list of yeses holds none.
    return {};
  }
}

function store(around: Around, file: string, all: Record<string, unknown>): void {
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
