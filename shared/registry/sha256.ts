/**
 * The SHA-256 of a text's UTF-8, in hexadecimal (FIPS 180-4, 6.2). To load node:crypto takes as long as a tenth of a short command; this,
 * in plain loops and assignments, a part of that even where nothing of it has run before.
 */
export function sha256(text: string): string {
  const bytes = Buffer.from(text);
  const { start: state, rounds } = constants();
  const padded = Buffer.alloc((bytes.length + 72) & ~63);
  bytes.copy(padded);
  padded[bytes.length] = 0x80;
  padded.writeUInt32BE(bytes.length * 8, padded.length - 4);
  const view = new DataView(padded.buffer, padded.byteOffset, padded.length);
  const w = new Int32Array(64);
  for (let at = 0; at < padded.length; at += 64) {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = view.getInt32(at + i * 4);
      else {
        const x = w[i - 15]!;
        const y = w[i - 2]!;
        const less = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const more = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = w[i - 16]! + less + w[i - 7]! + more;
      }
      const turnedE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const turnedA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const one = (h + turnedE + ((e & f) ^ (~e & g)) + rounds[i]! + w[i]!) | 0;
      const two = (turnedA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }
  return [...state].map((each) => (each >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The first 32 bits after the point: of the square roots of the first eight primes, and of the cube roots of the first 64. */
function constants(): { start: Int32Array; rounds: Int32Array } {
  const start = new Int32Array(8);
  const rounds = new Int32Array(64);
  for (let n = 2, found = 0; found < 64; n++) {
    let d = 2;
    while (d * d <= n && n % d !== 0) d++;
    if (d * d <= n) continue;
    if (found < 8) start[found] = (Math.sqrt(n) % 1) * 2 ** 32;
    rounds[found++] = (Math.cbrt(n) % 1) * 2 ** 32;
  }
  return { start, rounds };
}
