import { posix } from 'node:path';
import type { Call, Json, Parameter, SubcommandSpec } from '../registry/entry.ts';

/** A word of a command: text as it is, or a file of the subcommand, which stands where its files are laid. */
export type Word = string | { file: string };

/**
 * What a script or program is given, without any shell. bash has the words as "$@" and the options as ARG_NAME, a list's values a
 * line each; Go has -name=value for the options, then the words.
 */
export function scriptWords(spec: SubcommandSpec, { values }: Call): { args: string[]; env: Record<string, string> } {
  const given = spec.parameters
    .map((parameter) => ({ parameter, value: givenFor(parameter, values) }))
    .filter((each): each is { parameter: Parameter; value: Json } => each.value !== undefined && each.value !== null);
  const words = given.filter(({ parameter }) => parameter.typed !== 'option').flatMap(({ value }) => texts(value));
  const options = given.filter(({ parameter }) => parameter.typed === 'option');
  if (spec.runtime === 'go') {
    const flags = options.flatMap(({ parameter, value }) => texts(value).map((each) => `-${parameter.name}=${each}`));
    // Words may begin with a dash.
    return { args: [...flags, '--', ...words], env: {} };
  }
  const env = options.map(({ parameter, value }) => [variable(parameter), texts(value).join('\n')] as const);
  return { args: words, env: Object.fromEntries(env) };
}

/** The command of a script or program, and its environment. */
export function scriptCall(spec: SubcommandSpec, call: Call): { argv: Word[]; env: Record<string, string> } {
  const { args, env } = scriptWords(spec, call);
  const command: Word[] = spec.runtime === 'go' ? goCommand(spec) : ['bash', { file: spec.handler }];
  return { argv: [...command, ...args], env };
}

const givenFor = ({ name, default: usual }: Parameter, values: Call['values']): Json | undefined =>
  Object.hasOwn(values, name) ? values[name] : usual;

const variable = ({ name }: Parameter) => `ARG_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;

/** A module as a whole; without one, all files beside the one that is named, as `go run .` takes them. */
function goCommand({ handler, files }: SubcommandSpec): Word[] {
  const folder = posix.dirname(handler);
  if (isModule(files)) return ['go', '-C', { file: folder }, 'run', '.'];
  return ['go', 'run', ...besides(handler, files).map((file) => ({ file }))];
}

const isModule = (files: SubcommandSpec['files']) =>
  Object.keys(files).some((path) => posix.basename(path) === 'go.mod');

const besides = (handler: string, files: SubcommandSpec['files']): string[] =>
  Object.keys(files)
    .filter(
      (path) => posix.dirname(path) === posix.dirname(handler) && /\.go$/.test(path) && !path.endsWith('_test.go'),
    )
    .sort();

/** What `go build` is told to build, and in which of the folders. */
export function goTarget({ handler, files }: SubcommandSpec): { folder: string; what: string[] } {
  const folder = posix.dirname(handler);
  if (isModule(files)) return { folder, what: ['.'] };
  return { folder, what: besides(handler, files).map((path) => `./${posix.basename(path)}`) };
}

function texts(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(
      ([key, each]) => `${key}=${typeof each === 'string' ? each : JSON.stringify(each)}`,
    );
  return [String(value)];
}
