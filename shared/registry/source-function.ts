/** A Kubeless Function manifest, taken as it is. */
import { usageError } from '../cli/errors.ts';
import { problemsError } from '../manifest/errors.ts';
import type { Source } from '../manifest/source.ts';
import { type Parsed, parseYaml } from '../manifest/yaml.ts';
import type { Parameter, Runtime } from './entry.ts';
import type { Learned } from './source.ts';
import { learnPython } from './source-python.ts';
import { learnScript } from './source-script.ts';

export interface FromManifest {
  name: string;
  runtime: Runtime;
  files: Record<string, string>;
  learned: Learned;
}

/** What it is called with; JSON where it is JSON. */
const data: Parameter = {
  name: 'data',
  typed: 'option',
  flag: '--data',
  type: 'json',
  required: false,
  help: "the event's data: JSON, or any text",
};

export async function learnFunction(source: Source): Promise<FromManifest> {
  const { documents, problems } = parseYaml(source);
  if (problems.length > 0) throw problemsError(problems, '');
  const own = documents.filter(({ value }) => isFunction(value));
  if (own.length !== 1) {
    throw usageError(
      own.length === 0 ? `${source.name} has no Kubeless Function` : `${source.name} has ${own.length} Functions`,
      'a manifest that is added holds one object of kind Function, apiVersion kubeless.io/v1beta1',
    );
  }
  return learn(own[0]!, source);
}

const isFunction = (value: unknown): boolean => {
  const { kind, apiVersion } = (value ?? {}) as { kind?: unknown; apiVersion?: unknown };
  return kind === 'Function' && typeof apiVersion === 'string' && apiVersion.startsWith('kubeless.io/');
};

async function learn({ value, place }: Parsed, source: Source): Promise<FromManifest> {
  const { metadata, spec } = value as { metadata?: { name?: unknown }; spec?: Record<string, unknown> };
  const fail = (path: string[], message: string, hint?: string): never => {
    throw problemsError([{ place: place(path), message, hint }], '');
  };
  const text = (key: string): string => {
    const found = spec?.[key];
    return typeof found === 'string' && found !== ''
      ? found
      : fail(['spec', key], `spec.${key} is missing, or no text`);
  };
  const name = metadata?.name;
  if (typeof name !== 'string') return fail(['metadata'], 'metadata.name is missing');
  const kind = /^(python|bash|go)/.exec(text('runtime'))?.[1] as Runtime | undefined;
  if (!kind) return fail(['spec', 'runtime'], `no runtime ${text('runtime')} here`, 'there are: python, bash, go');
  const handler = /^([\w-]+)\.(\w+)$/.exec(text('handler'));
  if (!handler) return fail(['spec', 'handler'], 'spec.handler is a file and its function: hello.handler');
  const code = decoded(text('function'), spec?.['function-content-type'], fail);
  const path = `${handler[1]}${{ python: '.py', bash: '.sh', go: '.go' }[kind]}`;
  const files = { [path]: code };
  const shown = `${source.name} (${path})`;
  const learned =
    kind === 'python'
      ? await learnPython(files, { path, shown, function: handler[2]!, event: true })
      : await program(code, path, shown, kind);
  const { packages, left } = requirements(spec?.deps);
  const dependencies = [...(learned.dependencies ?? []), ...(kind === 'python' ? packages : [])];
  return {
    name,
    runtime: kind,
    files,
    learned: {
      ...learned,
      parameters: [data],
      calling: 'event',
      ...(dependencies.length > 0 && { dependencies }),
      notes: [...learned.notes, ...left.map((line) => `spec.deps: ${line} is left out`)],
    },
  };
}

async function program(code: string, path: string, shown: string, kind: 'bash' | 'go'): Promise<Learned> {
  if (kind === 'go' && !/^package main\b/m.test(code)) {
    throw usageError(`${shown} is no program of its own`, 'make it one: package main, and func main()');
  }
  return { ...(await learnScript(code, path, shown, kind === 'go' ? '//' : '#')), notes: [] };
}

function decoded(text: string, type: unknown, fail: (path: string[], message: string, hint?: string) => never): string {
  if (type === undefined || type === '' || type === 'text') return text;
  const path = ['spec', 'function-content-type'];
  if (type !== 'base64')
    return fail(
      path,
      `a function that is given as ${type} can't be taken`,
      'unpack it, and add the file or the folder',
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'));
  } catch {
    return fail(['spec', 'function'], 'it is no text (UTF-8) in base64');
  }
}

/** requirements.txt: packages, and lines that pip's options are on. */
function requirements(deps: unknown): { packages: string[]; left: string[] } {
  const lines = (typeof deps === 'string' ? deps : '')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter(Boolean);
  const packages = lines.filter((line) => !line.startsWith('-')).map((line) => line.replace(/\s+--hash.*$/, ''));
  return { packages, left: lines.filter((line) => line.startsWith('-')) };
}
