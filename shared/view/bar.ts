/** From a full cell down to an eighth of one. */
const eighths = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/** A bar of so many cells, filled by that part of it (0 to 1; more fills it too). Any use at all shows. */
export function bar(part: number, cells: number): string {
  const most = cells * 8;
  const filled = Number.isFinite(part) && part > 0 ? Math.min(most, Math.max(1, Math.round(part * most))) : 0;
  const full = Math.floor(filled / 8);
  const rest = filled % 8;
  return `${eighths[8]!.repeat(full)}${rest > 0 ? eighths[rest] : ''}`.padEnd(cells, '·');
}

/** `37%` */
export const percent = (part: number): string => `${Math.round(part * 100)}%`;
