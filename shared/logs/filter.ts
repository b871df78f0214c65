import { setFlagsFromString } from 'node:v8';
import { createContext, Script } from 'node:vm';
import { Exit, KfError, usageError } from '../cli/errors.ts';

/** A pattern that takes longer for a few lines is taken for one that never ends; milliseconds. */
const patience = 2000;

/**
 * Says of a line whether the regular expression is in it. JavaScript's, with Go's `(?i)` in front. One that goes back and forth without end
 * (`(a+)+$`) goes on in V8's engine of linear time; what that can't do, such as `(?!…)`, is given so long for a
 * line, and then ends the command.
 * Throws KfError (exit 2) for what is no regular expression.
 */
export function lineFilter(pattern: string): (text: string) => boolean {
  const ignoreCase = pattern.startsWith('(?i)');
  const source = ignoreCase ? pattern.slice(4) : pattern;
  const flags = ignoreCase ? 'i' : '';
  try {
    new RegExp(source, flags);
  } catch (error) {
    const why = (error as Error).message.replace(/^Invalid regular expression: /, '');
    throw usageError(`--grep takes a regular expression: ${why}`, 'put \\ before a character that is meant as it is');
  }
  // Without a repeated group and without \\1 there is no end that is not near.
  const risky = /\)[*+{]/.test(source) || /\\[1-9k]/.test(source);
  if (risky && !isLinear(source, flags)) return guarded(source, flags, pattern);
  const expression = new RegExp(source, flags);
  return (text) => expression.test(text);
}

/**
 * Has V8 change to its slower engine where the usual one goes back too often: false where it lacks that, or that engine lacks what the
 * pattern has.
 */
function isLinear(source: string, flags: string): boolean {
  try {
    setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
    setFlagsFromString('--enable-experimental-regexp-engine');
    new RegExp(source, `${flags}l`);
    return true;
  } catch {
    return false;
  }
}

function guarded(source: string, flags: string, pattern: string): (text: string) => boolean {
  const context = createContext({ expression: new RegExp(source, flags), text: '' }) as { text: string };
  const script = new Script('expression.test(text)');
  return (text) => {
    context.text = text;
    try {
      return script.runInContext(context, { timeout: patience }) as boolean;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new KfError(Exit.usage, `--grep ${pattern} takes more than ${patience / 1000}s for one line`, {
        hint: 'leave out repetitions inside repetitions, or what looks ahead or back',
      });
    }
  };
}
