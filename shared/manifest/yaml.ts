import type { Document, Node, ParsedNode, Scalar } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { type Path, pathText } from './path.ts';
import { plainScalar, unspeakable } from './scalars.ts';
import type { Place, Problem, Source } from './source.ts';

/** What one document may grow to once its aliases are followed: values, and levels. */
const limits = { values: 200_000, depth: 100, bytes: 3 << 20 };

/** One document: its value, and where each part of it stands. */
export interface Parsed {
  value: unknown;
  /** The place of the path's value, or of its name; of the nearest part that is there, where the path is not. */
  place(path: Path, of?: 'name' | 'value'): Place;
}

export interface ParseResult {
  documents: Parsed[];
  problems: Problem[];
}

/** Reads YAML (or JSON) as kubectl does, several documents in one. Never throws: what is wrong comes as problems. */
export function parseYaml(source: Source): ParseResult {
  if (Buffer.byteLength(source.text) > limits.bytes) {
    return refuse({ message: `${source.name} is larger than the 3 MiB that a cluster takes in one request` });
  }
  if (source.text.includes('\0')) {
    return refuse({ message: `${source.name} is not text: it has NUL bytes` });
  }
  const lines = new LineCounter();
  const at = (from: number, to = from + 1): Place => {
    const start = lines.linePos(from);
    const end = lines.linePos(Math.max(from, to));
    const length = end.line === start.line ? end.col - start.col : 1;
    return { source, line: Math.max(1, start.line), column: Math.max(1, start.col), length: Math.max(1, length) };
  };
  let parsed: Document.Parsed<ParsedNode>[];
  try {
    parsed = [
      ...parseAllDocuments(source.text, {
        lineCounter: lines,
        schema: 'failsafe',
        resolveKnownTags: false,
        uniqueKeys: false,
        prettyErrors: false,
      }),
    ] as Document.Parsed<ParsedNode>[];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse({ message: `${source.name} is nested too deep`, place: at(0) });
  }
  const result: ParseResult = { documents: [], problems: [] };
  for (const document of parsed) {
    const wrong = document.errors[0];
    if (wrong) {
      const deep = wrong.message.includes('call stack');
      const message = deep ? 'nested too deep' : `not YAML: ${plain(wrong.message)}`;
      result.problems.push({ place: at(wrong.pos[0], wrong.pos[1]), message });
      continue;
    }
    if (document.contents === null || (isScalar(document.contents) && document.contents.source === '')) continue;
    try {
      result.documents.push(new Reader(at).read(document.contents));
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      result.problems.push(error.problem);
    }
  }
  return result;
}

const refuse = (problem: Problem): ParseResult => ({ documents: [], problems: [problem] });

/** The parser's words without their trailing position. */
const plain = (message: string) =>
  message
    .replace(/ at line \d+, column \d+:?[\s\S]*$/, '')
    .replace(/\n[\s\S]*$/, '')
    .replace(/^([A-Z])(?![A-Z])/, (letter) => letter.toLowerCase());

class Stop extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

type Range = [from: number, to: number];
type Locate = (from: number, to?: number) => Place;

/** Turns nodes into plain values and remembers where they stood; follows aliases itself, so that their growth is bounded. */
class Reader {
  readonly #at: Locate;
  readonly #names = new Map<string, Range>();
  readonly #values = new Map<string, Range>();
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  /** The outermost alias that is being followed: where the person wrote it. */
  #following: Node | undefined;
  #left = limits.values;

  constructor(at: Locate) {
    this.#at = at;
  }

  read(node: ParsedNode): Parsed {
    const value = this.#value(node, []);
    return { value, place: (path, of = 'value') => this.#place(path, of) };
  }

  #place(path: Path, of: 'name' | 'value'): Place {
    for (let length = path.length; length >= 0; length--) {
      const key = pathKey(path.slice(0, length));
      // Where the path itself is missing, the name of what should hold it is what to show.
      const prefer = length === path.length ? of : 'name';
      const range =
        prefer === 'name'
          ? (this.#names.get(key) ?? this.#values.get(key))
          : (this.#values.get(key) ?? this.#names.get(key));
      if (range) return this.#at(...range);
    }
    return this.#at(0);
  }

  #value(node: Node | null, path: Path): unknown {
    if (--this.#left < 0) {
      const what = this.#following ? 'its aliases make it grow beyond' : 'it holds more than';
      this.#stop(this.#following ?? node, `${what} 200,000 values${this.#following ? ' (a YAML bomb?)' : ''}`);
    }
    if (path.length > limits.depth) this.#stop(this.#following ?? node, `nested deeper than ${limits.depth} levels`);
    if (node === null) return null;
    const range = rangeOf(node);
    if (range && !this.#values.has(pathKey(path))) this.#values.set(pathKey(path), range);
    if (isAlias(node)) return this.#alias(node.source, node, path);
    if ('anchor' in node && node.anchor) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node);
    this.#open.add(node);
    const value = isSeq(node)
      ? node.items.map((item, i) => this.#value(item as Node | null, [...path, i]))
      : isMap(node)
        ? this.#map(node, path)
        : this.#stop(node, 'neither a mapping, a list nor a value');
    this.#open.delete(node);
    return value;
  }

  #alias(name: string, node: Node, path: Path): unknown {
    const target = this.#anchors.get(name);
    if (!target) return this.#stop(node, `no anchor &${name} before it`);
    if (this.#open.has(target)) return this.#stop(node, `the alias *${name} stands inside what it stands for`);
    const outermost = this.#following;
    this.#following ??= node;
    const value = this.#value(target, path);
    this.#following = outermost;
    return value;
  }

  #map(node: import('yaml').YAMLMap<unknown, unknown>, path: Path): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    const merges: [Node | null, Node | null][] = [];
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') {
        merges.push([key, pair.value as Node | null]);
        continue;
      }
      const name = this.#name(key, node);
      const here = [...path, name];
      if (Object.hasOwn(out, name)) this.#stop(key ?? node, `${pathText(here)} is given twice`);
      const range = key && rangeOf(key);
      if (range && !this.#names.has(pathKey(here))) this.#names.set(pathKey(here), range);
      define(out, name, this.#value(pair.value as Node | null, here));
    }
    for (const [key, merged] of merges) this.#merge(out, merged, key ?? node, path);
    return out;
  }

  /** YAML 1.1's `<<`: what the mapping says itself wins, then the earlier of several. */
  #merge(out: Record<string, unknown>, node: Node | null, key: Node, path: Path): void {
    const value = this.#value(node, [...path, '<<']);
    const sources = Array.isArray(value) ? value : [value];
    for (const source of sources) {
      if (source === null || typeof source !== 'object' || Array.isArray(source)) {
        this.#stop(key, '<< takes a mapping, or a list of them');
      }
      for (const [name, item] of Object.entries(source as object)) {
        if (Object.hasOwn(out, name)) continue;
        const range = node && rangeOf(node);
        if (range) this.#names.set(pathKey([...path, name]), range);
        define(out, name, item);
      }
    }
  }

  #name(key: Node | null, map: Node): string {
    const value = key === null ? null : this.#value(key, ['<key>']);
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return String(value);
    return this.#stop(key ?? map, 'a name must be text');
  }

  #scalar(node: Scalar): unknown {
    const text = String(node.value ?? '');
    const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
    if (tag === '!!str' || tag === '!' || (tag === undefined && node.type !== 'PLAIN')) return text;
    if (tag === '!!binary') return Buffer.from(text, 'base64').toString('latin1');
    const value = plainScalar(text);
    if (value === unspeakable) return this.#stop(node, `${text} can't be said in JSON`);
    if (tag === undefined) return value;
    if (tag === '!!float' && (typeof value === 'number' || typeof value === 'bigint')) return Number(value);
    const kind =
      value === null ? '!!null' : typeof value === 'boolean' ? '!!bool' : typeof value === 'string' ? '!!str' : '!!int';
    if (kind === tag && (kind !== '!!int' || typeof value === 'bigint' || Number.isInteger(value))) return value;
    return this.#stop(node, `${text} can't be read as ${tag}`);
  }

  #stop(node: Node | null, message: string): never {
    const range = node && rangeOf(node);
    throw new Stop({ place: range ? this.#at(...range) : this.#at(0), message });
  }
}

const pathKey = (path: Path): string => path.join('\0');

function rangeOf(node: Node): Range | undefined {
  const range = node.range;
  return range ? [range[0], Math.max(range[0] + 1, range[1])] : undefined;
}

/** As an own property whatever the name is: `__proto__` too. */
function define(out: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(out, name, { value, writable: true, enumerable: true, configurable: true });
}
