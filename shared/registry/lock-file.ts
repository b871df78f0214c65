import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { type Level, levels, type Origin, type Subcommand } from './entry.ts';
import { builtins, checkName } from './names.ts';
import { digestPattern } from './schema.ts';

/** The file that a team commits, so that everyone's subcommands are the same to the byte. */
export const lockName = 'kf-commands.lock';

export interface Locked {
  name: string;
  version: string;
  digest: string;
  /** Where it was when the file was written. */
  level: Level;
  namespace?: string;
  replaces?: string;
  origin?: Origin;
}

const head = `# The subcommands of this folder's people, by digest: kubectl kf command sync installs them, sync --write writes this file.\n`;
const format = 1;
/** A thousand entries fit many times over. */
const mostBytes = 1_000_000;

export const lockedOf = (subcommand: Subcommand, level: Level, namespace: string | undefined): Locked => {
  const { version, digest, replaces, origin } = subcommand.spec;
  return {
    name: subcommand.metadata.name,
    version,
    digest,
    level,
    ...(namespace === undefined ? {} : { namespace }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(origin === undefined ? {} : { origin }),
  };
};

export async function lockText(entries: readonly Locked[]): Promise<string> {
  const { yamlText } = await import('../view/yaml.ts');
  const commands = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return head + yamlText({ format, commands });
}

/** False where it says so already. Whole or not at all. */
export function writeLock(file: string, text: string): boolean {
  const next = `${file}.${Math.random().toString(36).slice(2)}~`;
  try {
    if (readText(file) === text) return false;
    writeFileSync(next, text, { flag: 'wx' });
    renameSync(next, file);
    return true;
  } catch (error) {
    rmSync(next, { force: true });
    throw new KfError(Exit.failed, `cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What the file asks for. KfError (2) with the place where it is none: others write it too, by hand and by merges. */
export async function readLock(file: string): Promise<Locked[]> {
  let text: string | undefined;
  try {
    text = readText(file);
  } catch (error) {
    throw usageError(`cannot read ${file}: ${(error as Error).message}`);
  }
  if (text === undefined) {
    throw usageError(`${file} is not there`, 'write one of what you see here: kubectl kf command sync --write');
  }
  if (text.length > mostBytes) throw usageError(`${file} is too large to be a lock file`);
  return parseLock(text, basename(file));
}

export async function parseLock(text: string, file: string): Promise<Locked[]> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const conflict = /^(<{7}|={7}|>{7})/m.test(text);
    throw usageError(
      `${file}:${line}:${col}: ${oneLine(error.message.split(' at line')[0]!)}`,
      conflict
        ? 'it holds a merge conflict: solve it, or write it anew with sync --write'
        : 'correct it, or write it anew with sync --write',
    );
  }
  const wrong = (path: (string | number)[], what: string): KfError => {
    const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
    const at = node?.range ? lines.linePos(node.range[0]) : undefined;
    return usageError(
      oneLine(`${file}${at ? `:${at.line}:${at.col}` : ''}: ${what}`),
      'correct it, or write it anew with sync --write',
    );
  };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw wrong([], 'a lock file has no aliases');
  }
  if (!isRecord(value) || !Array.isArray(value.commands)) throw wrong([], 'no list of commands');
  if (value.format !== format) {
    throw wrong(['format'], `format ${JSON.stringify(value.format)} is not known here: a newer kubectl kf wrote it`);
  }
  const seen = new Set<string>();
  return value.commands.map((entry, i) => {
    const locked = checkEntry(entry, (what, ...path) => wrong(['commands', i, ...path], what));
    if (seen.has(locked.name)) throw wrong(['commands', i, 'name'], `${locked.name} is there twice`);
    seen.add(locked.name);
    return locked;
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkEntry(entry: unknown, wrong: (what: string, ...path: string[]) => KfError): Locked {
  if (!isRecord(entry)) throw wrong('no entry');
  const word = (name: string): string => {
    const value = entry[name];
    if (typeof value !== 'string' || value === '' || value.length > 300)
      throw wrong(`${name} is missing, or no text`, name);
    return value;
  };
  const [name, version, digest, level] = [word('name'), word('version'), word('digest'), word('level')];
  const replaces = entry.replaces === undefined ? undefined : word('replaces');
  if (replaces !== undefined && replaces !== name) throw wrong(`replaces is ${replaces}, not its own name`, 'replaces');
  if (builtins.has(name) && replaces === undefined)
    throw wrong(`${name} is a built-in verb, and no replacement of it`, 'name');
  try {
    checkName(name, replaces !== undefined);
  } catch (error) {
    throw wrong((error as Error).message, 'name');
  }
  if (!new RegExp(digestPattern).test(digest)) throw wrong('digest is none: sha256: and 64 digits', 'digest');
  if (!levels.includes(level as Level)) throw wrong(`level is none of ${levels.join(', ')}`, 'level');
  const namespace = entry.namespace === undefined ? undefined : word('namespace');
  const origin = entry.origin === undefined ? undefined : checkOrigin(entry.origin, wrong);
  return {
    ...{ name, version, digest, level: level as Level },
    ...(namespace === undefined ? {} : { namespace }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(origin === undefined ? {} : { origin }),
  };
}

function checkOrigin(value: unknown, wrong: (what: string, ...path: string[]) => KfError): Origin {
  if (!isRecord(value)) throw wrong('origin is none', 'origin');
  const { url, ref, commit, path } = value;
  const text = (each: unknown) =>
    each === undefined || (typeof each === 'string' && each !== '' && each.length <= 2000);
  if (typeof url !== 'string' || ![url, ref, commit, path].every(text)) throw wrong('origin is none', 'origin');
  return {
    url,
    ...(ref === undefined ? {} : { ref: ref as string }),
    ...(commit === undefined ? {} : { commit: commit as string }),
    ...(path === undefined ? {} : { path: path as string }),
  };
}
