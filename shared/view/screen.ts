import type { Context } from '../cli/context.ts';

/** A frame's lines for a terminal of that many columns. They may carry colour; what is too wide is cut. */
export type Render = (columns: number) => readonly string[];

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
/** Terminals that know it show nothing until the frame is whole (synchronized output); others ignore it. */
const [begin, end] = ['\u001b[?2026h', '\u001b[?2026l'];

/**
 * A terminal's screen that is drawn over and over. It does not flicker: a frame is one write, goes over the one before from the
 * top, and wipes only what is left of each line and under the last; nothing is cleared first. It has the terminal's other
 * screen, so that what stood there before is there again after `close`, with the last frame under it.
 */
export class Screen {
  readonly #out: Context['stdout'];
  #render: Render | undefined;
  readonly #resized = () => this.#draw();

  constructor({ stdout }: Pick<Context, 'stdout'>) {
    this.#out = stdout;
  }

  show(render: Render): void {
    const first = this.#render === undefined;
    this.#render = render;
    if (first) this.#out.on('resize', this.#resized);
    this.#draw(first ? enter : '');
  }

  close(): void {
    if (!this.#render) return;
    this.#out.off('resize', this.#resized);
    // Here nothing is drawn over any more: lines may break.
    const lines = this.#render(this.#columns());
    this.#out.write(`${leave}${lines.map((line) => `${line}\n`).join('')}`);
    this.#render = undefined;
  }

  #columns = () => this.#out.columns || 80;

  #draw(before = ''): void {
    const [columns, rows] = [this.#columns(), this.#out.rows || 24];
    const all = this.#render!(columns);
    const shown = all.length > rows ? [...all.slice(0, rows - 1), `… ${all.length - rows + 1} more lines`] : all;
    // A line break after the last line would scroll a full screen.
    const lines = shown.map((line) => `${clipStyled(line, columns)}\u001b[K`).join('\r\n');
    this.#out.write(`${before}${begin}\u001b[H${lines}\u001b[J${end}`);
  }
}

/** Cut to so many characters, those of colours not counted; a colour that is on is put off again. */
export function clipStyled(line: string, width: number): string {
  if (line.length <= width) return line;
  let [cut, used, styled] = ['', 0, false];
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    if (part.startsWith('\u001b[')) {
      cut += part;
      styled = true;
    } else if (used + part.length <= width) {
      cut += part;
      used += part.length;
    } else {
      return `${cut}${part.slice(0, Math.max(0, width - used - 1))}…${styled ? '\u001b[0m' : ''}`;
    }
  }
  return cut;
}
