import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';

type Around = Pick<Context, 'env' | 'home'>;

/** What is kept for speed alone: safe to delete, and looked at anew before it is used. */
export const cacheFolder = ({ env, home }: Around): string =>
  join(env.XDG_CACHE_HOME?.startsWith('/') ? env.XDG_CACHE_HOME : join(home, '.cache'), 'kubectl-kf');

/** A digest as a folder's name. */
export const short = (digest: string): string => digest.replace(/^sha256:/, '');

/**
 * A folder with just these files, as they are in hand: what was changed, added or taken away on this machine since is put
 * right first, compiled modules among it. `changed` is told where there was such a thing.
 */
export function sourceFolder(
  around: Around,
  digest: string,
  files: Record<string, string>,
): { folder: string; changed: string[] } {
  const folder = join(cacheFolder(around), 'source', short(digest));
  try {
    return { folder, changed: setRight(folder, files) };
  } catch (error) {
    throw new KfError(Exit.failed, `cannot keep the source in ${folder}: ${(error as Error).message}`, {
      hint: 'correct its permissions, or choose another folder with XDG_CACHE_HOME',
      cause: error,
    });
  }
}

/** The files that were not as they should be; none of a folder that was not there. */
function setRight(folder: string, files: Record<string, string>): string[] {
  const fresh = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
  const changed: string[] = [];
  const wanted = new Map(Object.entries(files));
  const folders = new Set(Object.keys(files).flatMap(parents));
  const look = (inside: string) => {
    for (const entry of readdirSync(join(folder, inside), { withFileTypes: true })) {
      const path = inside ? `${inside}/${entry.name}` : entry.name;
      if (entry.isDirectory() && folders.has(path)) look(path);
      else if (!entry.isFile() || !wanted.has(path)) {
        rmSync(join(folder, path), { recursive: true, force: true });
        changed.push(path);
      } else if (!same(join(folder, path), wanted.get(path)!)) changed.push(path);
      else wanted.delete(path);
    }
  };
  if (lstatSync(folder).isSymbolicLink()) {
    // Another place, which another may write to.
    rmSync(folder);
    mkdirSync(folder, { mode: 0o700 });
    changed.push('.');
  }
  if (!fresh) look('');
  // What is not there yet may be on its way in another run.
  for (const [path, text] of wanted) put(join(folder, path), text, `${folder}.${Math.random().toString(36).slice(2)}~`);
  return changed;
}

/** `a/b` and `a` of `a/b/c.py`. */
function parents(path: string): string[] {
  const up = dirname(path);
  return up === '.' ? [] : [up, ...parents(up)];
}

const same = (file: string, text: string): boolean => readFileSync(file, 'utf8') === text;

/** Whole or not at all: another run may be about to read it. */
function put(file: string, text: string, next: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
  renameSync(next, file);
}

/** Of what was only tried. */
export const forgetSource = (around: Around, digest: string): void =>
  rmSync(join(cacheFolder(around), 'source', short(digest)), { recursive: true, force: true });
