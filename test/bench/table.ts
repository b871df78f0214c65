/** Ratios against their bars. */
export interface Row {
  what: string;
  ratio: number;
  /** At most this. */
  bar: number;
  /** The figures behind the ratio. */
  figures: string;
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ what, ratio, bar, figures }) => [
    what,
    ratio.toFixed(2),
    `≤ ${bar.toFixed(2)}`,
    ratio <= bar ? 'ok' : 'over',
    figures,
  ]);
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
