import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { loader } from './loader.ts';

/** Where an executable holds its packs: JSON at its end, then its length (32 bits, little-endian), then the magic. */
export interface Index {
  /** The Node that it runs on and that made its caches: `24.21.0`. */
  node: string;
  arch: string;
  /** The pack that each chunk is in. */
  packs: Record<string, string>;
  /** By pack: offset and length in the file. */
  scripts: Record<string, { source: [number, number]; cache?: [number, number] }>;
}

export const magic = 'KFPACKS1';

/**
 * Runs another executable of the suite in this process: the same Node need not start a second time, which would take as long as all
 * else that a short command does. Its code comes from its own file and does what it would do there.
 * @returns false where the file is none of the suite's, or was made for another Node: it is to be executed
 */
export function runGuest(file: string, args: readonly string[]): boolean {
  const guest = open(file);
  if (!guest) return false;
  const { fd, index } = guest;
  const bytes = ([at, length]: [number, number]): Buffer => {
    const buffer = Buffer.allocUnsafeSlow(length);
    for (let done = 0; done < length; ) {
      const count = readSync(fd, buffer, done, length - done, at + done);
      if (count === 0) throw new Error(`${file} is shorter than it was`);
      done += count;
    }
    return buffer;
  };
  const real = realpathSync(file);
  process.execPath = real;
  // argv0 can't be written: argv[0], which else is the executable, says under which name it was called.
  process.argv = [basename(file), real, ...args];
  const { scripts, packs } = index;
  const source = (pack: string) => bytes(scripts[pack]!.source).toString('latin1');
  const cache = (pack: string) => scripts[pack]!.cache && bytes(scripts[pack]!.cache);
  loader({ packs, source, cache }, (name) => process.getBuiltinModule(name))('./main.js');
  return true;
}

function open(file: string): { fd: number; index: Index } | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    const { size } = fstatSync(fd);
    const end = Buffer.alloc(4 + magic.length);
    readSync(fd, end, 0, end.length, size - end.length);
    const length = end.readUInt32LE();
    if (end.toString('latin1', 4) === magic && length < size) {
      const json = Buffer.alloc(length);
      readSync(fd, json, 0, length, size - end.length - length);
      const index = JSON.parse(json.toString()) as Index;
      if (index.node === process.versions.node && index.arch === process.arch) return { fd, index };
    }
  } catch {
    // Whatever it is: who executes it gets to know.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}
