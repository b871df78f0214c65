/** Python's statements. All are checked, as Python checks them before it runs anything. */
import type { Expr, Stmt } from './ast.ts';
import { Simple } from './simple.ts';

export class Statements extends Simple {
  module(): Stmt[] {
    const body: Stmt[] = [];
    while (this.token.type !== 'end') this.statement(body);
    return body;
  }

  /** Only an expression: a forward reference. */
  only(): Expr {
    const value = this.expression();
    if (this.is('newline')) this.i++;
    if (!this.is('end')) this.fail();
    return value;
  }

  protected statement(to: Stmt[]): void {
    const { at, text, type } = this.token;
    const made =
      type === 'keyword'
        ? this.deeper(() => this.compound(text, at))
        : this.at('@')
          ? this.deeper(() => this.decorated())
          : type === 'name' && text === 'match'
            ? this.deeper(() => this.matched(at))
            : undefined;
    if (made) to.push(made);
    else this.line(to);
  }

  /** Simple statements up to the end of their line. */
  protected line(to: Stmt[]): Stmt[] {
    do to.push(this.simple());
    while (this.take(';') && this.token.type !== 'newline');
    if (this.token.type !== 'newline') this.fail();
    this.i++;
    return to;
  }

  protected block(): Stmt[] {
    this.need(':');
    if (this.token.type !== 'newline') {
      if (this.token.type === 'keyword' && /^(?:if|for|while|try|with|def|class|async)$/.test(this.token.text))
        this.fail();
      return this.line([]);
    }
    this.i++;
    if (!this.is('indent')) this.fail('expected an indented block', this.lineHere());
    this.i++;
    const body: Stmt[] = [];
    while (!this.is('dedent') && !this.is('end')) this.statement(body);
    if (this.is('dedent')) this.i++;
    return body;
  }

  /** Where the next token has no width, what stands after it. */
  protected lineHere(): { at: number; end: number } {
    let token = this.token;
    for (let i = this.i; token.at === token.end && i < this.tokens.list.length; i++) token = this.tokens.list[i]!;
    return token.at === token.end ? { at: this.last() - 1, end: this.last() } : token;
  }

  protected compound(word: string, at: number): Stmt | undefined {
    const bodies: Stmt[][] = [];
    const block = () => bodies.push(this.block());
    if (word === 'async') {
      if (!['def', 'for', 'with'].includes(this.next())) this.fail();
      this.i++;
      return this.compound(this.token.text, at);
    }
    if (!['def', 'class', 'if', 'while', 'for', 'try', 'with'].includes(word)) return undefined;
    this.i++;
    if (word === 'def') return this.defined(at);
    if (word === 'class') return this.classed(at);
    if (word === 'try') this.tried(block);
    else {
      if (word === 'for') {
        this.targets();
        this.need('in');
        this.list();
      } else if (word === 'with') this.contexts();
      else this.named();
      block();
      while (word === 'if' && this.take('elif')) {
        this.named();
        block();
      }
      if (word !== 'with' && this.take('else')) block();
    }
    return { kind: 'block', bodies, at, end: this.last() };
  }

  protected defined(at: number): Stmt {
    const { id: name, at: nameAt } = this.name('the name of a function');
    const typeParams = this.typeParameters();
    this.need('(');
    const params = this.parameters(')', true);
    this.need(')');
    if (this.take('->')) this.expression();
    return { kind: 'function', name, nameAt, typeParams, params, body: this.block(), at, end: this.last() };
  }

  protected classed(at: number): Stmt {
    const { id: name } = this.name('the name of a class');
    this.typeParameters();
    const bases = this.take('(') ? this.args().args : [];
    return { kind: 'class', name, bases, body: this.block(), at, end: this.last() };
  }

  protected decorated(): Stmt {
    while (this.take('@')) {
      this.named();
      if (this.token.type !== 'newline') this.fail();
      this.i++;
    }
    if (!this.at('def', 'class', 'async') || (this.at('async') && this.next() !== 'def')) {
      this.fail('a function or a class must follow its decorators', this.lineHere());
    }
    return this.compound(this.token.text, this.token.at)!;
  }

  protected tried(block: () => void): void {
    block();
    let [caught, all] = [false, false];
    while (this.at('except')) {
      if (all) this.fail("'except:' without a type must be the last");
      this.i++;
      caught = true;
      const group = this.take('*');
      if (this.at(':') && !group) all = true;
      else {
        const types = this.list(() => this.expression());
        if (this.take('as')) {
          if (types.kind === 'tuple' && this.text[types.at] !== '(')
            this.fail('several exceptions need parentheses', types);
          this.name();
        }
      }
      block();
    }
    if (caught && this.take('else')) block();
    if (this.take('finally')) block();
    else if (!caught) this.fail("expected 'except' or 'finally'", this.lineHere());
  }

  /** What `with` opens; in parentheses or not, which only its end tells. */
  protected contexts(): void {
    const items = () => {
      do {
        if (this.at(')')) break;
        this.expression();
        if (this.take('as')) this.assignable(this.starred(() => this.primary()));
      } while (this.take(','));
    };
    const from = this.i;
    if (this.take('(') && !this.at(')')) {
      const tried = this.attempt(() => {
        items();
        this.need(')');
        this.need(':');
      });
      if (tried) {
        this.i--;
        return;
      }
    }
    this.i = from;
    items();
  }

  protected matched(at: number): Stmt | undefined {
    const from = this.i;
    const head = this.attempt(() => {
      this.i++;
      this.list(() => this.starred());
      this.need(':');
      if (this.token.type !== 'newline') this.fail();
      this.i++;
      if (!this.is('indent') || this.next() !== 'case') this.fail();
    });
    if (!head) {
      this.i = from;
      return undefined;
    }
    this.i++;
    const bodies: Stmt[][] = [];
    while (this.token.type !== 'dedent' && this.token.type !== 'end') {
      if (this.name("'case'").id !== 'case') this.fail("expected 'case'");
      this.patterns();
      if (this.take('if')) this.named();
      bodies.push(this.block());
    }
    if (this.token.type === 'dedent') this.i++;
    return { kind: 'block', bodies, at, end: this.last() };
  }
}
