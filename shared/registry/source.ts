/** From a file, a folder or a manifest to what a subcommand is. The source is read, never run. */
import { basename, resolve } from 'node:path';
import type { Context } from '../cli/context.ts';
import { usageError } from '../cli/errors.ts';
import { manifestName } from '../manifest/load.ts';
import { oneLine } from '../view/text.ts';
import type { Parameter, Requirement, Runtime, Version } from './entry.ts';
import type { Facts } from './header.ts';
import { requirementOf } from './requirement.ts';
import { chooseFile, runtimeOf } from './source-choose.ts';
import { type Read, readFiles } from './source-read.ts';

/** What a source says of itself. */
export interface Learned {
  handler: string;
  facts: Facts;
  parameters: Parameter[];
  notes: string[];
  /** Of Python: its own name. */
  function?: string;
  calling?: 'event';
  python?: string;
  dependencies?: string[];
}

export interface Understood {
  name: string;
  version: Omit<Version, 'digest' | 'version'> & { version?: string };
  /** What the person should know: parameters that are left out, flags with another name. */
  notes: string[];
}

/**
 * @param target `./tune.py`, `./tune.py:function`, a folder, a script, a Go program, a Kubeless Function's manifest
 * Throws KfError (2): not readable, not to be understood.
 */
export async function readSource(
  target: string,
  context: Context,
  options: { name?: string; runtime?: Runtime } = {},
): Promise<Understood> {
  const [, path = target, asked] = /^(.+\.py):([^/:\\]+)$/.exec(target) ?? [];
  const at = resolve(context.cwd, path);
  const read = await readFiles(at, path);
  const only = Object.keys(read.files)[0]!;
  if (!read.folder && manifestName(path)) {
    const { learnFunction } = await import('./source-function.ts');
    const { name, runtime, files, learned } = await learnFunction({ name: path, text: read.files[only]! });
    return understood(options.name ?? name, runtime, files, learned, at);
  }
  const entry = read.folder ? chooseFile(read, basename(at)) : only;
  const runtime = options.runtime ?? runtimeOf(entry, read.files[entry]!);
  if (!runtime) {
    throw usageError(
      `can't tell what ${oneLine(path)} is`,
      'a subcommand is a .py, .sh or .go file, a folder with one of them, or a Kubeless Function (.yaml)',
    );
  }
  const files = importable(read, entry, runtime);
  const file = read.folder ? entry : Object.keys(files)[0]!;
  const learned = await learn(files, file, read.folder ? `${path.replace(/\/+$/, '')}/${entry}` : path, runtime, asked);
  const name = options.name ?? nameOf(read, at, entry, asked, learned.function);
  return understood(name, runtime, files, learned, asked === undefined ? at : `${at}:${asked}`);
}

async function learn(
  files: Record<string, string>,
  path: string,
  shown: string,
  runtime: Runtime,
  asked?: string,
): Promise<Learned> {
  if (runtime === 'python') {
    const { learnPython } = await import('./source-python.ts');
    return learnPython(files, { path, shown, ...(asked !== undefined && { function: asked }) });
  }
  const { learnScript } = await import('./source-script.ts');
  return learnScript(files[path]!, path, shown, runtime === 'go' ? '//' : '#');
}

/** A module's file ends in .py and has no other dot. */
function importable({ files, folder }: Read, entry: string, runtime: Runtime): Record<string, string> {
  if (runtime !== 'python' || folder) return files;
  const stem = entry.replace(/\.py$/, '').replace(/[^\p{L}\p{N}_-]/gu, '_');
  return { [`${stem}.py`]: files[entry]! };
}

/** Like the function that was asked for, the file, or (main.py) what it stands in or holds. */
function nameOf(
  { folder }: Read,
  at: string,
  entry: string,
  asked: string | undefined,
  own: string | undefined,
): string {
  const stem = basename(at).replace(/\.[^.]*$/, '');
  const general = (name: string) => ['main', 'handler', '__main__'].includes(name);
  const name =
    asked !== undefined && !general(asked)
      ? asked
      : folder
        ? basename(at)
        : general(stem)
          ? own !== undefined && !general(own)
            ? own
            : basename(resolve(at, '..'))
          : stem;
  return (name || entry)
    .toLowerCase()
    .replace(/[_.\s]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

const clip = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function understood(
  name: string,
  runtime: Runtime,
  files: Record<string, string>,
  learned: Learned,
  url: string,
): Understood {
  const { facts, calling, python, dependencies, handler } = learned;
  const parameters = learned.parameters.map((each) => ({
    ...each,
    ...(each.help !== undefined && { help: clip(each.help, 4000) }),
    ...(each.defaultText !== undefined && { defaultText: clip(each.defaultText, 1000) }),
  }));
  if (parameters.length > 100)
    throw usageError(`${name} has ${parameters.length} parameters; a subcommand may have 100`);
  const long = parameters.find((each) => each.name.length > 100 || (each.choices?.length ?? 0) > 1000);
  if (long) throw usageError(`${clip(long.name, 60)}: a name may have 100 characters, a parameter 1000 choices`);
  return {
    name,
    version: {
      ...(facts.version !== undefined && { version: facts.version }),
      summary: clip(facts.summary ?? `runs ${handler}`, 200),
      ...(facts.description && { description: clip(facts.description, 20_000) }),
      runtime,
      handler,
      ...(runtime === 'python' && { calling: calling ?? ('parameters' as const) }),
      files,
      parameters,
      requires: (facts.requires ?? []).map(required),
      runs: facts.runs ?? ['local', 'cluster'],
      ...(python && { python }),
      ...(dependencies && dependencies.length > 0 && { dependencies }),
      ...(facts.image && { image: facts.image }),
      origin: { url },
    },
    notes: learned.notes,
  };
}

function required(text: string): Requirement {
  const found = requirementOf(text);
  if (found) return found;
  throw usageError(
    `requires: can't read "${oneLine(text)}"`,
    'write verbs and a resource: "create trainjobs.trainer.kubeflow.org", "get,list pods/log"',
  );
}
