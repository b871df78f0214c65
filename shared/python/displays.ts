/** What stands in brackets: lists, dicts, comprehensions, arguments, subscripts; and what can be assigned to. */
import type { Expr } from './ast.ts';
import { Cursor } from './cursor.ts';

/** Binds tighter than a comparison. */
export const bitwise = 5;

export interface Arguments {
  args: Expr[];
  keywords: { name: string; value: Expr }[];
}

export abstract class Displays extends Cursor {
  abstract expression(): Expr;
  /** An expression of operators that bind at least so tightly. */
  protected abstract binary(least: number): Expr;

  /** An expression, or `name := expression`. */
  protected named(): Expr {
    const value = this.expression();
    if (!this.at(':=')) return value;
    if (value.kind !== 'name' || this.text[value.at] === '(') this.fail();
    this.i++;
    this.expression();
    return { kind: 'other', at: value.at, end: this.last() };
  }

  protected starred(plain: () => Expr = () => this.named()): Expr {
    const { at } = this.token;
    if (!this.take('*')) return plain();
    const value = this.binary(bitwise);
    return { kind: 'star', op: '*', value, at, end: value.end };
  }

  /** `a`, or `a, *b` as a tuple. */
  protected list(item: () => Expr = () => this.starred(() => this.expression())): Expr {
    const first = item();
    if (!this.at(',')) return first;
    const items = [first];
    while (this.take(',') && this.starts()) items.push(item());
    return { kind: 'tuple', items, at: first.at, end: this.last() };
  }

  /** An expression may begin here. */
  protected starts(): boolean {
    const { type, text } = this.token;
    if (type === 'name' || type === 'number' || type === 'string') return true;
    if (type === 'op') return ['(', '[', '{', '-', '+', '~', '...', '*'].includes(text);
    return type === 'keyword' && ['None', 'True', 'False', 'not', 'lambda', 'await'].includes(text);
  }

  /** What a call has, past its `)`. */
  protected args(): Arguments {
    const args: Expr[] = [];
    const keywords: { name: string; value: Expr }[] = [];
    let [named, unpacked] = [false, false];
    while (!this.take(')')) {
      const first = this.token;
      if (this.take('**')) {
        this.expression();
        unpacked = true;
      } else if (first.type === 'name' && this.next() === '=') {
        this.i += 2;
        keywords.push({ name: first.text.normalize('NFKC'), value: this.expression() });
        named = true;
      } else if (this.at('*')) {
        if (unpacked) this.fail('a *list follows a **dict in the call');
        this.i++;
        const value = this.expression();
        args.push({ kind: 'star', op: '*', value, at: first.at, end: value.end });
      } else {
        const value = this.named();
        if (this.at('for', 'async')) {
          this.comprehension();
          if (args.length + keywords.length > 0 || (this.at(',') && this.next() !== ')')) {
            this.fail('a generator expression among other arguments needs parentheses', first);
          }
          if (this.at(',')) this.fail('a generator expression among other arguments needs parentheses', first);
        } else if (unpacked) this.fail('a positional argument follows a **dict in the call', first);
        else if (named) this.fail('a positional argument follows a keyword argument', first);
        args.push(value);
      }
      if (!this.at(')')) this.need(',', " or ')'");
    }
    return { args, keywords };
  }

  /** What stands between `[` and `]` of a subscript. */
  protected slices(): Expr[] {
    const items: Expr[] = [];
    do {
      if (this.at(']') && items.length > 0) break;
      const { at } = this.token;
      if (this.at('*')) items.push(this.starred());
      else {
        const first = this.at(':') ? undefined : this.named();
        if (first && !this.at(':')) items.push(first);
        else {
          for (let n = 0; n < 2 && this.take(':'); n++) if (!this.at(':', ']', ',')) this.expression();
          items.push({ kind: 'other', at, end: this.last() });
        }
      }
    } while (this.take(','));
    this.need(']');
    return items;
  }

  protected parenthesised(at: number): Expr {
    if (this.take(')')) return { kind: 'tuple', items: [], at, end: this.last() };
    if (this.at('yield')) {
      this.yielded();
      this.need(')');
      return { kind: 'other', at, end: this.last() };
    }
    const first = this.starred();
    if (this.at('for', 'async')) {
      if (first.kind === 'star') this.fail("a generator can't unpack", first);
      this.comprehension();
      this.need(')');
      return { kind: 'other', at, end: this.last() };
    }
    if (this.at(',')) {
      const items = [first, ...this.more(')')];
      return { kind: 'tuple', items, at, end: this.last() };
    }
    if (first.kind === 'star') this.fail("can't use a starred expression here", first);
    this.need(')');
    return { ...first, at, end: this.last() };
  }

  protected bracketed(at: number): Expr {
    if (this.take(']')) return { kind: 'list', items: [], at, end: this.last() };
    const first = this.starred();
    if (this.at('for', 'async')) {
      if (first.kind === 'star') this.fail("a comprehension can't unpack", first);
      this.comprehension();
      this.need(']');
      return { kind: 'other', at, end: this.last() };
    }
    const items = [first, ...this.more(']')];
    return { kind: 'list', items, at, end: this.last() };
  }

  /** `, b, c]`: what is left of a list. */
  protected more(close: string): Expr[] {
    const items: Expr[] = [];
    while (!this.take(close)) {
      this.need(',', ` or '${close}'`);
      if (!this.at(close)) items.push(this.starred());
    }
    return items;
  }

  protected braced(at: number): Expr {
    const entries: { key: Expr; value: Expr }[] = [];
    let plain = true;
    if (this.take('}')) return { kind: 'dict', entries, at, end: this.last() };
    for (let first = true; !this.take('}'); first = false) {
      if (this.take('**')) {
        this.binary(bitwise);
        plain = false;
      } else {
        const key = this.starred();
        if (first && !this.at(':')) return this.setRest(at, key);
        if (key.kind === 'star') this.fail("can't use a starred expression here", key);
        this.need(':', ' after the key');
        entries.push({ key, value: this.expression() });
        if (first && this.at('for', 'async')) {
          this.comprehension();
          this.need('}');
          return { kind: 'other', at, end: this.last() };
        }
      }
      if (!this.at('}')) this.need(',', " or '}'");
    }
    return plain ? { kind: 'dict', entries, at, end: this.last() } : { kind: 'other', at, end: this.last() };
  }

  protected setRest(at: number, first: Expr): Expr {
    if (this.at('for', 'async')) {
      if (first.kind === 'star') this.fail("a comprehension can't unpack", first);
      this.comprehension();
      this.need('}');
      return { kind: 'other', at, end: this.last() };
    }
    const items = [first, ...this.more('}')];
    return { kind: 'set', items, at, end: this.last() };
  }

  protected comprehension(): void {
    do {
      this.take('async');
      this.need('for');
      this.targets();
      this.need('in');
      this.binary(1);
      while (this.take('if')) this.binary(1);
    } while (this.at('for', 'async'));
  }

  /** What `for` assigns to. */
  protected targets(): void {
    this.assignable(this.list(() => this.starred(() => this.binary(bitwise))));
  }

  protected assignable(target: Expr, inside = false): void {
    const { kind } = target;
    if (kind === 'name' || kind === 'attribute' || kind === 'subscript') return;
    if (kind === 'list' || kind === 'tuple') for (const item of target.items) this.assignable(item, true);
    else if (kind === 'star' && inside) this.assignable(target.value);
    else this.fail("can't be assigned to", target);
  }

  protected yielded(): void {
    this.need('yield');
    if (this.take('from')) this.expression();
    else if (this.starts()) this.list();
  }
}
