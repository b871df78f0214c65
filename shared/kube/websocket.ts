import { randomFillSync } from 'node:crypto';

/*
 * WebSocket frames (RFC 6455, 5). The package ws masks a byte at a time where it has no native addon, and an executable can't bring one:
 * 256 MiB took it 1.3 s of processor time, this 0.15 s; and it gathers a message before it gives any of it.
 */

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Where the payload begins: a header has at most 14 bytes, and words are masked in step with memory. */
const payloadAt = 16;

/** A frame of a client: whole, masked. The payload is `first`, where there is one, and the data. */
export function frame(opcode: number, data: Uint8Array, first?: number): Buffer {
  const prefix = first === undefined ? 0 : 1;
  const length = data.length + prefix;
  const buffer = Buffer.allocUnsafeSlow(payloadAt + ((length + 3) & ~3));
  if (first !== undefined) buffer[payloadAt] = first;
  buffer.set(data, payloadAt + prefix);
  const key = maskingKey();
  const words = new Int32Array(buffer.buffer, payloadAt);
  for (let i = 0; i < words.length; i++) words[i]! ^= key.word;
  const size = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const start = payloadAt - 6 - size;
  buffer[start] = 0x80 | opcode;
  buffer[start + 1] = 0x80 | (size === 0 ? length : size === 2 ? 126 : 127);
  if (size === 2) buffer.writeUInt16BE(length, start + 2);
  if (size === 8) buffer.writeBigUInt64BE(BigInt(length), start + 2);
  buffer.set(key.bytes, payloadAt - 4);
  return buffer.subarray(start, payloadAt + length);
}

const pool = new Int32Array(512);
let used = pool.length;

/** A fresh one for each frame, which nobody can foresee (RFC 6455, 5.3); the word is the bytes as this machine orders them. */
function maskingKey(): { word: number; bytes: Uint8Array } {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used++;
  return { word: pool[at]!, bytes: new Uint8Array(pool.buffer, at * 4, 4) };
}

export interface FrameEvents {
  /** A piece of a message as it came, not kept; `first` where a message begins. */
  data(piece: Buffer, first: boolean): void;
  ping(payload: Buffer): void;
  pong(): void;
  /** @param code 1005 where the server gave none */
  close(code: number, reason: string): void;
}

/** Takes a server's bytes apart as they come. Throws where they are no frames of a server. */
export class FrameReader {
  readonly #on: FrameEvents;
  readonly #header = Buffer.alloc(10);
  #have = 0;
  #opcode = 0;
  #left = 0;
  #control: Buffer[] = [];
  #first = false;
  #inMessage = false;

  constructor(on: FrameEvents) {
    this.#on = on;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0 && !this.#headerFrom(chunk[at++]!)) continue;
      const piece = chunk.subarray(at, at + this.#left);
      at += piece.length;
      this.#left -= piece.length;
      this.#payload(piece);
    }
  }

  /** True where a header is complete with this byte. */
  #headerFrom(byte: number): boolean {
    this.#header[this.#have++] = byte;
    if (this.#have < 2) return false;
    const short = this.#header[1]! & 0x7f;
    const need = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (this.#have < need) return false;
    this.#have = 0;
    this.#left =
      short < 126 ? short : need === 4 ? this.#header.readUInt16BE(2) : Number(this.#header.readBigUInt64BE(2));
    this.#begin(this.#header[0]!, this.#header[1]! > 0x7f);
    return true;
  }

  #begin(head: number, masked: boolean): void {
    const opcode = head & 0x0f;
    const last = head > 0x7f;
    const control = opcode >= Opcode.close;
    if (head & 0x70 || masked || (opcode > Opcode.binary && !control) || opcode > Opcode.pong)
      throw new Error(`not a frame of a WebSocket server: ${head.toString(16)}`);
    if (control && (!last || this.#left > 125)) throw new Error('a control frame that is too long');
    if (!control && (opcode === Opcode.continuation) !== this.#inMessage) throw new Error('a message out of order');
    this.#opcode = opcode;
    if (control) return;
    if (opcode !== Opcode.continuation) this.#first = true;
    this.#inMessage = !last;
  }

  #payload(piece: Buffer): void {
    if (this.#opcode < Opcode.close) {
      if (piece.length > 0) this.#on.data(piece, this.#first);
      // An empty frame may begin a message whose first byte comes with the next one.
      if (piece.length > 0) this.#first = false;
      return;
    }
    this.#control.push(Buffer.from(piece));
    if (this.#left > 0) return;
    const payload = Buffer.concat(this.#control);
    this.#control = [];
    if (this.#opcode === Opcode.ping) this.#on.ping(payload);
    else if (this.#opcode === Opcode.pong) this.#on.pong();
    else this.#on.close(payload.length < 2 ? 1005 : payload.readUInt16BE(0), payload.subarray(2).toString('utf8'));
  }
}
