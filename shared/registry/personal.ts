import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { checkSubcommand } from './check.ts';
import { apiVersion, kind, type Subcommand } from './entry.ts';
import { namePattern } from './names.ts';

type Around = Pick<Context, 'env' | 'home'>;

/** All of a person's own settings for this suite. */
export const configFolder = ({ env, home }: Around): string =>
  join(env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(home, '.config'), 'kubectl-kf');

/** One file a subcommand: `tune.yaml`. */
export const personalFolder = (around: Around): string => join(configFolder(around), 'commands');

const fileOf = (around: Around, name: string) => join(personalFolder(around), `${name}.yaml`);
const isName = (name: string) => new RegExp(namePattern).test(name);

/** There is a file of that name, whatever is in it. */
export const isPersonal = (around: Around, name: string): boolean => isName(name) && existsSync(fileOf(around, name));

/** The person's own subcommand of that name; undefined where there is none. Throws KfError where its file is not one. */
export async function readPersonal(around: Around, name: string): Promise<Subcommand | undefined> {
  if (!isName(name)) return undefined;
  const file = fileOf(around, name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, 'read', error);
  }
  const { load } = await import('../kube/yaml-load.ts');
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    throw unusable(file, 'read', error);
  }
  const subcommand = checkSubcommand(value, file);
  if (subcommand.metadata.name === name) return subcommand;
  throw unusable(file, 'read', new Error(`it names ${subcommand.metadata.name}`));
}

/** The names of all files there; what is in them is seen when they are read. */
export function personalNames(around: Around): string[] {
  let files: string[];
  try {
    files = readdirSync(personalFolder(around));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw unusable(personalFolder(around), 'read', error);
  }
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .filter(isName)
    .sort();
}

/** All that can be read, and a line for each that can't. */
export async function listPersonal(around: Around): Promise<{ subcommands: Subcommand[]; notes: string[] }> {
  const [subcommands, notes]: [Subcommand[], string[]] = [[], []];
  for (const name of personalNames(around)) {
    try {
      const subcommand = await readPersonal(around, name);
      if (subcommand) subcommands.push(subcommand);
    } catch (error) {
      if (!(error instanceof KfError)) throw error;
      notes.push(error.message);
    }
  }
  return { subcommands, notes };
}

/**
 * Whole or not at all, for its owner alone: it is code that runs as them.
 * @returns false where it was to be the first of its name (`exclusive`), and is not
 */
export async function writePersonal(
  around: Around,
  { metadata, spec }: Subcommand,
  { exclusive = false }: { exclusive?: boolean } = {},
): Promise<boolean> {
  const { name, labels, annotations, creationTimestamp } = metadata;
  const kept = { name, labels, annotations, creationTimestamp };
  // Its name is about to be a file's.
  if (!isName(name)) throw usageError(`"${oneLine(name)}" can be no subcommand's name`);
  const { yamlText } = await import('../view/yaml.ts');
  const text = yamlText({ apiVersion, kind, metadata: kept, spec });
  const file = fileOf(around, name);
  const next = `${file}.${Math.random().toString(36).slice(2)}~`;
  let there = false;
  try {
    mkdirSync(personalFolder(around), { recursive: true, mode: 0o700 });
    there = true;
    writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
    // The umask may have taken more away than was meant.
    chmodSync(next, 0o600);
    if (!exclusive) renameSync(next, file);
    else return isFirst(next, file);
    return true;
  } catch (error) {
    if (there) rmSync(next, { force: true });
    throw unusable(file, 'write', error);
  }
}

/** Gives the whole file its name, unless another has it: a rename would take that one's place. */
function isFirst(next: string, file: string): boolean {
  try {
    linkSync(next, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(next, { force: true });
  }
}

/** False where there was none. */
export function removePersonal(around: Around, name: string): boolean {
  if (!isName(name)) return false;
  try {
    rmSync(fileOf(around, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw unusable(fileOf(around, name), 'remove', error);
  }
}

function unusable(file: string, what: string, error: unknown): KfError {
  const { message } = error as Error;
  return new KfError(Exit.failed, `cannot ${what} ${file}: ${message.split('\n')[0]}`, {
    hint: 'correct it or its permissions, or remove the file',
    cause: error,
  });
}
