/** Python's string literals: where they end, and what they hold. */
import { PythonError } from './ast.ts';

const deepest = 100;

export interface Literal {
  end: number;
  /** f'…' and t'…'. */
  formatted: boolean;
  bytes: boolean;
  raw: boolean;
  /** Of what is between the quotes. */
  from: number;
  to: number;
}

const start = /(?:[rRuUbBfFtT]|[bBfFtT][rR]|[rR][bBfFtT])?('''|"""|'|")/y;

/** The literal that begins here, or undefined where none does. */
export function literalAt(text: string, at: number, depth = 0): Literal | undefined {
  start.lastIndex = at;
  const found = start.exec(text);
  if (!found) return undefined;
  const quote = found[1]!;
  const prefix = found[0].slice(0, -quote.length).toLowerCase();
  const from = at + found[0].length;
  const formatted = /[ft]/.test(prefix);
  const raw = prefix.includes('r');
  const to = endOf(text, { from, at, quote, formatted, raw, depth });
  return { end: to + quote.length, formatted, bytes: prefix.includes('b'), raw, from, to };
}

interface Begun {
  at: number;
  from: number;
  quote: string;
  formatted: boolean;
  raw: boolean;
  depth: number;
}

function endOf(text: string, { at, from, quote, formatted, raw, depth }: Begun): number {
  if (depth > deepest) throw new PythonError('f-strings are nested too deep', at);
  let i = from;
  while (i < text.length) {
    const c = text[i]!;
    if (text.startsWith(quote, i)) return i;
    if (quote.length === 1 && (c === '\n' || c === '\r')) break;
    if (c === '\\') i = escapeEnd(text, i, formatted && !raw, formatted);
    else if (formatted && c === '{' && text[i + 1] === '{') i += 2;
    else if (formatted && c === '{') i = replacement(text, i, quote, depth);
    else if (formatted && c === '}') {
      if (text[i + 1] !== '}') throw new PythonError("f-string: single '}' is not allowed", i);
      i += 2;
    } else i++;
  }
  const what = quote.length === 3 ? 'unterminated triple-quoted string' : 'unterminated string';
  throw new PythonError(what, at, quote.length === 3 ? from : i);
}

/** Past the `}` of what stands in an f-string at this `{`. */
function replacement(text: string, at: number, quote: string, depth: number): number {
  const open: string[] = [];
  let i = at + 1;
  let empty = true;
  while (i < text.length) {
    const c = text[i]!;
    if (open.length === 0 && (c === '}' || c === ':' || (c === '!' && text[i + 1] !== '='))) {
      if (empty) throw new PythonError(`f-string: expression expected before '${c}'`, i);
      if (c === '}') return i + 1;
      if (c === ':') return specEnd(text, i + 1, at, quote, depth);
      if (!/^![rsa]\s*[}:]/.test(text.slice(i, i + 8))) throw new PythonError('f-string: invalid conversion', i);
      i += 2;
      continue;
    }
    const begins = c === "'" || c === '"' || (/[a-zA-Z]/.test(c) && !/\w/.test(text[i - 1]!));
    const inner = begins ? literalAt(text, i, depth + 1) : undefined;
    if (inner) i = inner.end;
    else if (c === '#') while (i < text.length && text[i] !== '\n') i++;
    else {
      if ('([{'.includes(c)) open.push(c);
      else if (')]}'.includes(c) && open.pop() !== '([{'[')]}'.indexOf(c)]) {
        throw new PythonError(`f-string: unmatched '${c}'`, i);
      }
      i++;
    }
    if (!/\s/.test(c)) empty = false;
  }
  throw new PythonError("f-string: '{' was never closed", at);
}

/** Past a backslash and what it takes: not the brace of a replacement, but the braces of a character's name. */
function escapeEnd(text: string, at: number, names: boolean, formatted: boolean): number {
  if (names && text.startsWith('N{', at + 1)) {
    const end = text.indexOf('}', at);
    return end < 0 ? at + 2 : end + 1;
  }
  if (formatted && /[{}]/.test(text[at + 1] ?? '')) return at + 1;
  return at + (text.startsWith('\r\n', at + 1) ? 3 : 2);
}

/** A format spec runs to its `}`; it may hold replacements itself. */
function specEnd(text: string, from: number, at: number, quote: string, depth: number): number {
  if (depth > deepest) throw new PythonError('f-strings are nested too deep', at);
  let i = from;
  while (i < text.length && !text.startsWith(quote, i)) {
    if (text[i] === '}') return i + 1;
    if (text[i] === '{') i = replacement(text, i, quote, depth + 1);
    else i++;
  }
  throw new PythonError("f-string: '{' was never closed", at);
}

const escapes: Record<string, string> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What a plain literal holds. Undefined where it names a character (`\N{…}`), which takes Unicode's list of names. */
export function textOf(text: string, literal: Literal): string | undefined {
  const inside = text.slice(literal.from, literal.to).replace(/\r\n?/g, '\n');
  if (literal.raw || !inside.includes('\\')) return inside;
  const sequence = /\\(?:\n|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;
  let named = false;
  const value = inside.replace(sequence, (whole, octal, x, u, long, one, at) => {
    if (octal) return String.fromCharCode(Number.parseInt(octal, 8));
    const hex = x ?? u ?? long;
    if (hex) {
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw new PythonError('no such Unicode character', literal.from);
      return String.fromCodePoint(code);
    }
    if (one === undefined) return '';
    if (one === 'N' && inside[at + 2] === '{') named = true;
    if (/[xuU]/.test(one)) throw new PythonError(`truncated \\${one} escape`, literal.from);
    return escapes[one] ?? whole;
  });
  return named ? undefined : value;
}
