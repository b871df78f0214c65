import { usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { label } from './names.ts';
import { type Made, type Mode, makeSource, modeFor, type Params, type Type, typeNamed, typeNames } from './types.ts';

/** What is to be there. */
export interface Wish {
  name: string;
  /** The first is the project that it belongs to. */
  namespaces: string[];
  /** Undefined: as many as there are projects. */
  instances: number | undefined;
  type: Type;
  made: Made;
  mode: Mode;
  /** A Kubernetes quantity. */
  size: string;
}

export const keys = ['type', 'id', 'mode', 'instances', 'namespaces', 'typeparams', 'name', 'size'] as const;
export type Key = (typeof keys)[number];
export type Typed = Partial<Record<Key, string>>;

const lists: readonly Key[] = ['namespaces', 'typeparams'];
/** So many volumes that one more would be a slip of the finger. */
const mostInstances = 200;

/**
 * The proposal's own words, `ID vol-1 mode ROX namespaces a,b`, along with those that were typed as options. KfError where a word
 * belongs to none, or a thing is said twice.
 */
export function readWords(words: readonly string[], options: Typed): Typed {
  const typed: Typed = { ...options };
  const keyOf = (word: string) => keys.find((key) => key === word.toLowerCase());
  for (let i = 0; i < words.length; ) {
    const word = words[i++]!;
    const key = keyOf(word);
    if (!key)
      throw usageError(
        `"${oneLine(word)}" belongs to nothing`,
        `what is taken: ${keys.join(', ')}, each with its value`,
      );
    const first = words[i++];
    if (first === undefined) throw usageError(`${oneLine(word)} has no value`, `such as: ${example[key]}`);
    if (typed[key] !== undefined)
      throw usageError(`${key} is there twice: "${oneLine(typed[key])}" and "${oneLine(first)}"`);
    const values = [first];
    if (lists.includes(key)) while (i < words.length && !keyOf(words[i]!)) values.push(words[i++]!);
    typed[key] = values.join(',');
  }
  return typed;
}

const example: Record<Key, string> = {
  ...{ type: 'type NFS', id: 'ID vol-0a1b', mode: 'mode ROX', instances: 'instances 2', namespaces: 'namespaces a,b' },
  ...{ typeparams: 'typeparams fsType=ext4', name: 'name imagenet', size: 'size 100Gi' },
};

const listOf = (text: string) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);

/** Names of projects, each once. */
export function readNamespaces(text: string): string[] {
  const namespaces = [...new Set(listOf(text))];
  const wrong = namespaces.find((each) => !new RegExp(label).test(each));
  if (wrong !== undefined) throw usageError(`"${oneLine(wrong)}" is no project's name`);
  return namespaces;
}

function readParams(text: string): Params {
  const params: Params = {};
  for (const each of listOf(text)) {
    const at = each.indexOf('=');
    if (at < 1)
      throw usageError(`"${oneLine(each)}" is no parameter`, 'such as fsType=ext4; several with commas between');
    const key = each.slice(0, at);
    params[key] = [...(params[key] ?? []), each.slice(at + 1)];
  }
  return params;
}

/** A name made of an ID: its last part, in the letters that a name may have. */
export function nameFromId(id: string): string {
  const last = id.split(/[/:#]/).filter(Boolean).at(-1) ?? '';
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  if (name) return name;
  throw usageError(`"${oneLine(id)}" makes no name`, 'give it one: --name imagenet');
}

/** Checks all that can be checked without the cluster: the type can do the mode, the ID is one of its IDs. */
export function readWish(typed: Typed, project: string): Wish {
  if (!typed.type) throw usageError('of which type is the storage?', `--type with one of ${typeNames.join(', ')}`);
  const type = typeNamed(typed.type);
  if (!typed.id) throw usageError(`which ${type.name} is it?`, `--id with its ID: ${type.id}`);
  const mode = modeFor(type, typed.mode ?? (type.modes.includes('ROX') ? 'ROX' : type.modes[0]!));
  const made = makeSource(type, typed.id, readParams(typed.typeparams ?? ''), mode);
  const namespaces = readNamespaces(typed.namespaces ?? project);
  if (namespaces.length === 0) throw usageError('a dataset is for projects', 'name them: --namespaces team-a,team-b');
  const name = typed.name ?? nameFromId(typed.id);
  if (!new RegExp(label).test(name))
    throw usageError(`"${oneLine(name)}" is no name of a dataset`, 'it has lower-case letters, digits and dashes');
  const size = typed.size ?? '1Gi';
  if (!/^[0-9]+(\.[0-9]+)?([EPTGMk]|[EPTGMK]i)?$/.test(size))
    throw usageError(`"${oneLine(size)}" is no size`, 'such as 100Gi');
  return { name, namespaces, instances: readCount(typed.instances), type, made, mode, size };
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^[0-9]+$/.test(text) && count >= 1 && count <= mostInstances) return count;
  throw usageError(`instances is a whole number from 1 to ${mostInstances}, not "${oneLine(text)}"`);
}
