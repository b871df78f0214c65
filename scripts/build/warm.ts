// Runs a bundle's command as the executable would, under the target's own Node, and keeps what V8 compiled for it.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import type { Script } from 'node:vm';
import { loader } from '../../shared/cli/loader.ts';

/** Put in by the bundle: the pack that each chunk is in. */
declare const KF_PACKS: Record<string, string>;

const dir = process.argv[2]!;
const words = process.argv.slice(3);
process.argv = [process.execPath, process.execPath, ...words];

const scripts = new Map<string, Script>();
const cacheFile = (name: string) => join(dir, `${name}.cache`);

// The caches of the run before are read and go on: each further command adds the functions that it used.
function cache(name: string): Uint8Array | undefined {
  try {
    return readFileSync(cacheFile(name));
  } catch {
    return undefined;
  }
}

const chunks: string[] = [];

// A cache is taken only under the flags of V8 that it was made under: those that a command sets for itself are not set here, but
// for the one that its code asks a name of.
const gc = '--expose-gc';
const setFlagsFromString = (flag: string) => flag === gc && v8.setFlagsFromString(gc);
const builtin = (name: string) => (name === 'node:v8' ? { ...v8, setFlagsFromString } : require(name));

process.on('exit', () => {
  v8.setFlagsFromString('--no-expose-gc');
  writeFileSync(join(dir, 'loaded.json'), JSON.stringify(chunks));
  for (const [name, script] of scripts) {
    writeFileSync(`${cacheFile(name)}.new`, script.createCachedData());
    renameSync(`${cacheFile(name)}.new`, cacheFile(name));
  }
});

const source = (name: string) => readFileSync(join(dir, name), 'latin1');
const compiled = (name: string, script: Script) => {
  if (script.cachedDataRejected) throw new Error(`V8 refuses the cache of ${name} that it made before`);
  scripts.set(name, script);
};
const loaded = (chunk: string) => chunks.push(chunk);
loader({ packs: KF_PACKS, source, cache, compiled, loaded }, builtin)('./main.js');
