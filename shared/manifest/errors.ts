import { Exit, type ExitCode, KfError } from '../cli/errors.ts';
import { type Problem, problemLines } from './source.ts';

const most = 10;

/**
 * All problems as one error: each with its place and excerpt, at most {@link most} of them, and last that nothing was created.
 * The exit code is the first problem's, 2 unless it says otherwise.
 */
export function problemsError(
  problems: readonly Problem[],
  ending: string | undefined = 'nothing was created',
): KfError {
  // Several objects may meet the same obstacle: it is told once.
  const texts = [...new Set(problems.map((problem) => problemLines(problem).join('\n')))];
  const lines = texts.slice(0, most).flatMap((text) => text.split('\n'));
  if (texts.length > most) lines.push(`and ${texts.length - most} more`);
  const exit: ExitCode = problems[0]?.exit ?? Exit.usage;
  return new KfError(exit, lines[0] ?? 'wrong manifest', {
    details: lines.slice(1),
    ...(ending === undefined ? {} : { hint: ending }),
  });
}
