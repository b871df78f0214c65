import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signMachO, verifyMachO } from '../../../scripts/build/macho.ts';

/** A thin Mach-O header with a __TEXT (one section at 1024) and a __LINKEDIT segment, and `size` bytes in all. */
function executable(size: number): Buffer {
  const file = Buffer.alloc(size, 0x5a);
  file.fill(0, 0, 1024);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(2, 16);
  file.writeUInt32LE(72 + 80 + 72, 20);
  const segment = (at: number, name: string, sections: number, offset: number, length: number) => {
    file.writeUInt32LE(0x19, at);
    file.writeUInt32LE(72 + 80 * sections, at + 4);
    file.write(name, at + 8);
    file.writeBigUInt64LE(BigInt(offset), at + 40);
    file.writeBigUInt64LE(BigInt(length), at + 48);
    file.writeUInt32LE(sections, at + 64);
  };
  segment(32, '__TEXT', 1, 0, 8192);
  file.writeUInt32LE(1024, 32 + 72 + 48);
  segment(32 + 72 + 80, '__LINKEDIT', 0, 8192, size - 8192);
  return file;
}

test('every page of a signed file has its hash, the last and shorter one too', () => {
  const signed = signMachO(executable(20_001), 'kubectl-kf');
  assert.equal(verifyMachO(signed), { pages: 5, wrong: [] });
});

test('a changed byte shows in its page', () => {
  const signed = signMachO(executable(20_000), 'kubectl-kf');
  signed[9000] = 0;
  assert.equal(verifyMachO(signed).wrong, [2]);
});

test('signing again takes the place of the signature', () => {
  const once = signMachO(executable(20_000), 'kubectl-kf');
  const twice = signMachO(once, 'kubectl-kf');
  assert.is(Buffer.compare(once, twice), 0);
});

test('__LINKEDIT reaches to the end of the file', () => {
  const signed = signMachO(executable(20_000), 'kubectl-kf');
  const linkedit = 32 + 72 + 80;
  const end = signed.readBigUInt64LE(linkedit + 40) + signed.readBigUInt64LE(linkedit + 48);
  assert.is(Number(end), signed.length);
});

test('a header without room and a file of another kind are refused', () => {
  const tight = executable(20_000);
  tight.writeUInt32LE(32 + 72 + 80 + 72, 32 + 72 + 48);
  assert.throws(() => signMachO(tight, 'x'), /no room/);
  assert.throws(() => signMachO(Buffer.alloc(100), 'x'), /not a thin 64-bit Mach-O/);
  assert.throws(() => verifyMachO(executable(20_000)), /not signed/);
});

test.run();
