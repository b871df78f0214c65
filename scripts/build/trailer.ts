import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Index, magic } from '../../shared/cli/guest.ts';
import type { Packed } from './pack.ts';
import type { Target } from './targets.ts';

/**
 * Says at an executable's end where its packs and their caches are in it, so that the dispatcher can run them in its own
 * process (shared/cli/guest.ts). For Linux: what comes behind an ELF file is nobody's, behind a signature it breaks it.
 * @param dir holds each pack and its cache as files
 */
export async function addTrailer(executable: string, target: Target, packed: Packed, dir: string): Promise<void> {
  const all = await readFile(executable);
  const place = async (name: string): Promise<[number, number]> => {
    const bytes = await readFile(join(dir, name));
    const at = all.indexOf(bytes);
    if (at < 0 || all.indexOf(bytes, at + 1) >= 0) throw new Error(`${name} is not once in ${executable}`);
    return [at, bytes.length];
  };
  const scripts: Index['scripts'] = {};
  for (const name of packed.scripts.keys()) {
    const { size } = await stat(join(dir, `${name}.cache`));
    // Of a pack that no command reached there is no cache.
    scripts[name] = { source: await place(name), ...(size > 0 ? { cache: await place(`${name}.cache`) } : {}) };
  }
  const index: Index = { node: target.node, arch: target.arch, packs: packed.packs, scripts };
  const json = Buffer.from(JSON.stringify(index));
  const end = Buffer.alloc(4);
  end.writeUInt32LE(json.length);
  await appendFile(executable, Buffer.concat([json, end, Buffer.from(magic)]));
}
