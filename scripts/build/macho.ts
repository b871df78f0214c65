import { createHash } from 'node:crypto';

// Mach-O and its code signature, as <mach-o/loader.h> and XNU's <kern/cs_blobs.h> have them.
const MAGIC_64 = 0xfeedfacf;
const HEADER = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const SUPERBLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const CD_VERSION_EXECSEG = 0x20400;
const CD_HEADER = 88;
const CS_ADHOC = 0x2;
const CS_EXECSEG_MAIN_BINARY = 1n;
const SHA256 = { type: 2, size: 32 };
const PAGE = 4096;
const SEGMENT_PAGE = 16384;

interface Layout {
  /** Offsets of the load commands; no signature where there is none yet. */
  linkedit: number;
  text: number;
  signature: number | undefined;
  /** Where the load commands end, and where the first section's bytes begin. */
  end: number;
  firstSection: number;
}

/**
 * Signs a thin 64-bit Mach-O executable ad hoc (a SHA-256 of each page, no identity), in place of the signature that it may
 * have: macOS on arm64 runs nothing unsigned. Throws where the file is not such an executable.
 */
export function signMachO(file: Buffer, identifier: string): Buffer {
  const layout = read(file);
  const limit = layout.signature === undefined ? align(file.length, 16) : file.readUInt32LE(layout.signature + 8);
  const code = Buffer.concat([file.subarray(0, limit), Buffer.alloc(Math.max(0, limit - file.length))]);
  const signature = layout.signature ?? addSignatureCommand(code, layout);
  const pages = Math.ceil(limit / PAGE);
  const name = Buffer.from(`${identifier}\0`);
  const hashesAt = CD_HEADER + name.length;
  const directory = hashesAt + pages * SHA256.size;
  const blob = Buffer.alloc(align(20 + directory, 16));

  // The header's pages are hashed too: the places and sizes come first.
  code.writeUInt32LE(limit, signature + 8);
  code.writeUInt32LE(blob.length, signature + 12);
  const linkeditAt = Number(code.readBigUInt64LE(layout.linkedit + 40));
  const linkeditSize = limit + blob.length - linkeditAt;
  code.writeBigUInt64LE(BigInt(align(linkeditSize, SEGMENT_PAGE)), layout.linkedit + 32);
  code.writeBigUInt64LE(BigInt(linkeditSize), layout.linkedit + 48);

  let at = 0;
  const u32 = (...values: number[]) => {
    for (const value of values) at = blob.writeUInt32BE(value, at);
  };
  const u64 = (...values: bigint[]) => {
    for (const value of values) at = blob.writeBigUInt64BE(value, at);
  };
  u32(SUPERBLOB, 20 + directory, 1, 0, 20);
  u32(CODE_DIRECTORY, directory, CD_VERSION_EXECSEG, CS_ADHOC, hashesAt, CD_HEADER, 0, pages, limit);
  for (const byte of [SHA256.size, SHA256.type, 0, Math.log2(PAGE)]) at = blob.writeUInt8(byte, at);
  // spare2, scatter, team, spare3, then the 64-bit code limit, which is for files over 4 GiB.
  u32(0, 0, 0, 0);
  u64(0n, code.readBigUInt64LE(layout.text + 40), code.readBigUInt64LE(layout.text + 48), CS_EXECSEG_MAIN_BINARY);
  name.copy(blob, at);
  for (let page = 0; page < pages; page++) {
    const bytes = code.subarray(page * PAGE, Math.min(limit, (page + 1) * PAGE));
    createHash('sha256')
      .update(bytes)
      .digest()
      .copy(blob, 20 + hashesAt + page * SHA256.size);
  }
  return Buffer.concat([code, blob]);
}

const align = (value: number, to: number) => Math.ceil(value / to) * to;

/** Appends the load command of a signature, in the gap before the first section. Gives its offset. */
function addSignatureCommand(code: Buffer, { end, firstSection }: Layout): number {
  const size = 16;
  if (end + size > firstSection) throw new Error('the Mach-O header has no room for a code signature');
  code.writeUInt32LE(code.readUInt32LE(16) + 1, 16);
  code.writeUInt32LE(code.readUInt32LE(20) + size, 20);
  code.writeUInt32LE(LC_CODE_SIGNATURE, end);
  code.writeUInt32LE(size, end + 4);
  return end;
}

function read(file: Buffer): Layout {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error('not a thin 64-bit Mach-O file');
  let linkedit: number | undefined;
  let text: number | undefined;
  let signature: number | undefined;
  let firstSection = file.length;
  let at = HEADER;
  for (let i = 0; i < file.readUInt32LE(16); i++, at += file.readUInt32LE(at + 4)) {
    const command = file.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) signature = at;
    if (command !== LC_SEGMENT_64) continue;
    const name = file.toString('latin1', at + 8, at + 24).replace(/\0.*$/s, '');
    if (name === '__LINKEDIT') linkedit = at;
    if (name === '__TEXT') text = at;
    for (let section = 0; section < file.readUInt32LE(at + 64); section++) {
      const offset = file.readUInt32LE(at + 72 + section * 80 + 48);
      if (offset > 0) firstSection = Math.min(firstSection, offset);
    }
  }
  if (linkedit === undefined || text === undefined) throw new Error('the Mach-O file has no __TEXT or no __LINKEDIT');
  return { linkedit, text, signature, end: at, firstSection };
}

/**
 * Checks a signature page by page. Gives the number of pages and those whose hash differs.
 * Throws where there is none.
 */
export function verifyMachO(file: Buffer): { pages: number; wrong: number[] } {
  const { signature } = read(file);
  if (signature === undefined) throw new Error('the Mach-O file is not signed');
  const start = file.readUInt32LE(signature + 8);
  if (file.readUInt32BE(start) !== SUPERBLOB || file.readUInt32BE(start + 20) !== CODE_DIRECTORY) {
    throw new Error('no code directory where the signature should be');
  }
  const directory = start + 20;
  const [hashesAt, pages, limit] = [16, 28, 32].map((offset) => file.readUInt32BE(directory + offset)) as [
    number,
    number,
    number,
  ];
  const wrong: number[] = [];
  for (let page = 0; page < pages; page++) {
    const bytes = file.subarray(page * PAGE, Math.min(limit, (page + 1) * PAGE));
    const at = directory + hashesAt + page * SHA256.size;
    const hash = createHash('sha256').update(bytes).digest();
    if (!hash.equals(file.subarray(at, at + SHA256.size))) wrong.push(page);
  }
  return { pages, wrong };
}
