import { isDeepStrictEqual } from 'node:util';
import type { Document, Pair, Scalar, YAMLMap } from 'yaml';
import { usageError } from '../cli/errors.ts';

/** One value in a kubeconfig: `contexts[name=x].context.namespace` is list `contexts`, name `x`, path `context`, `namespace`. */
export interface Place {
  list: 'clusters' | 'contexts' | 'users';
  name: string;
  path: string[];
}

type Yaml = typeof import('yaml');

/**
 * The text with that one value set and every other byte as it was: comments, order, quotes, line ends. YAML in block or flow
 * style, and JSON. Throws KfError where the text can't be changed so (anchors that others use, say).
 */
export async function setValue(text: string, place: Place, value: string, file: string): Promise<string> {
  const yaml = await import('yaml');
  const document = parse(yaml, text, file);
  const item = listItem(yaml, document, place);
  if (!item) throw usageError(`${file} has no "${place.name}" in ${place.list}`, 'correct the file');
  const changed = splice(yaml, text, item, place.path, value);
  if (!agrees(yaml, text, changed, place, value)) {
    throw usageError(
      `cannot change only ${place.path.at(-1)} of "${place.name}" in ${file}: other values hang on it (YAML anchors?)`,
      'change the file by hand',
    );
  }
  return changed;
}

function parse(yaml: Yaml, text: string, file: string): Document.Parsed {
  const document = yaml.parseDocument(text, { logLevel: 'silent', uniqueKeys: true });
  const error = document.errors[0];
  if (error) {
    const at = error.linePos?.[0];
    const where = at ? `:${at.line}:${at.col}` : '';
    throw usageError(
      `${file}${where}: ${error.message.split('\n')[0]!.replace(/ at line .*$/, '')}`,
      'correct the file',
    );
  }
  return document;
}

function listItem(yaml: Yaml, document: Document.Parsed, { list, name }: Place): YAMLMap | undefined {
  const items = document.get(list);
  if (!yaml.isSeq(items)) return undefined;
  const found = items.items.find((item) => yaml.isMap(item) && String(item.get('name')) === name);
  return found as YAMLMap | undefined;
}

/** Sets `path` within a mapping. What of the path is missing goes in as a flow mapping. */
function splice(yaml: Yaml, text: string, map: YAMLMap, path: string[], value: string): string {
  const [key, ...rest] = path as [string, ...string[]];
  const pair = map.items.find((each) => yaml.isScalar(each.key) && each.key.value === key);
  if (!pair) return insert(yaml, text, map, key, written(text, map, rest, value));
  let node = pair.value;
  if (yaml.isMap(node) && rest.length > 0) return splice(yaml, text, node, rest, value);
  if (yaml.isAlias(node)) node = { range: node.range } as Scalar;
  const { range, type } = node as Scalar;
  if (!range) return text;
  const [start, end] = range;
  const old = text.slice(start, end);
  if (old === '') {
    // `namespace:` with nothing after it.
    const colon = text.indexOf(':', (pair.key as Scalar).range![1]);
    return `${text.slice(0, colon + 1)} ${written(text, map, rest, value)}${text.slice(colon + 1)}`;
  }
  const lineEnd = type?.startsWith('BLOCK') ? (/\r?\n$/.exec(old)?.[0] ?? '') : '';
  const fresh = rest.length > 0 ? written(text, map, rest, value) : scalar(value, type ?? '');
  return text.slice(0, start) + fresh + lineEnd + text.slice(end);
}

/** A pair that is not there yet: after the `cluster` line where there is one, else as the first. */
function insert(yaml: Yaml, text: string, map: YAMLMap, key: string, value: string): string {
  const [start, end] = map.range!;
  const first = map.items[0] as Pair | undefined;
  const json = isJson(text, map);
  const pairText = `${json ? JSON.stringify(key) : key}: ${value}`;
  if (map.flow) {
    if (!first) return `${text.slice(0, start)}{${pairText}}${text.slice(end)}`;
    const at = startOf(first);
    const gap = text.slice(start + 1, at);
    return `${text.slice(0, at)}${pairText},${/^\s+$/.test(gap) ? gap : ' '}${text.slice(at)}`;
  }
  const at = startOf(first!);
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const indent = ' '.repeat(at - lineStart);
  const after = map.items.find(
    (each) => yaml.isScalar(each.key) && each.key.value === 'cluster' && yaml.isScalar(each.value),
  );
  const cluster = after?.value as Scalar | undefined;
  if (cluster?.range && !cluster.type?.startsWith('BLOCK')) {
    const newline = text.indexOf('\n', cluster.range[1]);
    const lineEnd = newline < 0 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
    return `${text.slice(0, lineEnd)}${eolOf(text)}${indent}${pairText}${text.slice(lineEnd)}`;
  }
  return `${text.slice(0, at)}${pairText}${eolOf(text)}${indent}${text.slice(at)}`;
}

const startOf = (pair: Pair) => (pair.key as Scalar).range![0];

const eolOf = (text: string) => (/\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n');

/** True where keys are written in double quotes: the file is JSON, or is to look like it. */
function isJson(text: string, map: YAMLMap): boolean {
  const first = map.items[0];
  return first ? map.flow === true && text[startOf(first)] === '"' : text.trimStart().startsWith('{');
}

/** The value below the keys that are missing: `{config: {id-token: x}}`. */
function written(text: string, map: YAMLMap, rest: string[], value: string): string {
  const json = isJson(text, map) || (map.flow && text.trimStart().startsWith('{'));
  return rest.reduceRight(
    (inner, key) => `{${json ? JSON.stringify(key) : key}: ${inner}}`,
    scalar(value, json ? 'JSON' : ''),
  );
}

const reserved = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** Plain where no YAML reader, old or new, can take it for anything but text; else quoted, as the old value was. */
function scalar(value: string, style: string): string {
  const plain = /^[A-Za-z][\w.-]*$/.test(value) && !reserved.test(value);
  if (style === 'JSON' || style === 'QUOTE_DOUBLE') return JSON.stringify(value);
  if (style === 'QUOTE_SINGLE' && plain) return `'${value}'`;
  return plain ? value : JSON.stringify(value);
}

/** Reads both texts and checks that they differ in that value alone. */
function agrees(yaml: Yaml, before: string, after: string, place: Place, value: string): boolean {
  const wanted = yaml.parse(before, { logLevel: 'silent' });
  let read: unknown;
  try {
    read = yaml.parse(after, { logLevel: 'silent' });
  } catch {
    return false;
  }
  const copy = structuredClone(wanted);
  // structuredClone keeps shared nodes shared, as aliases are: JSON takes them apart.
  const tree = JSON.parse(JSON.stringify(copy)) as Record<string, Record<string, unknown>[]>;
  let at = tree[place.list]!.find((item) => String(item.name) === place.name)!;
  for (const key of place.path.slice(0, -1)) {
    if (typeof at[key] !== 'object' || at[key] === null) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  at[place.path.at(-1)!] = value;
  return isDeepStrictEqual(JSON.parse(JSON.stringify(read)), tree);
}
