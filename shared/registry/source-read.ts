/** Reads what is to become a subcommand: a file, or a folder less what is ignored. */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { usageError } from '../cli/errors.ts';
import { cannotRead } from '../manifest/load.ts';
import { codeFiles } from '../train/code.ts';
import { oneLine } from '../view/text.ts';
import { isInside } from './check.ts';
import { mostFiles, mostSource } from './schema.ts';

const wayOut =
  'put data on a volume or into a dataset, other code into a package that "dependencies" names, or all of it into an image; ' +
  'in a folder .kfignore leaves files out; nothing was added';

export interface Read {
  /** As the person would name it. */
  name: string;
  folder: boolean;
  files: Record<string, string>;
}

/** Throws KfError (2): not readable, empty, no text, too large. */
export async function readFiles(path: string, name: string): Promise<Read> {
  const info = await stat(path).catch(cannotRead(name));
  if (!info.isDirectory() && !info.isFile()) throw usageError(`${oneLine(name)} is no plain file`);
  const folder = info.isDirectory();
  const found = folder ? await codeFiles(path, name) : [{ path: basename(path), from: path, size: info.size }];
  if (found.length === 0)
    throw usageError(
      `${oneLine(name)} has no file`,
      'is all of it ignored? .kfignore and the usual caches are left out',
    );
  if (found.length > mostFiles) {
    throw usageError(`${oneLine(name)} has ${found.length} files; a subcommand may have ${mostFiles}`, wayOut);
  }
  checkSize(
    found.reduce((sum, { size }) => sum + size, 0),
    name,
  );
  const files: Record<string, string> = {};
  for (const each of found) {
    const shown = folder ? join(name, each.path) : name;
    if (!isInside(each.path))
      throw usageError(`${oneLine(shown)}: a file of a subcommand can't be called so`, 'rename it');
    files[each.path] = textOf(await readFile(each.from).catch(cannotRead(shown)), shown, folder);
  }
  checkSize(
    Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    name,
  );
  return { name, folder, files };
}

function checkSize(bytes: number, name: string): void {
  if (bytes <= mostSource) return;
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  throw usageError(`${oneLine(name)} is too large for a subcommand: ${size}, at most ${mostSource / 1024} KiB`, wayOut);
}

function textOf(bytes: Buffer, name: string, folder: boolean): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const hint = folder ? 'leave it out with a line in .kfignore, or save it as UTF-8' : 'save it as UTF-8';
    throw usageError(`${oneLine(name)} is not text (UTF-8)`, hint);
  }
  if (!folder && text.trim() === '')
    throw usageError(`${oneLine(name)} is empty`, 'kubectl kf command new NAME writes a starting point');
  return text;
}
