import {
  chmodSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { Exit, KfError } from '../cli/errors.ts';
import { mark } from './shim.ts';

/** A file that completion needs beside the plugins: a script, or a link to one of them. */
export type Piece = { name: string; text: string } | { name: string; link: string };

/** What is at a piece's place: just that, nothing, an older one of ours, or what others put there. */
export type Standing = 'there' | 'absent' | 'ours' | 'foreign';

/** How a piece of that name stands in the folder. */
export function standing(folder: string, piece: Piece): Standing {
  const file = join(folder, piece.name);
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found) return 'absent';
  if (!isOurs(file)) return 'foreign';
  if ('link' in piece) return found.isSymbolicLink() && readlinkSync(file) === piece.link ? 'there' : 'ours';
  const same = found.isFile() && readFileSync(file, 'utf8') === piece.text && (found.mode & 0o111) !== 0;
  return same ? 'there' : 'ours';
}

/** A script with our mark, or a link to an executable of the suite under krew's spelling. */
function isOurs(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) return /^kubectl-kf(_[a-z0-9_]+)?(\.exe)?$/.test(basename(readlinkSync(file)));
  if (!found?.isFile() || found.size > 100_000) return false;
  return readFileSync(file, 'utf8').split('\n', 2)[1] === mark;
}

/** Names that are ours to take, whatever group they are of: krew's own links have none of them. */
const names = /^(kubectl_complete-kf([-_][a-z0-9_-]+)?|kubectl-kf-[a-z0-9_-]+)(\.exe)?$/;

/** What completion has put into the folder, of groups that are gone too. */
export function piecesIn(folder: string): string[] {
  return list(folder)
    .filter((name) => names.test(name) && isOurs(join(folder, name)))
    .sort();
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw cannot(folder, error);
  }
}

/** Puts a piece there, whole or not at all; what others have put there meanwhile stays. Throws KfError where it can't. */
export function put(folder: string, piece: Piece, over: boolean): void {
  const file = join(folder, piece.name);
  const next = join(folder, `.${piece.name}.${Math.random().toString(36).slice(2)}`);
  try {
    if ('link' in piece) symlinkSync(piece.link, next, 'file');
    else {
      writeFileSync(next, piece.text, { flag: 'wx', mode: 0o755 });
      chmodSync(next, 0o755);
    }
    if (over) renameSync(next, file);
    else if ('link' in piece) symlinkSync(piece.link, file, 'file');
    else linkSync(next, file);
  } catch (error) {
    throw cannot(file, error);
  } finally {
    rmSync(next, { force: true });
  }
}

export function take(folder: string, name: string): void {
  const file = join(folder, name);
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw cannot(file, error);
  }
}

function cannot(file: string, error: unknown): KfError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, [string, string]> = {
    EACCES: ['permission denied', 'ask who owns the folder, or install the plugins with a krew of your own'],
    EROFS: ['the disk is read-only', 'install the plugins into a folder that you may write'],
    ENOENT: ['the folder is not there', 'install the plugins with krew first'],
    EPERM: ['not permitted', 'on Windows, links need the Developer Mode: krew needs it too'],
    EEXIST: ['something is there now', 'see what it is, and try again'],
  };
  const [why, hint] = reasons[code ?? ''] ?? [message, undefined];
  return new KfError(Exit.failed, `cannot change ${file}: ${why}`, hint ? { hint } : {});
}
