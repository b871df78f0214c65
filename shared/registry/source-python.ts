/** A Python function as a subcommand. */
import { type KfError, usageError } from '../cli/errors.ts';
import type { Source } from '../manifest/source.ts';
import { type FunctionDef, PythonError } from '../python/ast.ts';
import { chooseFunction, functionsOf } from '../python/choose.ts';
import { parseDocstring } from '../python/docstring.ts';
import { docstringOf, namesOf } from '../python/names.ts';
import { parseModule } from '../python/parse.ts';
import { signatureOf } from '../python/signature.ts';
import { type Block, type Facts, factsOf, readBlock, textsOf, wrong } from './header.ts';
import type { Learned } from './source.ts';

export interface Wanted {
  /** The file among {@link files}, and what it is called in messages. */
  path: string;
  shown: string;
  /** The function that is asked for. */
  function?: string;
  /** Called with (event, context), whatever its parameters are. */
  event?: boolean;
}

/** Throws KfError: it does not parse, it has no function that could be meant, or none that a command line can call. */
export async function learnPython(files: Record<string, string>, wanted: Wanted): Promise<Learned> {
  const source: Source = { name: wanted.shown, text: files[wanted.path]! };
  checkEncoding(source);
  const block = await readBlock(source, 'script', '#');
  const facts = block ? toolFacts(block) : {};
  const module = inPlace(source, () => parseModule(source.text));
  for (const [path, text] of Object.entries(files)) {
    if (path === wanted.path || !path.endsWith('.py')) continue;
    const name = wanted.shown.slice(0, wanted.shown.length - wanted.path.length) + path;
    inPlace({ name, text }, () => parseModule(text));
  }
  const stem = wanted.path.replace(/^.*\//, '').replace(/\.py$/, '');
  const named = wanted.function ?? facts.handler?.split('.').at(-1);
  const names = namesOf(module);
  const def = chosen(functionsOf(names), stem, named, source);
  const docs = parseDocstring(docstringOf(def.body) ?? docstringOf(module) ?? '');
  const { parameters, notes } = wanted.event
    ? { parameters: [], notes: [] }
    : inPlace(source, () => signatureOf(def, names, docs, source.text));
  const { handler: _, ...own } = facts;
  const dependencies = block && textsOf(block, 'dependencies');
  const python = block?.table['requires-python'];
  if (python !== undefined && typeof python !== 'string')
    block!.fail('requires-python must be text', 'requires-python');
  return {
    function: def.name,
    facts: {
      ...(docs.summary && { summary: docs.summary }),
      ...(docs.description && { description: docs.description }),
      ...own,
    },
    handler: `${wanted.path.replace(/\.py$/, '').replaceAll('/', '.')}.${def.name}`,
    parameters,
    notes,
    ...(typeof python === 'string' && { python }),
    ...(dependencies && { dependencies }),
  };
}

function toolFacts(block: Block): Facts {
  const tool = block.table.tool as Record<string, unknown> | undefined;
  const own = tool?.kf;
  if (own === undefined) return {};
  if (typeof own !== 'object' || own === null || Array.isArray(own))
    return block.fail('tool.kf must be a table', undefined, 'write [tool.kf]');
  return factsOf({ table: own as Record<string, unknown>, fail: block.fail });
}

function chosen(all: FunctionDef[], stem: string, named: string | undefined, source: Source): FunctionDef {
  const def = chooseFunction(all, stem, named);
  if (def) return def;
  const names = all.map(({ name }) => name).filter((name) => !name.startsWith('_'));
  if (named !== undefined) {
    throw usageError(
      `${source.name} has no function ${named}`,
      names.length > 0 ? `it has ${names.join(', ')}` : 'it has none',
    );
  }
  if (names.length === 0) {
    throw usageError(
      `${source.name} has no function`,
      'a subcommand is a function at the top of the module, whose name has no underscore in front',
    );
  }
  throw usageError(
    `${source.name} has several functions: ${names.join(', ')}`,
    `say which: ${source.name}:${names[0]}; or call it like the file, or main`,
  );
}

/** Where Python would refuse it, or no command line can call it: the place, and its line. */
function inPlace<T>(source: Source, learn: () => T): T {
  try {
    return learn();
  } catch (error) {
    if (error instanceof PythonError) throw placed(source, error);
    throw error;
  }
}

function placed(source: Source, { at, end, message, hint }: PythonError): KfError {
  // Lines as Python counts them; the excerpt knows only line feeds.
  const text = source.text.replace(/\r(?!\n)/g, '\n');
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1) + 1;
  const left = text.indexOf('\n', at);
  const length = Math.max(1, Math.min(end, left < 0 ? text.length : left) - at);
  const what = hint === undefined ? `not Python: ${message}` : message;
  return wrong({ source: { ...source, text }, line, column, length }, what, hint);
}

/** PEP 263: a source may say that it is in another encoding; then it is not the text that we read. */
function checkEncoding(source: Source): void {
  const cookie = /^(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(source.text.replace(/\r\n?/g, '\n'));
  const name = cookie?.[1]?.toLowerCase().replaceAll('_', '-');
  if (name === undefined || /^(?:utf-?8(?:-.*)?|us-ascii|ascii)$/.test(name)) return;
  throw usageError(
    `${source.name} says that it is in ${cookie![1]}, not in UTF-8`,
    'save it as UTF-8, and take that line away',
  );
}
