import { clip, safe } from '../view/text.ts';

/** A text that manifests are read from. */
export interface Source {
  /** As the person would name it: `job.yaml`, `stdin`, `kustomize output of overlays/gpu`. */
  name: string;
  text: string;
}

/** A place in a source; lines and columns count from 1, columns in UTF-16 units as editors show them. */
export interface Place {
  source: Source;
  line: number;
  column: number;
  /** How many characters the caret underlines; at least 1. */
  length: number;
}

/** Something wrong, and where. */
export interface Problem {
  place?: Place | undefined;
  message: string;
  /** What to do about this one. */
  hint?: string | undefined;
  /** The exit code that it asks for (shared/cli/errors.ts). */
  exit?: 1 | 2 | 3 | 4 | 5 | undefined;
}

/** `job.yaml:6:3`. */
export const placeName = (place: Place): string => `${safe(place.source.name)}:${place.line}:${place.column}`;

export const lineOf = (source: Source, line: number): string => source.text.split('\n', line)[line - 1] ?? '';

const widest = 100;

/**
 * The line with the one before it and a caret under the place, as compilers show it. Long lines are cut around the place.
 */
export function excerpt(place: Place): string[] {
  const gutter = String(place.line).length;
  const raw = lineOf(place.source, place.line).replace(/\r$/, '');
  const from = raw.length > widest && place.column > widest - 30 ? place.column - 40 : 0;
  const shown = raw.slice(from, from + widest);
  const left = shown.slice(0, Math.max(0, place.column - 1 - from));
  const room = Math.max(1, shown.length - left.length);
  const caret = `${left.replace(/[^\t]/g, ' ')}${'^'.repeat(Math.min(place.length, room))}`;
  const lines: string[] = [];
  const before = place.line > 1 ? lineOf(place.source, place.line - 1).replace(/\r$/, '') : '';
  const row = (number: string, text: string) => `  ${number.padStart(gutter)} | ${safe(text)}`.trimEnd();
  if (before.trim() !== '') lines.push(row(String(place.line - 1), clip(before, widest)));
  lines.push(row(String(place.line), shown.replaceAll('\r', ' ')), row('', caret));
  return lines;
}

/** The problem's line and its excerpt. */
export function problemLines(problem: Problem): string[] {
  const { place, message, hint } = problem;
  return [
    place ? `${placeName(place)}: ${message}` : message,
    ...(place ? excerpt(place) : []),
    ...(hint === undefined ? [] : [hint]),
  ];
}
