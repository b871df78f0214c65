import { usageError } from '../cli/errors.ts';
import { ownVerbs, suite } from '../cli/suite.ts';
import { oneLine } from '../view/text.ts';

/** Verbs of the suite, whether their group is installed or not. */
export const builtins: ReadonlySet<string> = new Set([...ownVerbs, ...suite.flatMap(({ verbs }) => verbs)]);

/** Verbs that nothing takes the place of: who one is, and what guards the registry itself. `help` is the command line's own. */
export const reserved: ReadonlySet<string> = new Set([
  ...['login', 'logout', 'whoami', 'use', 'validate', 'command', 'configure'],
  'help',
]);

/** Those that something may be put in the place of. */
export const replaceable: readonly string[] = [...builtins].filter((verb) => !reserved.has(verb));

/** RFC 1123, letters first, at most 40 characters: it is a verb, an object's name and part of pods' names. */
export const namePattern = '^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$';

/**
 * Throws KfError (usage) where a subcommand may not be called so.
 * @param replacing it is to stand in for the built-in verb of its name
 */
export function checkName(name: string, replacing: boolean): void {
  const shown = oneLine(name).slice(0, 60);
  if (!new RegExp(namePattern).test(name)) {
    throw usageError(
      `"${shown}" can be no subcommand's name`,
      'use up to 40 lower-case letters, digits and dashes, a letter first; another name is given with --name',
    );
  }
  if (reserved.has(name)) {
    throw usageError(`${name} is a verb that can't be replaced`, `others that can't: ${[...reserved].join(', ')}`);
  }
  if (builtins.has(name) && !replacing) {
    throw usageError(
      `${name} is a verb of kubectl kf already`,
      `to put yours in its place: kubectl kf command replace ${name} <source>`,
    );
  }
  if (replacing && !builtins.has(name)) {
    throw usageError(
      `${name} is no built-in verb, so there is nothing to replace`,
      `kubectl kf command add <source> --name ${name}; there are: ${replaceable.join(', ')}`,
    );
  }
}
