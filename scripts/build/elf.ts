// 64-bit little-endian ELF, as System V's gABI has it.
const EHDR = { phoff: 32, shoff: 40, phentsize: 54, phnum: 56, shentsize: 58, shnum: 60, shstrndx: 62 };
const SHF_ALLOC = 2n;
/** Bytes of an entry in a table of symbols. */
export const SYMBOL = 24;
const SHT_STRTAB = 3;

/** Places in a section's header. */
export const fields = { flags: 8, address: 16, offset: 24, size: 32 };

export interface Section {
  name: string;
  /** Where its header is in the file. */
  header: number;
  /** Where it is in the file, and how long: bytes. */
  at: number;
  size: number;
  isLoaded: boolean;
}

/** The text that ends with a zero. */
export const textAt = (file: Buffer, at: number): string => file.toString('latin1', at, file.indexOf(0, at));

/** The sections of an executable, the empty first one too. Throws where the file is no such ELF. */
export function sectionsOf(file: Buffer): Section[] {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    throw new Error('not a 64-bit LE ELF file');
  const shoff = Number(file.readBigUInt64LE(EHDR.shoff));
  const size = file.readUInt16LE(EHDR.shentsize);
  const number = (header: number, field: number) => Number(file.readBigUInt64LE(header + field));
  const headers = Array.from({ length: file.readUInt16LE(EHDR.shnum) }, (_, i) => shoff + i * size);
  const names = headers[file.readUInt16LE(EHDR.shstrndx)];
  if (names === undefined) throw new Error('the ELF file has no section names');
  const namesAt = number(names, fields.offset);
  return headers.map((header) => ({
    name: textAt(file, namesAt + file.readUInt32LE(header)),
    header,
    at: number(header, fields.offset),
    size: number(header, fields.size),
    isLoaded: (file.readBigUInt64LE(header + fields.flags) & SHF_ALLOC) !== 0n,
  }));
}

/**
 * Where a variable's first value is in an executable that still has its symbols: a place in the file.
 * @param name as the compiler wrote it
 * Throws where there is no such variable with a value of its own.
 */
export function variableAt(file: Buffer, name: string): number {
  const sections = sectionsOf(file);
  const symbols = sections.find((each) => each.name === '.symtab');
  const strings = sections.find((each) => each.name === '.strtab');
  const at = strings ? file.indexOf(`\0${name}\0`, strings.at, 'latin1') + 1 - strings.at : 0;
  for (let entry = symbols?.at ?? 0; symbols && at > 0 && entry < symbols.at + symbols.size; entry += SYMBOL) {
    if (file.readUInt32LE(entry) !== at) continue;
    const home = sections[file.readUInt16LE(entry + 6)];
    if (home?.name !== '.data') break;
    return home.at + Number(file.readBigUInt64LE(entry + 8) - file.readBigUInt64LE(home.header + fields.address));
  }
  throw new Error(`the ELF file has no variable ${name}`);
}

/**
 * Drops the sections that are not loaded (symbols, debug data) from an executable, as `strip` does; the file's loaded part
 * stays byte for byte. Throws where the file is not such an ELF or its unloaded sections are not at its end.
 */
export function stripElf(file: Buffer): Buffer {
  const sections = sectionsOf(file);
  const size = file.readUInt16LE(EHDR.shentsize);
  const loaded = sections.findIndex(({ isLoaded }, i) => i > 0 && !isLoaded);
  const kept = sections.slice(0, loaded);
  if (loaded < 2 || sections.slice(loaded).some(({ isLoaded }) => isLoaded)) {
    throw new Error('the ELF file has loaded sections after unloaded ones');
  }
  const end = loadedEnd(file);

  // The new end of the file: the kept sections' names, then their headers.
  let strings = '\0';
  const headers = kept.map(({ header, name }) => {
    const copy = Buffer.from(file.subarray(header, header + size));
    if (name) {
      copy.writeUInt32LE(strings.length, 0);
      strings += `${name}\0`;
    }
    return copy;
  });
  const own = Buffer.alloc(size);
  own.writeUInt32LE(strings.length, 0);
  strings += '.shstrtab\0';
  own.writeUInt32LE(SHT_STRTAB, 4);
  own.writeBigUInt64LE(BigInt(end), 24);
  own.writeBigUInt64LE(BigInt(strings.length), 32);
  own.writeBigUInt64LE(1n, 48);
  const body = Buffer.from(file.subarray(0, end));
  const stringBytes = Buffer.from(strings.padEnd(Math.ceil((end + strings.length) / 8) * 8 - end, '\0'), 'latin1');
  body.writeBigUInt64LE(BigInt(end + stringBytes.length), EHDR.shoff);
  body.writeUInt16LE(headers.length + 1, EHDR.shnum);
  body.writeUInt16LE(headers.length, EHDR.shstrndx);
  return Buffer.concat([body, stringBytes, ...headers, own]);
}

/** Where the last loaded segment ends in the file. */
function loadedEnd(file: Buffer): number {
  const phoff = Number(file.readBigUInt64LE(EHDR.phoff));
  const size = file.readUInt16LE(EHDR.phentsize);
  let end = 0;
  for (let i = 0; i < file.readUInt16LE(EHDR.phnum); i++) {
    const at = phoff + i * size;
    end = Math.max(end, Number(file.readBigUInt64LE(at + 8) + file.readBigUInt64LE(at + 32)));
  }
  return end;
}
