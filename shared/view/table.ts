import { styleText } from 'node:util';
import type { Context, Output } from '../cli/context.ts';
import { clip, oneLine } from './text.ts';

type Style = Parameters<typeof styleText>[0];

export interface Column<Row> {
  title: string;
  value(row: Row): string;
  /** Shown with `-o wide` only. */
  wide?: boolean;
  /** Shown on a terminal with colour. */
  style?(row: Row): Style | undefined;
}

/** Writes, and waits where the reader is slower. */
export async function emit(out: Output, text: string): Promise<void> {
  if (!out.write(text)) await new Promise<void>((resolve) => out.once('drain', resolve));
}

/**
 * A table that is printed as its rows come: the first page sets the widths, a later one may widen them, as kubectl's do. The last
 * column is cut to a terminal's width, never elsewhere. Cells are made safe for a terminal.
 */
export class Table<Row> {
  readonly #context: Pick<Context, 'stdout' | 'colorDepth'>;
  readonly #columns: Column<Row>[];
  #widths: number[] | undefined;

  constructor(context: Pick<Context, 'stdout' | 'colorDepth'>, columns: Column<Row>[], wide = false) {
    this.#context = context;
    this.#columns = columns.filter((column) => wide || !column.wide);
  }

  /** True until something was printed. */
  get empty(): boolean {
    return this.#widths === undefined;
  }

  async add(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const cells = rows.map((row) => this.#columns.map((column) => oneLine(column.value(row)) || '-'));
    const titles = this.#columns.map((c) => c.title);
    const first = this.empty;
    const least = this.#widths ?? titles.map((title) => title.length);
    this.#widths = least.map((width, i) => cells.reduce((w, line) => Math.max(w, line[i]!.length), width));
    const lines = first ? [this.#line(titles)] : [];
    for (const [i, line] of cells.entries()) lines.push(this.#line(line, rows[i]));
    await emit(this.#context.stdout, `${lines.join('\n')}\n`);
  }

  #line(cells: string[], row?: Row): string {
    const { stdout, colorDepth } = this.#context;
    const terminal = stdout.isTTY ? (stdout.columns ?? 0) : 0;
    let line = '';
    let used = 0;
    for (const [i, cell] of cells.entries()) {
      const last = i === cells.length - 1;
      let text = cell;
      if (last && terminal > 0) text = clip(cell, Math.max(10, terminal - used));
      const gap = last ? '' : ' '.repeat(Math.max(0, this.#widths![i]! - text.length) + 3);
      const style = colorDepth > 1 && row !== undefined ? this.#columns[i]!.style?.(row) : undefined;
      // The stream was asked already: context.colorDepth is the answer.
      line += (style ? styleText(style, text, { validateStream: false }) : text) + gap;
      used += text.length + gap.length;
    }
    return line.trimEnd();
  }
}
