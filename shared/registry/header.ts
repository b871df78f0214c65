/** The block of comments at a source's top that says what its code can't: PEP 723's, and ours for bash and Go. */
import { TomlError } from 'smol-toml';
import { closest } from '../cli/closest.ts';
import { problemsError } from '../manifest/errors.ts';
import type { Place, Source } from '../manifest/source.ts';
import type { Where } from './entry.ts';
import { versionPattern } from './schema.ts';

type Table = Record<string, unknown>;

/** A block, and where its lines stand. */
export interface Block {
  table: Table;
  /** Throws with the line that gives the key, if it has one. */
  fail(message: string, key?: string, hint?: string): never;
}

export interface Facts {
  version?: string;
  summary?: string;
  description?: string;
  requires?: string[];
  runs?: Where[];
  image?: string;
  handler?: string;
}

export const wrong = (place: Place | undefined, message: string, hint?: string) =>
  problemsError([{ place, message, hint }], '');

/**
 * `# /// script` … `# ///`, as TOML. Undefined where there is none.
 * @param mark how a comment begins: `#`, `//`
 */
export async function readBlock(source: Source, type: 'script' | 'kf', mark: '#' | '//'): Promise<Block | undefined> {
  const lines = source.text.replace(/^\ufeff/, '').split(/\r\n?|\n/);
  const starts = lines.flatMap((line, i) => (line.trimEnd() === `${mark} /// ${type}` ? [i] : []));
  const first = starts[0];
  if (first === undefined) return undefined;
  const at = (line: number, column = 1): Place => ({
    source,
    line: line + 1,
    column,
    length: Math.max(1, (lines[line] ?? '').length - column + 1),
  });
  if (starts[1] !== undefined) throw wrong(at(starts[1]), `there is a block "/// ${type}" above it already`);
  // PEP 723: the last `# ///` before the first line that is no comment.
  let end = first + 1;
  let close: number | undefined;
  for (; end < lines.length && (lines[end] === mark || lines[end]!.startsWith(`${mark} `)); end++) {
    if (lines[end]!.trimEnd() === `${mark} ///`) close = end;
  }
  if (close === undefined) {
    throw wrong(
      at(first),
      'this block is never closed',
      `end it with a line "${mark} ///", and begin each of its lines with "${mark} "`,
    );
  }
  const body = lines.slice(first + 1, close).map((line) => line.slice(mark.length + 1));
  const { parse } = await import('smol-toml');
  const place = (line: number, column: number) => at(first + line, column + mark.length + 1);
  try {
    return { table: parse(body.join('\n')) as Table, fail: failing(body, (i) => place(i + 1, 1), at(first)) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
    throw wrong(place(Math.min(error.line, body.length || 1), error.column), `not TOML: ${what}`);
  }
}

function failing(body: string[], place: (line: number) => Place, whole: Place): Block['fail'] {
  return (message, key, hint) => {
    const line = key === undefined ? -1 : body.findIndex((each) => each.trimStart().split(/\s*=/)[0] === key);
    throw wrong(line < 0 ? whole : place(line), message, hint);
  };
}

const keys = ['version', 'summary', 'description', 'requires', 'runs', 'image', 'handler'];

/** What we know of a block's keys; the others are refused, so that a slip is not passed over. */
export function factsOf({ table, fail }: Pick<Block, 'table' | 'fail'>, more: string[] = []): Facts {
  for (const key of Object.keys(table)) {
    if (keys.includes(key) || more.includes(key)) continue;
    const near = closest(key, [...keys, ...more]);
    fail(`unknown key ${key}`, key, near ? `did you mean ${near}?` : `there are: ${[...keys, ...more].join(', ')}`);
  }
  const facts: Facts = {};
  for (const key of ['version', 'summary', 'description', 'image', 'handler'] as const) {
    const value = table[key];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value.trim() === '') fail(`${key} must be text`, key);
    else facts[key] = key === 'description' ? value.trim() : value.replace(/\s+/g, ' ').trim();
  }
  if (facts.version !== undefined && !new RegExp(versionPattern).test(facts.version)) {
    fail(`"${facts.version}" is no version`, 'version', 'it has three numbers: "0.1.0"');
  }
  const requires = textsOf({ table, fail }, 'requires');
  if (requires) facts.requires = requires;
  const runs = textsOf({ table, fail }, 'runs');
  if (runs) {
    if (runs.length === 0 || !runs.every((each) => each === 'local' || each === 'cluster')) {
      fail('runs is a list of "local" and "cluster"', 'runs', 'the usual place first: runs = ["cluster", "local"]');
    }
    facts.runs = [...new Set(runs)] as Where[];
  }
  return facts;
}

export function textsOf({ table, fail }: Pick<Block, 'table' | 'fail'>, key: string): string[] | undefined {
  const value = table[key];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string' && each.trim() !== '')) {
    fail(`${key} must be a list of texts`, key, `${key} = ["…"]`);
  }
  return (value as string[]).map((each) => each.trim());
}
