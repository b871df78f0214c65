import { readFileSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Context } from '../cli/context.ts';
import { type KfError, usageError } from '../cli/errors.ts';

/** What of the context is needed to find the kubeconfig. */
export type Place = Pick<Context, 'env' | 'home' | 'cwd'>;

export type Fields = Record<string, unknown>;

/** A cluster, context or user as its file has it, with the file that named it first. */
export interface Entry {
  name: string;
  file: string;
  fields: Fields;
}

/** All kubeconfig files as one, by kubectl's rules: the first file that sets a name or the current context wins. */
export interface Merged {
  /** Every file that was looked for, absolute. */
  tried: string[];
  /** Those that exist. */
  found: string[];
  currentContext: string;
  clusters: Map<string, Entry>;
  contexts: Map<string, Entry>;
  users: Map<string, Entry>;
}

/**
 * The files kubectl would read: --kubeconfig alone, else the list in KUBECONFIG, else `~/.kube/config`.
 * client-go tools/clientcmd/loader.go (NewDefaultClientConfigLoadingRules).
 */
export function kubeconfigFiles(explicit: string | undefined, place: Place): string[] {
  if (explicit) return [resolve(place.cwd, explicit)];
  const listed = (place.env.KUBECONFIG ?? '').split(delimiter).filter((name) => name !== '');
  const names = listed.length > 0 ? [...new Set(listed)] : [join(place.home, '.kube', 'config')];
  return names.map((name) => resolve(place.cwd, name));
}

/** Reads and merges. A file in KUBECONFIG that is not there is skipped; the one --kubeconfig names must be there. */
export async function loadMerged(explicit: string | undefined, place: Place): Promise<Merged> {
  const tried = kubeconfigFiles(explicit, place);
  const merged: Merged = {
    tried,
    found: [],
    currentContext: '',
    clusters: new Map(),
    contexts: new Map(),
    users: new Map(),
  };
  for (const file of tried) {
    const text = readFile(file, explicit !== undefined && explicit !== '');
    if (text === undefined) continue;
    merged.found.push(file);
    const config = await parseConfig(text, file);
    merged.currentContext ||= stringField(config, 'current-context') ?? '';
    collect(config, 'clusters', 'cluster', file, merged.clusters);
    collect(config, 'contexts', 'context', file, merged.contexts);
    collect(config, 'users', 'user', file, merged.users);
  }
  return merged;
}

function readFile(file: string, required: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (!required) return undefined;
      throw usageError(`no kubeconfig at ${file}`, 'name one that is there with --kubeconfig, or leave the flag out');
    }
    throw unreadable(file, error, 'kubeconfig');
  }
}

/** A file of the kubeconfig that is there and can't be read. */
export function unreadable(file: string, error: unknown, what: string): KfError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why =
    code === 'EACCES' || code === 'EPERM'
      ? 'permission denied'
      : code === 'EISDIR'
        ? 'is a folder'
        : code === 'ENOENT'
          ? 'not there'
          : message;
  return usageError(`cannot read the ${what} ${file}: ${why}`, 'make the file readable to you, or correct its name');
}

/** Parses one file. JSON goes the short way; YAML goes through js-yaml, which starts in half the time of `yaml`. */
export async function parseConfig(text: string, file: string): Promise<Fields> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { load } = await import('./yaml-load.ts');
    const { short, restore } = withoutBlobs(text);
    try {
      value = restore(load(short));
    } catch (error) {
      const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
      const where = mark ? `:${mark.line + 1}:${mark.column + 1}` : '';
      throw usageError(
        `${file}${where}: not a kubeconfig: ${reason ?? (error as Error).message}`,
        'correct the file, or choose another with --kubeconfig',
      );
    }
  }
  if (value === null || value === undefined) return {};
  if (!isFields(value)) {
    throw usageError(`${file}: not a kubeconfig: it holds no mapping`, 'choose another with --kubeconfig');
  }
  return value;
}

/**
 * The text with its long base64 words (certificates, keys, tokens) standing aside under short names, and what puts them back:
 * a parser that has just started takes longer to walk through them, letter by letter, than for all the rest.
 */
function withoutBlobs(text: string): { short: string; restore(value: unknown): unknown } {
  const mark = 'blob-that-stands-aside-';
  const blobs: string[] = [];
  if (text.includes(mark)) return { short: text, restore: (value) => value };
  const short = text.replace(/(?<=: )[A-Za-z0-9+/]{100,}={0,2}(?=[ \t]*[\r\n,}]|$)/g, (blob) => {
    blobs.push(blob);
    return mark + (blobs.length - 1);
  });
  const restore = (value: unknown): unknown => {
    if (typeof value === 'string') return value.startsWith(mark) ? blobs[Number(value.slice(mark.length))] : value;
    if (Array.isArray(value)) return value.map(restore);
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, restore(inner)]));
  };
  return { short, restore };
}

function collect(config: Fields, list: string, field: string, file: string, into: Map<string, Entry>): void {
  const items = config[list];
  if (items === undefined || items === null) return;
  if (!Array.isArray(items)) throw usageError(`${file}: ${list} must be a list`, 'correct the file');
  const here = new Set<string>();
  for (const item of items) {
    if (!isFields(item)) continue;
    const name = stringField(item, 'name');
    if (name === undefined) continue;
    if (here.has(name)) {
      throw usageError(`${file}: ${list} has "${name}" twice`, 'remove one of them: kubectl refuses such a file too');
    }
    here.add(name);
    const fields = item[field];
    if (!into.has(name)) into.set(name, { name, file, fields: isFields(fields) ? fields : {} });
  }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field's text; numbers and truth values are taken as they were written. '' and absent are both undefined. */
export function stringField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '' || typeof value === 'object') return undefined;
  return String(value);
}

/** Paths in a kubeconfig are relative to the file that they are in. */
export const besides = (entry: Entry, path: string): string =>
  isAbsolute(path) ? path : join(dirname(entry.file), path);
