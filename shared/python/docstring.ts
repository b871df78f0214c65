/** Docstrings in the three styles that people write: Google's, NumPy's, reST's. */

export interface Docstring {
  /** The first sentence, on one line. */
  summary: string;
  /** What follows, without the sections of parameters, results and errors. */
  description: string;
  params: Map<string, string>;
}

const wanted = /^(?:args|arguments|parameters?|params|keyword arg(?:ument)?s|other (?:parameters|args|arguments))$/i;
const dropped = /^(?:returns?|yields?|raises?|throws?|receives?|warns?|exceptions?|attributes|methods|see also|todo)$/i;

/** Lines without their common indentation, as inspect.cleandoc makes them. */
export function cleanLines(text: string): string[] {
  const lines = text.replace(/\t/g, '        ').split(/\r\n?|\n/);
  const margins = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map(indentOf);
  const margin = least(margins);
  const clean = [lines[0]!.trimStart(), ...lines.slice(1).map((line) => line.slice(margin))].map((l) => l.trimEnd());
  while (clean.length > 0 && clean.at(-1) === '') clean.pop();
  while (clean.length > 0 && clean[0] === '') clean.shift();
  return clean;
}

const least = (numbers: number[]): number => numbers.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);

const indentOf = (line: string): number => line.length - line.trimStart().length;

export function parseDocstring(text: string): Docstring {
  const lines = cleanLines(text);
  const params = new Map<string, string>();
  const left: string[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i]!;
    const numpy = /^-{3,}$/.test(lines[i + 1]?.trim() ?? '') && indentOf(line) === 0 ? line.trim() : undefined;
    const google = /^([A-Za-z][A-Za-z ]*):$/.exec(line)?.[1];
    const title = numpy ?? google;
    if (title !== undefined && (wanted.test(title) || dropped.test(title))) {
      const from = i + (numpy === undefined ? 1 : 2);
      i = numpy === undefined ? indentedEnd(lines, from) : numpyEnd(lines, from);
      if (wanted.test(title)) entries(lines.slice(from, i), numpy !== undefined, params);
    } else if (/^:[a-zA-Z]+(?: [^:]*)?:/.test(line)) {
      const end = indentedEnd(lines, i + 1);
      field(lines.slice(i, end), params);
      i = end;
    } else {
      left.push(line);
      i++;
    }
  }
  return { ...split(left), params };
}

/** The first sentence: its line, and the next ones where it goes on; and all that follows. */
function split(lines: string[]): { summary: string; description: string } {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return { summary: '', description: '' };
  let end = first + 1;
  let summary = lines[first]!.trim();
  while (!/[.!?:;]$/.test(summary) && (lines[end] ?? '') !== '' && summary.length < 200)
    summary += ` ${lines[end++]!.trim()}`;
  const rest = lines.slice(end).join('\n');
  return { summary: summary.replace(/\s+/g, ' '), description: rest.replace(/\n{3,}/g, '\n\n').trim() };
}

/** Where what is indented ends; empty lines belong to it if more follows. */
function indentedEnd(lines: string[], from: number): number {
  let end = from;
  for (let i = from; i < lines.length; i++) {
    if (lines[i] === '') continue;
    if (indentOf(lines[i]!) === 0) break;
    end = i + 1;
  }
  return end;
}

/** NumPy's sections end where the next one begins, or at a line of text after an empty one that is no entry. */
function numpyEnd(lines: string[], from: number): number {
  let i = from;
  for (; i < lines.length; i++) {
    if (lines[i] !== '' && /^-{3,}$/.test(lines[i + 1]?.trim() ?? '')) break;
    if (
      lines[i - 1] === '' &&
      i > from &&
      indentOf(lines[i]!) === 0 &&
      !/^\**\w+(?:, ?\**\w+)*(?: *:|$)/u.test(lines[i]!)
    )
      break;
  }
  return i;
}

/** `name (type): help`, or `name : type` with the help below, more indented. */
function entries(lines: string[], numpy: boolean, params: Map<string, string>): void {
  const margin = least(lines.filter((line) => line !== '').map(indentOf));
  const head = numpy
    ? /^(\\?\*{0,2}[\p{L}\p{N}_]+(?:, *\\?\*{0,2}[\p{L}\p{N}_]+)*)(?: *:.*)?$/u
    : /^(\\?\*{0,2}[\p{L}\p{N}_]+(?:, *[\p{L}\p{N}_]+)*)(?: *\((?:[^()]|\([^()]*\))*\))?(?: *:(.*)| +-+ +(.*))$/u;
  let names: string[] = [];
  let help: string[] = [];
  const keep = () => {
    for (const name of names) add(params, name, help);
    [names, help] = [[], []];
  };
  for (const line of lines) {
    const found = indentOf(line) === margin ? head.exec(line.trim()) : null;
    if (found) {
      keep();
      names = found[1]!.split(',').map((name) => name.trim());
      help = numpy ? [] : [found[2] ?? found[3] ?? ''];
    } else help.push(line);
  }
  keep();
}

/** `:param int size: help`. */
function field(lines: string[], params: Map<string, string>): void {
  const found =
    /^:(?:param|parameter|arg|argument|key|keyword|kwarg)(?: [^:]*?)? ?\\?\*{0,2}([\p{L}\p{N}_]+) *:(.*)$/u.exec(
      lines[0]!,
    );
  if (found) add(params, found[1]!, [found[2]!, ...lines.slice(1)]);
}

function add(params: Map<string, string>, name: string, lines: string[]): void {
  const help = lines.join(' ').replace(/\s+/g, ' ').trim();
  const key = name.replace(/^\\?\*+/, '').normalize('NFKC');
  if (help !== '' && !params.has(key)) params.set(key, help);
}
