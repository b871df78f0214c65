import { posix } from 'node:path';
import type { Call, Json, Parameter, SubcommandSpec } from '../registry/entry.ts';

/** A word of a command: text as it is, or a file of the subcommand, which stands where its files are laid. */
export type Word = string | { file: string };

/**
 * The command of a script or program, without any shell. bash has the words as "$@" and the options as ARG_NAME, a list's values a line
 * each; Go has -name=value for the options, then the words.
 */
export function scriptCall(spec: SubcommandSpec, { values }: Call): { argv: Word[]; env: Record<string, string> } {
  const given = spec.parameters
    .map((parameter) => ({ parameter, value: values[parameter.name] ?? parameter.default }))
    .filter((each): each is { parameter: Parameter; value: Json } => each.value !== undefined && each.value !== null);
  const words = given.filter(({ parameter }) => parameter.typed !== 'option').flatMap(({ value }) => texts(value));
  const options = given.filter(({ parameter }) => parameter.typed === 'option');
  if (spec.runtime === 'go') {
    const flags = options.flatMap(({ parameter, value }) => texts(value).map((each) => `-${parameter.name}=${each}`));
    return { argv: [...goCommand(spec), ...flags, ...words], env: {} };
  }
  const env = options.map(({ parameter, value }) => [variable(parameter), texts(value).join('\n')] as const);
  return { argv: ['bash', { file: spec.handler }, ...words], env: Object.fromEntries(env) };
}

const variable = ({ name }: Parameter) => `ARG_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;

/** A module as a whole; without one, all files beside the one that is named, as `go run .` takes them. */
function goCommand({ handler, files }: SubcommandSpec): Word[] {
  const folder = posix.dirname(handler);
  const module = Object.keys(files).some((path) => posix.basename(path) === 'go.mod');
  if (module) return ['go', '-C', { file: folder }, 'run', '.'];
  const beside = Object.keys(files).filter(
    (path) => posix.dirname(path) === folder && /\.go$/.test(path) && !path.endsWith('_test.go'),
  );
  return ['go', 'run', ...beside.sort().map((file) => ({ file }))];
}

function texts(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(
      ([key, each]) => `${key}=${typeof each === 'string' ? each : JSON.stringify(each)}`,
    );
  return [String(value)];
}
