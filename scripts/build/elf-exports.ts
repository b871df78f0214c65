import { fields, type Section, SYMBOL, sectionsOf, textAt } from './elf.ts';

const RELA = 24;
/** Tags of the dynamic section whose values are places in its strings: NEEDED, SONAME, RPATH, RUNPATH. */
const DT_STRINGS = new Set([1n, 14n, 15n, 29n]);
const DT_STRSZ = 10n;

/**
 * What the C++ library and libc may ask of an executable, as the linker would export it by itself: std, __gnu_cxx, __cxxabiv1, new and
 * delete; and C names of theirs.
 */
const runtimes = /^(?:_Z(?:T[A-Z]|GV|GR)?(?:N[VKRO]*)?(?:St|S[abdiso]|9__gnu_cxx|10__cxxabiv1|n[wa]|d[la])|_(?!Z))/;

/**
 * Takes from an executable, in place, the names that it exports to libraries but for those of the C and C++ runtimes. Node exports
 * 38,000 of them for addons, of which an executable of ours loads none; its own few imports lie scattered among their 3 MB, and each
 * start read all of it. The tables stay where they were and become short, the rest of their room zero.
 * Throws where the tables are not as System V's gABI and GNU's hash have them.
 * @param file a 64-bit little-endian ELF executable
 */
export function dropExports(file: Buffer): void {
  const sections = sectionsOf(file);
  const section = (name: string): Section => {
    const found = sections.find((each) => each.name === name);
    if (!found) throw new Error(`the ELF file has no ${name}`);
    return found;
  };
  const [hash, symbols] = [section('.gnu.hash'), section('.dynsym')];
  const [strings, versions] = [section('.dynstr'), section('.gnu.version')];
  if (sections.some(({ name }) => name === '.hash' || name === '.gnu.version_d'))
    throw new Error('the ELF file has tables of exports that are not known here');
  const count = symbols.size / SYMBOL;
  const firstHashed = file.readUInt32LE(hash.at + 4);
  const shift = file.readUInt32LE(hash.at + 12);
  const stringAt = (offset: number) => textAt(file, strings.at + offset);

  const relocations = [section('.rela.dyn'), section('.rela.plt')].flatMap(({ at, size }) =>
    Array.from({ length: size / RELA }, (_, i) => at + i * RELA + 12),
  );
  const referred = new Set(relocations.map((at) => file.readUInt32LE(at)));
  const read = (i: number) => {
    const at = symbols.at + i * SYMBOL;
    const name = stringAt(file.readUInt32LE(at));
    const entry = Buffer.from(file.subarray(at, at + SYMBOL));
    return { i, name, entry, version: file.readUInt16LE(versions.at + i * 2), hash: gnuHash(name) };
  };
  const all = Array.from({ length: count }, (_, i) => read(i));
  const imports = all.slice(0, firstHashed);
  // An import whose address is taken has a value here, and libraries must find that one.
  const kept = all.slice(firstHashed).filter(({ i, name, entry }) => {
    return referred.has(i) || entry.readUInt16LE(6) === 0 || runtimes.test(name);
  });
  const buckets = Math.max(1, kept.length >> 2);
  kept.sort((a, b) => (a.hash % buckets) - (b.hash % buckets));

  // Everything is read before anything is written.
  const texts = new Texts();
  const moves: [number, number][] = [];
  const move = (at: number, offset: number) => moves.push([at, texts.add(stringAt(offset))]);
  for (const at of versionNames(file, section('.gnu.version_r'))) move(at, file.readUInt32LE(at));
  const dynamic = section('.dynamic');
  let sizeAt: number | undefined;
  for (let at = dynamic.at; at < dynamic.at + dynamic.size; at += 16) {
    const tag = file.readBigUInt64LE(at);
    if (DT_STRINGS.has(tag)) move(at + 8, file.readUInt32LE(at + 8));
    if (tag === DT_STRSZ) sizeAt = at + 8;
  }
  if (sizeAt === undefined) throw new Error('the ELF file does not say how long its strings are');

  const list = [...imports, ...kept];
  const place = new Map(list.map(({ i }, at) => [i, at]));
  for (const { name, entry } of list) entry.writeUInt32LE(texts.add(name), 0);
  for (const at of relocations) file.writeUInt32LE(place.get(file.readUInt32LE(at))!, at);
  for (const [at, offset] of moves) file.writeUInt32LE(offset, at);
  file.writeUInt32LE(texts.size, sizeAt);
  const versionBytes = Buffer.alloc(list.length * 2);
  for (const [at, { version }] of list.entries()) versionBytes.writeUInt16LE(version, at * 2);
  replace(file, symbols, Buffer.concat(list.map(({ entry }) => entry)));
  replace(file, versions, versionBytes);
  replace(file, strings, texts.bytes());
  const hashes = kept.map((each) => each.hash);
  replace(file, hash, hashTable(hashes, buckets, firstHashed, shift));
}

/** Strings one behind another, each once. */
class Texts {
  readonly #places = new Map([['', 0]]);
  size = 1;

  add(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const at = this.size;
    this.#places.set(text, at);
    this.size += text.length + 1;
    return at;
  }

  bytes(): Buffer {
    return Buffer.from([...this.#places.keys()].map((text) => `${text}\0`).join(''), 'latin1');
  }
}

/** Where the offsets of the names of libraries and of their versions stand. */
function* versionNames(file: Buffer, { at }: Section): Generator<number> {
  for (let need = at; ; need += file.readUInt32LE(need + 12)) {
    yield need + 4;
    let aux = need + file.readUInt32LE(need + 8);
    for (let i = file.readUInt16LE(need + 2); i > 0; i--) {
      yield aux + 8;
      aux += file.readUInt32LE(aux + 12);
    }
    if (file.readUInt32LE(need + 12) === 0) return;
  }
}

function gnuHash(name: string): number {
  let hash = 5381;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 33) + name.charCodeAt(i)) >>> 0;
  return hash;
}

/** @param hashes in the order of their buckets */
function hashTable(hashes: number[], buckets: number, firstHashed: number, shift: number): Buffer {
  const words = 2 ** Math.ceil(Math.log2(Math.max(1, hashes.length / 4)));
  const bloom = new BigUint64Array(words);
  const heads = new Uint32Array(buckets);
  const chain = new Uint32Array(hashes.length);
  for (const [i, hash] of hashes.entries()) {
    bloom[(hash >>> 6) % words]! |= (1n << BigInt(hash & 63)) | (1n << BigInt((hash >>> shift) & 63));
    const bucket = hash % buckets;
    heads[bucket] ||= firstHashed + i;
    const next = hashes[i + 1];
    chain[i] = next !== undefined && next % buckets === bucket ? hash & ~1 : hash | 1;
  }
  const head = Uint32Array.of(buckets, firstHashed, words, shift);
  return Buffer.concat([head, bloom, heads, chain].map(({ buffer }) => Buffer.from(buffer)));
}

function replace(file: Buffer, { at, size, header }: Section, bytes: Buffer): void {
  if (bytes.length > size) throw new Error('a table of exports has become longer');
  bytes.copy(file, at);
  file.fill(0, at + bytes.length, at + size);
  file.writeBigUInt64LE(BigInt(bytes.length), header + fields.size);
}
