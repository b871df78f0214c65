import { afterSeparator } from '../cli/argv.ts';
import { usageError } from '../cli/errors.ts';
import type { Wanted } from '../resources/target.ts';

/** What the parser made of the words: what came after `--` is at the end of them. */
export interface Parsed {
  component: string;
  words: readonly string[];
  container?: string | undefined;
  pod?: string | undefined;
  rank?: string | undefined;
}

/**
 * Where a command is to run, and the command: `exec digits main -- ls -l`. Throws KfError (exit 2) where a word is too many or
 * the command is missing; `shell` has none.
 */
export function wordsOf(
  verb: 'exec' | 'run' | 'shell',
  typed: readonly string[],
  parsed: Parsed,
): { wanted: Wanted; command: string[] } {
  const command = afterSeparator(typed) ?? [];
  if (command.length > parsed.words.length)
    throw usageError(`${verb} needs a component before --`, `kubectl kf ${verb} COMPONENT -- ${command.join(' ')}`);
  const before = parsed.words.slice(0, parsed.words.length - command.length);
  const [container, ...more] = before;
  const { component, pod, rank } = parsed;
  const typo = `kubectl kf ${verb} ${component}`;
  if (verb === 'shell' && command.length > 0)
    throw usageError('shell takes no command', `to run one: ${typo.replace('shell', 'run')} -- ${command.join(' ')}`);
  if (verb !== 'shell' && command.length === 0) {
    const meant = before.length > 0 ? before.join(' ') : 'ls -l';
    throw usageError(`${verb} needs a command, after --`, `${typo} -- ${meant}`);
  }
  if (more.length > 0)
    throw usageError(
      `a word too many: ${more.join(' ')}`,
      verb === 'shell' ? `${typo} [container]` : `the command comes after --: ${typo} -- ${before.join(' ')}`,
    );
  if (container !== undefined && parsed.container !== undefined && container !== parsed.container)
    throw usageError(`two containers: ${container} and ${parsed.container}`, 'name one');
  return { wanted: { word: component, container: parsed.container ?? container, pod, rank }, command };
}
