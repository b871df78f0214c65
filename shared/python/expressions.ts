/**
 * Python's expressions. A parser of our own: @lezer/python refuses 3 of 100 files of what people have installed (a bare
 * `yield`, `1.`, `for a, *b in`), and takes much that Python does not.
 */
import type { Expr, Param } from './ast.ts';
import { Displays } from './displays.ts';
import { textOf } from './strings.ts';

/** How tightly operators bind; a comparison's are all alike. */
const binding: Record<string, number> = { or: 1, and: 2, '|': 5, '^': 6, '&': 7, '<<': 8, '>>': 8, '+': 9, '-': 9 };
for (const op of ['<', '>', '==', '>=', '<=', '!=', 'in', 'not', 'is']) binding[op] = 4;
for (const op of ['*', '/', '//', '%', '@']) binding[op] = 10;
const comparison = 4;

export class Expressions extends Displays {
  /** `a`, `a if b else c`, `lambda: a`. */
  expression(): Expr {
    return this.deeper(() => {
      const { at } = this.token;
      if (this.take('lambda')) {
        this.parameters(':', false);
        this.need(':');
        this.expression();
        return { kind: 'other', at, end: this.last() };
      }
      const value = this.binary(1);
      if (!this.take('if')) return value;
      this.binary(1);
      this.need('else', " after 'if' expression");
      this.expression();
      return { kind: 'other', at, end: this.last() };
    });
  }

  binary(least: number): Expr {
    const { at } = this.token;
    let left: Expr;
    if (this.at('not')) {
      if (least >= comparison) this.fail();
      this.i++;
      this.deeper(() => this.binary(comparison - 1));
      left = { kind: 'other', at, end: this.last() };
    } else left = this.unary();
    for (;;) {
      const op = this.token.type === 'op' || this.token.type === 'keyword' ? this.token.text : '';
      const binds = Object.hasOwn(binding, op) ? binding[op]! : 0;
      if (binds < least || binds === 0) return left;
      if (op === 'not' && this.next() !== 'in') return left;
      this.i++;
      if (op === 'not' || (op === 'is' && this.at('not'))) this.i++;
      const right = this.deeper(() => this.binary(binds + 1));
      const span = { at, end: right.end };
      left = binds > comparison ? { kind: 'binary', op, left, right, ...span } : { kind: 'other', ...span };
    }
  }

  protected unary(): Expr {
    const { at, text: op } = this.token;
    if (this.at('-', '+', '~')) {
      this.i++;
      const value = this.deeper(() => this.unary());
      return { kind: 'unary', op, value, at, end: value.end };
    }
    const awaited = this.take('await');
    const base = this.primary();
    const left: Expr = awaited ? { kind: 'other', at, end: base.end } : base;
    if (!this.take('**')) return left;
    const right = this.deeper(() => this.unary());
    return { kind: 'binary', op: '**', left, right, at, end: right.end };
  }

  protected primary(): Expr {
    let value = this.atom();
    for (;;) {
      const { at } = value;
      if (this.take('.')) {
        const { id, end } = this.name('the name of an attribute');
        value = { kind: 'attribute', value, name: id, at, end };
      } else if (this.take('(')) {
        const { args, keywords } = this.deeper(() => this.args());
        value = { kind: 'call', callee: value, args, keywords, at, end: this.last() };
      } else if (this.take('[')) {
        const items = this.deeper(() => this.slices());
        value = { kind: 'subscript', value, items, at, end: this.last() };
      } else return value;
    }
  }

  protected atom(): Expr {
    const token = this.token;
    const { at, end, text, type } = token;
    if (type === 'name') {
      this.i++;
      return { kind: 'name', id: text.normalize('NFKC'), at, end };
    }
    if (type === 'number') {
      this.i++;
      return { kind: 'number', text: text.replaceAll('_', ''), at, end };
    }
    if (type === 'string') return this.strings();
    if (this.at('None', 'True', 'False')) {
      this.i++;
      return { kind: 'constant', value: text === 'None' ? null : text === 'True', at, end };
    }
    if (this.take('...')) return { kind: 'other', at, end };
    if (this.take('(')) return this.deeper(() => this.parenthesised(at));
    if (this.take('[')) return this.deeper(() => this.bracketed(at));
    if (this.take('{')) return this.deeper(() => this.braced(at));
    return this.fail();
  }

  /** Strings that stand side by side are one. */
  protected strings(): Expr {
    const first = this.token;
    let value: string | undefined = '';
    let [bytes, texts] = [0, 0];
    for (; this.token.type === 'string'; this.i++) {
      const literal = this.token.literal!;
      if (literal.bytes) bytes++;
      else texts++;
      const part = textOf(this.text, literal);
      const inside = this.text.slice(literal.from, literal.to);
      if (literal.bytes && /[^\0-\x7f]/.test(inside)) this.fail('bytes can only hold ASCII characters');
      value = value === undefined || literal.formatted || part === undefined ? undefined : value + part;
    }
    if (bytes > 0 && texts > 0) this.fail("bytes and text can't be joined", first);
    const span = { at: first.at, end: this.last() };
    return value === undefined || bytes > 0 ? { kind: 'other', ...span } : { kind: 'string', value, ...span };
  }

  /** In signature.ts's terms; overridden where functions are parsed. */
  protected parameters(_close: string, _annotated: boolean): Param[] {
    return this.fail();
  }
}
