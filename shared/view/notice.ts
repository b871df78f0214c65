import type { Context } from '../cli/context.ts';
import { clip, oneLine } from './text.ts';

/**
 * One line on stderr that tells what is going on: redrawn in place on a terminal, elsewhere a line each time that its
 * subject changes.
 */
export class Notice {
  readonly #context: Pick<Context, 'stderr'>;
  #shown = false;
  #key = '';

  constructor(context: Pick<Context, 'stderr'>) {
    this.#context = context;
  }

  /** @param key what makes a new line where lines can't be redrawn: the text without its running seconds */
  show(text: string, key: string = text): void {
    const { stderr } = this.#context;
    const line = oneLine(text);
    if (!stderr.isTTY) {
      if (key !== this.#key) stderr.write(`${line}\n`);
    } else {
      stderr.write(`\r\u001b[K${clip(line, Math.max(20, (stderr.columns ?? 80) - 1))}`);
      this.#shown = true;
    }
    this.#key = key;
  }

  /** Takes the line away, so that something else can be printed. */
  clear(): void {
    if (this.#shown) this.#context.stderr.write('\r\u001b[K');
    this.#shown = false;
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    this.#context.stderr.write(`${oneLine(text)}\n`);
  }
}
