/** Python's words, with its indentation: what the tokenizer of CPython makes of a source. */
import { PythonError } from './ast.ts';
import { type Literal, literalAt } from './strings.ts';

export interface Token {
  type: 'name' | 'keyword' | 'number' | 'string' | 'op' | 'newline' | 'indent' | 'dedent' | 'end';
  text: string;
  at: number;
  end: number;
  literal?: Literal;
}

export interface Tokens {
  list: Token[];
  /** What stopped the reading; where the tokens end. */
  error?: PythonError;
  /** A bracket that nothing closes: then whatever else is said is said because of it. */
  unclosed?: PythonError;
}

const keywords = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

const name = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const number =
  /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*|\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?/y;
const operator =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|!=|->|:=|==|<=|>=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|\*\*|\/\/|<<|>>|[()[\]{},:.;@=+\-*/%&|^~<>]/y;
const afterNumber = /(?:and|else|for|if|in|is|not|or)/y;
const closing: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

export function tokenize(text: string): Tokens {
  const reader = new Reader(text);
  const tokens: Tokens = { list: reader.list };
  try {
    reader.read();
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    tokens.error = error;
  }
  const open = reader.open.at(-1);
  if (open && !tokens.error) {
    tokens.unclosed = new PythonError(`'${open.text}' was never closed`, open.at);
  }
  return tokens;
}

class Reader {
  readonly list: Token[] = [];
  readonly open: Token[] = [];
  readonly #text: string;
  #at = 0;
  /** Columns of the blocks that are open, tabs to 8 and tabs as 1: both must agree, as CPython has it. */
  readonly #levels: [number, number][] = [[0, 0]];

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\ufeff')) this.#at = 1;
  }

  read(): void {
    const text = this.#text;
    let fresh = true;
    while (this.#at < text.length) {
      if (fresh && this.open.length === 0) {
        if (this.#blank()) continue;
        this.#indent();
      }
      fresh = false;
      const c = text[this.#at]!;
      if (c === ' ' || c === '\t' || c === '\f') this.#at++;
      else if (c === '#') this.#comment();
      else if (c === '\n' || c === '\r') {
        const end = this.#at + (text.startsWith('\r\n', this.#at) ? 2 : 1);
        if (this.open.length === 0) {
          this.#add('newline', this.#at, end);
          fresh = true;
        }
        this.#at = end;
      } else if (c === '\\') this.#continued();
      else this.#word();
    }
    if (this.open.length > 0) return;
    if (this.list.length > 0 && this.list.at(-1)!.type !== 'newline') this.#add('newline', text.length, text.length);
    while (this.#levels.length > 1) this.#close();
    this.#add('end', text.length, text.length);
  }

  #add(type: Token['type'], at: number, end: number, literal?: Literal): Token {
    const token: Token = { type, text: this.#text.slice(at, end), at, end, ...(literal && { literal }) };
    this.list.push(token);
    return token;
  }

  /** A line with nothing or a comment on it counts for nothing. */
  #blank(): boolean {
    const line = /[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n|$)/y;
    line.lastIndex = this.#at;
    const found = line.exec(this.#text);
    if (!found) return false;
    this.#at += found[0].length;
    return found[0].length > 0;
  }

  #indent(): void {
    const text = this.#text;
    let [column, other] = [0, 0];
    for (; ; this.#at++) {
      const c = text[this.#at];
      if (c === ' ') [column, other] = [column + 1, other + 1];
      else if (c === '\t') [column, other] = [(Math.floor(column / 8) + 1) * 8, other + 1];
      else if (c === '\f') [column, other] = [0, 0];
      else break;
    }
    const [top, topOther] = this.#levels.at(-1)!;
    if (column === top && other === topOther) return;
    if (column > top && other > topOther) {
      if (this.#levels.length >= 100) throw new PythonError('too many levels of indentation', this.#at);
      this.#levels.push([column, other]);
      this.#add('indent', this.#at, this.#at);
      return;
    }
    if (column >= top) throw new PythonError('inconsistent use of tabs and spaces in indentation', this.#at);
    while (column < this.#levels.at(-1)![0]) this.#close();
    const [level, levelOther] = this.#levels.at(-1)!;
    if (column !== level) throw new PythonError('unindent does not match any outer indentation level', this.#at);
    if (other !== levelOther) throw new PythonError('inconsistent use of tabs and spaces in indentation', this.#at);
  }

  #close(): void {
    this.#levels.pop();
    this.#add('dedent', this.#at, this.#at);
  }

  #comment(): void {
    while (this.#at < this.#text.length && !/[\r\n]/.test(this.#text[this.#at]!)) this.#at++;
  }

  #continued(): void {
    const rest = /\\(?:\r\n?|\n)/y;
    rest.lastIndex = this.#at;
    const found = rest.exec(this.#text);
    if (!found) throw new PythonError('unexpected character after line continuation character', this.#at + 1);
    this.#at += found[0].length;
    if (this.#at >= this.#text.length) throw new PythonError('unexpected end of file', this.#at - 1);
  }

  #word(): void {
    const text = this.#text;
    const at = this.#at;
    const literal = literalAt(text, at);
    if (literal) {
      this.#add('string', at, literal.end, literal);
      this.#at = literal.end;
      return;
    }
    if (this.#take(name)) {
      const token = this.#add('name', at, this.#at);
      if (keywords.has(token.text)) token.type = 'keyword';
      return;
    }
    if (/[\d.]/.test(text[at]!) && this.#take(number)) {
      this.#number(at);
      return;
    }
    if (!this.#take(operator)) {
      const c = String.fromCodePoint(text.codePointAt(at)!);
      throw new PythonError(c === '\0' ? 'source has a NUL byte' : `invalid character '${c}'`, at, at + c.length);
    }
    const word = text.slice(at, this.#at);
    const opens = closing[word];
    if (opens) {
      const open = this.open.pop();
      if (!open) throw new PythonError(`unmatched '${word}'`, at);
      if (open.text !== opens) throw new PythonError(`closing '${word}' does not match opening '${open.text}'`, at);
    }
    const token = this.#add('op', at, this.#at);
    if (!'([{'.includes(word)) return;
    if (this.open.length >= 200) throw new PythonError('too many nested parentheses', at);
    this.open.push(token);
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found !== null;
  }

  #number(at: number): void {
    const { text } = this.#add('number', at, this.#at);
    if (/^0[\d_]*[1-9][\d_]*$/.test(text)) {
      throw new PythonError('leading zeros in whole numbers are not permitted', at, this.#at);
    }
    afterNumber.lastIndex = this.#at;
    name.lastIndex = this.#at;
    if (name.test(this.#text) && !afterNumber.test(this.#text)) {
      throw new PythonError('invalid number', at, this.#at + 1);
    }
  }
}
