import { stampEnd } from '../kube/logs-cursor.ts';
import { safe } from '../view/text.ts';

const NEWLINE = 10;
const tailSize = 16 << 10;

/** The end of a log, kept for what is said of a failure. */
export class Tail {
  #buffer: Buffer | undefined;
  #used = 0;

  push(lines: Buffer): void {
    this.#buffer ??= Buffer.allocUnsafeSlow(2 * tailSize);
    if (lines.length >= tailSize) {
      this.#used = lines.copy(this.#buffer, 0, lines.length - tailSize);
      return;
    }
    if (this.#used + lines.length > this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#used - tailSize, this.#used);
      this.#used = tailSize;
    }
    this.#used += lines.copy(this.#buffer, this.#used);
  }

  /** The last whole lines, without timestamps. */
  lines(): string[] {
    if (!this.#buffer) return [];
    const text = this.#buffer.subarray(Math.max(0, this.#used - tailSize), this.#used);
    const lines: string[] = [];
    for (let at = 0; at < text.length; ) {
      let end = text.indexOf(NEWLINE, at);
      if (end < 0) end = text.length;
      const stop = stampEnd(text, at);
      if (stop >= 0) lines.push(safe(text.toString('utf8', stop + 1, end).replace(/\r$/, '')));
      at = end + 1;
    }
    return lines;
  }
}
