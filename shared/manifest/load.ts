import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Input } from '../cli/context.ts';
import { Exit, Interrupted, KfError, usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import type { Source } from './source.ts';

/** What kubectl takes for manifests in a directory. */
export const manifestName = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name);

export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const most = 3 << 20;

/** One file, as text. Throws KfError (2) where it can't be read or is no text. */
export async function fileSource(path: string, name: string): Promise<Source> {
  const { size } = await stat(path).catch(cannotRead(name));
  if (size > most) {
    throw usageError(
      `${name} is too large for manifests: ${(size / 1e6).toFixed(1)} MB`,
      'a cluster takes 3 MiB in one request',
    );
  }
  return { name, text: decode(await readFile(path).catch(cannotRead(name)), name) };
}

/** A directory's manifests, in the order of their names; sub-directories are left out, as kubectl does. */
export async function directorySources(path: string, name: string): Promise<Source[]> {
  const entries = await readdir(path).catch(cannotRead(name));
  const names = entries.filter((entry) => manifestName(entry) && !entry.startsWith('.')).sort();
  return Promise.all(names.map((entry) => fileSource(join(path, entry), join(name, entry))));
}

/** What `kubectl kustomize` makes of a directory. */
export async function kustomizeSource(path: string, name: string, context: Context): Promise<Source> {
  const exec = await context.exec();
  const hint = 'kubectl kf runs kubectl kustomize for it: is kubectl on the PATH?';
  const ended = await exec('kubectl', ['kustomize', path], { signal: context.signal, env: context.env }).catch(
    (error) => {
      throw new KfError(
        Exit.usage,
        `cannot build the kustomization ${name}: ${oneLine(String(error?.message ?? error))}`,
        { hint },
      );
    },
  );
  if (context.signal.aborted) throw new Interrupted();
  if (ended.code !== 0) {
    const said = oneLine(ended.stderr.trim().split('\n').at(-1) ?? '').replace(/^error: /, '');
    throw usageError(
      `cannot build the kustomization ${name}: ${said || `kubectl kustomize ended with ${ended.code}`}`,
      'nothing was created',
    );
  }
  return { name: `kustomize output of ${name}`, text: ended.stdout };
}

/** Standard input to its end. */
export async function stdinSource(context: Context): Promise<Source> {
  const chunks: Buffer[] = [];
  let size = 0;
  const { stdin, signal } = context;
  const stop = () => (stdin as Input).destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) {
      chunks.push(Buffer.from(chunk));
      size += chunks.at(-1)!.length;
      if (size > most) throw usageError('stdin is too large for manifests', 'a cluster takes 3 MiB in one request');
    }
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) throw new Interrupted();
  return { name: 'stdin', text: decode(Buffer.concat(chunks), 'stdin') };
}

function decode(bytes: Buffer, name: string): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageError(`${name} is not text (UTF-8)`, 'nothing was created');
  }
}

/** For `.catch`: the file system's refusal in plain words. */
export function cannotRead(name: string): (error: NodeJS.ErrnoException) => never {
  const why: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOTDIR: 'a part of the path is no directory',
    ELOOP: 'its links go round in a circle',
    ENAMETOOLONG: 'the name is too long',
  };
  return (error) => {
    throw usageError(
      `cannot read ${oneLine(name)}: ${why[error.code ?? ''] ?? oneLine(error.message)}`,
      'nothing was created',
    );
  };
}
