/** Buffers that are free, by their size: 4, 8 or 16 KiB, or that many times 16. What V8 does not see of its own memory it collects late. */
const free = new Map<number, Buffer[]>();
/** What is kept of each size, in bytes. */
const mostFree = 512 << 10;

/** A buffer of at least so many bytes, to be filled; what was in it is still there. */
export function takeBuffer(least: number): Buffer {
  const unit = 16 << 10;
  const size = least > unit ? Math.ceil(least / unit) * unit : Math.max(unit >> 2, 2 ** Math.ceil(Math.log2(least)));
  return free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
}

/** Lets a buffer that {@link takeBuffer} gave be filled by others; an empty one is nobody's. */
export function giveBack(buffer: Buffer): void {
  const size = buffer.length;
  if (size === 0) return;
  const kept = free.get(size) ?? [];
  if (kept.length === 0) free.set(size, kept);
  if (kept.length < mostFree / size) kept.push(buffer);
}
