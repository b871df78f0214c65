import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import type { Ignore } from 'ignore';
import { usageError } from '../cli/errors.ts';
import { cannotRead } from '../manifest/load.ts';
import { oneLine } from '../view/text.ts';
import { chooseEntry } from './entry.ts';
import { fileSize } from './size.ts';

/** A ConfigMap takes 1 MiB; the rest is for its names. */
export const mostBytes = 1_000_000;
const mostFiles = 1000;

export interface CodeFile {
  /** From the folder, with slashes. */
  path: string;
  bytes: Buffer;
  executable: boolean;
}

/** What is shipped with a job. */
export interface Code {
  /** The file that starts it, among {@link files}. */
  entry: string;
  files: CodeFile[];
  /** Bytes in all. */
  size: number;
  /** As the person named it: `train.py`, `src/`. */
  name: string;
  /** Of every path, mode and byte: the same code gives the same. */
  sha256: string;
}

/** Left out of a folder without being told, as gitignore writes it; `.kfignore` can take back (`!…`). */
export const alwaysIgnored = [
  '.git/',
  '.hg/',
  '.svn/',
  '.kfignore',
  '.gitignore',
  '.DS_Store',
  '__pycache__/',
  '*.pyc',
  '*.pyo',
  '.venv/',
  'venv/',
  '.env/',
  'node_modules/',
  '.ipynb_checkpoints/',
  '.mypy_cache/',
  '.pytest_cache/',
  '.ruff_cache/',
  '.tox/',
  '.idea/',
  '.vscode/',
  '*.egg-info/',
  '*.swp',
];

/**
 * Reads a script, or a folder less what is ignored. Throws KfError (2): not readable, nothing in it, no file to start, too large.
 * @param name as the person typed it
 */
export async function readCode(path: string, name: string, entry: string | undefined): Promise<Code> {
  const folder = (await stat(path).catch(cannotRead(name))).isDirectory();
  const found = folder ? await codeFiles(path, name) : [await one(path, name)];
  if (found.length === 0) {
    throw usageError(
      `${name} has no file to ship`,
      'is all of it ignored? .kfignore and the usual caches are left out',
    );
  }
  checkSize(found, name);
  if (!folder && entry !== undefined) throw usageError('--entry goes with a folder: a script starts itself');
  const start = folder
    ? chooseEntry(
        found.map((file) => file.path),
        name,
        entry,
      )
    : found[0]!.path;
  const files = await Promise.all(
    found.map(async (file) => ({
      path: file.path,
      executable: file.executable,
      bytes: await readFile(file.from).catch(cannotRead(join(folder ? name : '', file.path))),
    })),
  );
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  checkSize(
    files.map(({ path: p, bytes }) => ({ path: p, size: bytes.length })),
    name,
  );
  return {
    entry: start,
    files,
    size,
    name: folder ? `${basename(path)}/` : basename(path),
    sha256: digest(files),
  };
}

export interface Found {
  path: string;
  from: string;
  size: number;
  executable: boolean;
}

async function one(path: string, name: string): Promise<Found> {
  if (extname(name) === '.ipynb') {
    throw usageError(`${name} is a notebook, not a script`, `jupyter nbconvert --to script ${name} makes one of it`);
  }
  const info = await stat(path).catch(cannotRead(name));
  if (!info.isFile()) throw usageError(`${name} is no plain file`);
  if (info.size === 0) throw usageError(`${name} is empty`, 'nothing was created');
  return { path: basename(name), from: path, size: info.size, executable: (info.mode & 0o111) !== 0 };
}

/** A folder's files less what is ignored, by their paths. Throws KfError (2). */
export async function codeFiles(root: string, name: string): Promise<Found[]> {
  const { default: ignore } = await import('ignore');
  const rules = ignore().add(alwaysIgnored);
  rules.add(await readFile(join(root, '.kfignore'), 'utf8').catch(noFile));
  const found: Found[] = [];
  await collect(root, await realpath(root), name, '', rules, found);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const noFile = (error: NodeJS.ErrnoException): string => {
  if (error.code === 'ENOENT') return '';
  return cannotRead('.kfignore')(error);
};

async function collect(
  root: string,
  real: string,
  name: string,
  under: string,
  rules: Ignore,
  found: Found[],
): Promise<void> {
  const entries = await readdir(join(root, under)).catch(cannotRead(join(name, under)));
  for (const entry of entries.sort()) {
    const path = under ? `${under}/${entry}` : entry;
    const from = join(root, path);
    const info = await lstat(from).catch(cannotRead(join(name, path)));
    if (rules.ignores(info.isDirectory() ? `${path}/` : path)) continue;
    if (info.isDirectory()) {
      await collect(root, real, name, path, rules, found);
    } else if (info.isSymbolicLink()) {
      found.push(await linked(from, real, name, path));
    } else if (info.isFile()) {
      found.push({ path, from, size: info.size, executable: (info.mode & 0o111) !== 0 });
    }
    if (found.length > mostFiles) {
      throw usageError(`${name} has more than ${mostFiles} files`, tooMuch);
    }
    if (/[\0-\x1f]/.test(entry))
      throw usageError(`${oneLine(join(name, path))}: a name with control characters can't be shipped`);
  }
}

/** A link to a file of the same folder is shipped as that file; others would take along what nobody meant to give away. */
async function linked(from: string, real: string, name: string, path: string): Promise<Found> {
  const shown = join(name, path);
  const target = await realpath(from).catch(() => undefined);
  if (!target) throw usageError(`${shown} is a link to nothing`, 'remove it, or name it in .kfignore');
  const inside = relative(real, target);
  if (inside === '..' || inside.startsWith(`..${sep}`) || target === inside) {
    throw usageError(
      `${shown} links to ${oneLine(target)}, outside of the folder`,
      'copy it in, or name it in .kfignore',
    );
  }
  const info = await stat(target).catch(cannotRead(shown));
  if (!info.isFile()) throw usageError(`${shown} links to a folder`, 'name it in .kfignore, or use the folder itself');
  return { path, from: target, size: info.size, executable: (info.mode & 0o111) !== 0 };
}

const tooMuch =
  'leave out what it does not need (.kfignore), put data on a volume, or build the code into an image and run that from a YAML';

function checkSize(files: readonly { path: string; size: number }[], name: string): void {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= mostBytes) return;
  const largest = [...files].sort((a, b) => b.size - a.size).slice(0, 3);
  const list = files.length > 1 ? `: ${largest.map((f) => `${f.path} (${fileSize(f.size)})`).join(', ')}` : '';
  throw usageError(
    `${name} is too large to ship with the job: ${fileSize(total)}, at most ${fileSize(mostBytes)}${list}`,
    `${tooMuch}; nothing was created`,
  );
}

function digest(files: readonly CodeFile[]): string {
  const hash = createHash('sha256');
  for (const { path, executable, bytes } of files) {
    hash.update(`${JSON.stringify([path, executable, bytes.length])}\n`).update(bytes);
  }
  return hash.digest('hex');
}
