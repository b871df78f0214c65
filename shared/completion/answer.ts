import { oneLine } from '../view/text.ts';
import type { Want } from './want.ts';

/** A word that may be put in, and what it is. */
export interface Candidate {
  value: string;
  what: string;
}

/** cobra's ShellCompDirective, as kubectl reads it from the last line. */
export const Directive = { files: 0, noFiles: 4 } as const;

/** Letters that mean nothing to any shell. Whatever else has one in it is not offered. */
const harmless = /^-{0,2}[A-Za-z0-9][\w.:@/+=,-]*$/;

/** A line of an answer; undefined where the value could mean something to a shell. */
function line({ value, what }: Candidate, prefix: string): string | undefined {
  if (!harmless.test(prefix + value) || value.length > 320) return undefined;
  const said = oneLine(what)
    .replace(/[^\w .,:;()/+=…'-]/g, '')
    .slice(0, 120);
  return said ? `${prefix}${value}\t${said}` : prefix + value;
}

/** All that may stand there, a line each, and the directive. What is typed already is left to {@link narrowed}. */
export function answerLines(want: Pick<Want, 'by' | 'not' | 'prefix'>, candidates: readonly Candidate[]): string[] {
  const not = new Set(want.not);
  const lines = candidates
    .filter(({ value }) => !not.has(value))
    .map((each) => line(each, want.prefix))
    .filter((each) => each !== undefined);
  return [...new Set(lines), `:${want.by === 'file' ? Directive.files : Directive.noFiles}`];
}

/** Only the lines that begin with what is typed, and the directive. */
export const narrowed = (lines: readonly string[], typed: string): string[] =>
  lines.filter((each, i) => i === lines.length - 1 || each.startsWith(typed));
