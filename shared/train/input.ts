import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Context } from '../cli/context.ts';
import { usageError } from '../cli/errors.ts';
import {
  cannotRead,
  directorySources,
  fileSource,
  kustomizationNames,
  kustomizeSource,
  manifestName,
  stdinSource,
} from '../manifest/load.ts';
import type { Source } from '../manifest/source.ts';
import { isScript } from './entry.ts';

/** What `<yaml|script|folder>` turned out to be. */
export type Input = { kind: 'manifests'; sources: Source[] } | { kind: 'code'; path: string };

/**
 * Decides what the words name, and reads manifests.
 * A folder with a kustomization, or with manifests and no script, is manifests; one with scripts is code.
 * @param wantsCode flags were given that only code takes: decides where a folder has both
 * Throws KfError (2): not there, not readable, neither, both.
 */
export async function readInput(word: string, context: Context, wantsCode: boolean): Promise<Input> {
  if (word === '-') return { kind: 'manifests', sources: [await stdinSource(context)] };
  if (/^https?:\/\//.test(word)) {
    throw usageError(
      `${word} is on the web; kubectl kf train takes files`,
      `curl -fsSL ${word} | kubectl kf train <name> -`,
    );
  }
  const path = resolve(context.cwd, word);
  const info = await stat(path).catch(cannotRead(word));
  if (info.isDirectory()) return folder(path, word, context, wantsCode);
  if (manifestName(word)) return { kind: 'manifests', sources: [await fileSource(path, word)] };
  if (isScript(word) || wantsCode || word.endsWith('.ipynb')) return { kind: 'code', path };
  if (kustomizationNames.includes(word.split('/').at(-1)!)) {
    throw usageError(`${word} is part of a kustomization: name its folder`);
  }
  if (info.size > 3 << 20) return { kind: 'code', path };
  const source = await fileSource(path, word).catch(() => undefined);
  if (source && looksLikeManifest(source.text)) return { kind: 'manifests', sources: [source] };
  return { kind: 'code', path };
}

async function folder(path: string, word: string, context: Context, wantsCode: boolean): Promise<Input> {
  const names = (await readdir(path).catch(cannotRead(word))).filter((name) => !name.startsWith('.'));
  if (names.length === 0) throw usageError(`${word} is an empty folder`, 'nothing was created');
  const scripts = names.filter(isScript);
  if (names.some((name) => kustomizationNames.includes(name)) && !wantsCode) {
    return { kind: 'manifests', sources: [await kustomizeSource(path, word, context)] };
  }
  const yaml = names.filter(manifestName);
  if (wantsCode || yaml.length === 0) return { kind: 'code', path };
  const sources = await directorySources(path, word);
  const manifests = sources.filter(({ text }) => looksLikeManifest(text));
  if (scripts.length === 0) return manifests.length > 0 ? { kind: 'manifests', sources } : { kind: 'code', path };
  if (manifests.length === 0) return { kind: 'code', path };
  throw usageError(
    `${word} holds code (${scripts[0]}) and manifests (${manifests[0]!.name}): which is meant?`,
    `name the file (${join(word, yaml[0]!)}), or give --runtime to ship the folder as code`,
  );
}

const looksLikeManifest = (text: string): boolean =>
  /^\s*["']?apiVersion["']?\s*:/m.test(text) && /^\s*["']?kind["']?\s*:/m.test(text);
