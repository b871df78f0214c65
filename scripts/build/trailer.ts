import { type Index, magic } from '../../shared/cli/guest.ts';
import { placeOf } from './align.ts';
import type { Packed } from './pack.ts';
import type { Target } from './targets.ts';

/**
 * What comes behind an executable's end, to say where its packs and their caches are in it: the dispatcher can then run them in its own
 * process (shared/cli/guest.ts). For Linux: what comes behind an ELF file is nobody's, behind a signature it breaks it.
 * @param caches by pack; empty for a pack that no command reached
 */
export function trailer(
  executable: Buffer,
  target: Target,
  { packs, scripts: codes }: Packed,
  caches: ReadonlyMap<string, Buffer>,
): Buffer {
  const place = (bytes: Buffer, name: string): [number, number] => [placeOf(executable, bytes, name), bytes.length];
  const scripts: Index['scripts'] = {};
  for (const [name, code] of codes) {
    const cache = caches.get(name)!;
    scripts[name] = {
      source: place(Buffer.from(code), name),
      ...(cache.length > 0 ? { cache: place(cache, `the cache of ${name}`) } : {}),
    };
  }
  const index: Index = { node: target.node, arch: target.arch, packs, scripts };
  const json = Buffer.from(JSON.stringify(index));
  const end = Buffer.alloc(4);
  end.writeUInt32LE(json.length);
  return Buffer.concat([json, end, Buffer.from(magic)]);
}
