import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignCaches, roomy } from './align.ts';
import { bundleGroup, bundleLoader, type Stamp } from './bundle.ts';
import { loadedOften, makeCodeCaches, runnerFor } from './code-cache.ts';
import { inject } from './inject.ts';
import { baseFor } from './node.ts';
import { type Packed, pack } from './pack.ts';
import { dist, root } from './paths.ts';
import { step } from './progress.ts';
import { executableName, hostName, type Target, targets } from './targets.ts';
import { trailer } from './trailer.ts';

/**
 * Builds one group for one target into `<out>/<target>/`, unless what is there was made from the same inputs.
 * @returns the executable's path
 */
export async function buildExecutable(
  group: string,
  target: Target,
  stamp: Stamp,
  out: string = dist,
): Promise<string> {
  const output = join(out, target.name, executableName(group, target));
  const inputs = `${inputsOf(group, target)} ${stamp.version} ${stamp.commit}`;
  const mark = join(out, '.inputs', `${target.name}-${group}`);
  if (existsSync(output) && existsSync(mark) && readFileSync(mark, 'utf8') === inputs) return output;

  await baseFor(target);
  await step(`building ${group} for ${target.name}`, async () => {
    const work = await mkdtemp(join(tmpdir(), 'kf-build-'));
    try {
      const made = join(work, 'executable');
      const packed = await packedOf(group, stamp);
      await assemble(group, target, packed, work, made);
      await mkdir(join(out, target.name), { recursive: true });
      await mkdir(join(out, '.inputs'), { recursive: true });
      await rm(mark, { force: true });
      await replace(made, output);
      await writeFile(mark, inputs);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return output;
}

const known = new Map<string, Promise<Packed>>();

/** A group's bundle, which is the same for every target. */
function packedOf(group: string, stamp: Stamp): Promise<Packed> {
  const key = JSON.stringify([group, stamp]);
  const found = known.get(key) ?? bundleAndLearn(group, stamp);
  known.set(key, found);
  return found;
}

async function bundleAndLearn(group: string, stamp: Stamp): Promise<Packed> {
  const work = await mkdtemp(join(tmpdir(), 'kf-learn-'));
  try {
    const chunks = await bundleGroup(group, stamp);
    return pack(chunks, await learnOften(group, pack(chunks), join(work, 'packs')));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Packs and their caches as files in `work`, then the executable of them. */
async function assemble(group: string, target: Target, packed: Packed, work: string, made: string): Promise<void> {
  const { scripts, packs } = packed;
  const dir = join(work, 'packs');
  await unfold(packed, dir);
  const assets: Record<string, string> = {};
  for (const name of scripts.keys()) assets[name] = join(dir, name);
  const caches = new Map<string, Buffer>();
  const runner = await runnerFor(target);
  if (runner) {
    await makeCodeCaches(group, runner, dir, [...scripts.keys()]);
    for (const name of scripts.keys()) {
      const file = join(dir, `${name}.cache`);
      const cache = await readFile(file);
      caches.set(name, cache);
      await writeFile(file, roomy(cache));
      assets[`${name}.cache`] = file;
    }
  }
  const main = join(work, 'boot.js');
  await writeFile(main, await bundleLoader('boot', packs, runner !== undefined));
  await inject(group, target, main, assets, made);
  if (!runner || target.os !== 'linux') return;
  const executable = await readFile(made);
  alignCaches(executable, caches);
  await writeFile(made, Buffer.concat([executable, trailer(executable, target, packed, caches)]));
}

/** The packs as files, with the script that runs them for their caches. */
async function unfold({ scripts, packs }: Packed, dir: string): Promise<void> {
  await mkdir(dir);
  for (const [name, code] of scripts) await writeFile(join(dir, name), code);
  await writeFile(join(dir, 'warm.js'), await bundleLoader('warm', packs, true));
}

/** Which chunks the commands typed most load: tried on this machine, whatever the target; a bundle is the same for all. */
async function learnOften(group: string, packed: Packed, dir: string): Promise<Set<string>[]> {
  const host = targets.find(({ name }) => name === hostName());
  const runner = host && (await runnerFor(host));
  if (!runner) return [];
  await unfold(packed, dir);
  return loadedOften(group, runner, dir);
}

/** A program that runs keeps its file: the new one takes the name. /tmp may be another file system, so copy first. */
async function replace(from: string, to: string): Promise<void> {
  const next = `${to}.${process.pid}`;
  await writeFile(next, readFileSync(from), { mode: 0o755 });
  await rename(next, to);
}

/** A digest of all that an executable is made from. */
function inputsOf(group: string, target: Target): string {
  const hash = createHash('sha256').update(JSON.stringify([group, target]));
  const places = [join('plugins', group), 'shared', join('scripts', 'build'), 'package.json', 'package-lock.json'];
  for (const file of places.flatMap((place) => filesIn(place))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(place: string): string[] {
  if (/\.json$/.test(place)) return [place];
  return readdirSync(join(root, place), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
