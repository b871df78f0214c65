/** A place among the tokens: looking, taking, refusing. */
import { PythonError } from './ast.ts';
import type { Token, Tokens } from './tokens.ts';

/** CPython's own parser gives up somewhere too. */
const deepest = 900;

export class Cursor {
  readonly text: string;
  protected readonly tokens: Tokens;
  protected i = 0;
  #depth = 0;

  constructor(text: string, tokens: Tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  protected get token(): Token {
    const token = this.tokens.list[this.i];
    if (token) return token;
    const { error, unclosed } = this.tokens;
    throw error ?? unclosed ?? new PythonError('unexpected end of file', Math.max(0, this.text.length - 1));
  }

  /** Of the token after this one; '' where there is none. */
  protected next(by = 1): string {
    return this.tokens.list[this.i + by]?.text ?? '';
  }

  protected is(type: Token['type']): boolean {
    return this.token.type === type;
  }

  protected at(...texts: string[]): boolean {
    const { type, text } = this.token;
    return (type === 'op' || type === 'keyword') && texts.includes(text);
  }

  protected take(text: string): boolean {
    if (!this.at(text)) return false;
    this.i++;
    return true;
  }

  protected need(text: string, why = ''): Token {
    const { token } = this;
    if (!this.take(text)) this.fail(`expected '${text}'${why}`);
    return token;
  }

  protected name(what = 'a name'): Token & { id: string } {
    const { token } = this;
    if (token.type !== 'name') {
      this.fail(token.type === 'keyword' ? `${token.text} is a keyword, not ${what}` : `expected ${what}`);
    }
    this.i++;
    return { ...token, id: token.text.normalize('NFKC') };
  }

  protected fail(message?: string, span: { at: number; end: number } = this.token): never {
    const { type, text } = this.token;
    const plain =
      type === 'indent'
        ? 'unexpected indent'
        : type === 'dedent' || type === 'end'
          ? 'unexpected end of the block'
          : type === 'newline'
            ? 'the line ends too early'
            : `'${text.split('\n')[0]}' can't stand here`;
    throw new PythonError(message ?? plain, span.at, span.end);
  }

  protected deeper<T>(what: () => T): T {
    if (++this.#depth > deepest) throw new PythonError('nested too deep', this.token.at);
    const made = what();
    this.#depth--;
    return made;
  }

  /** Tries what may not stand here; the place is as before where it does not. */
  protected attempt(what: () => void): boolean {
    const [from, depth] = [this.i, this.#depth];
    try {
      what();
      return true;
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      [this.i, this.#depth] = [from, depth];
      return false;
    }
  }

  protected last(): number {
    return this.tokens.list[this.i - 1]?.end ?? 0;
  }
}
