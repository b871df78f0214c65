/** Statements of one line. */
import type { Expr, Stmt } from './ast.ts';
import { bitwise } from './displays.ts';
import { Functions } from './functions.ts';

const updates = ['+=', '-=', '*=', '/=', '//=', '%=', '@=', '&=', '|=', '^=', '>>=', '<<=', '**='];

export class Simple extends Functions {
  protected simple(): Stmt {
    const { at, text, type } = this.token;
    const other = (): Stmt => ({ kind: 'other', at, end: this.last() });
    if (type === 'name' && text === 'type' && this.tokens.list[this.i + 1]?.type === 'name') {
      this.i++;
      const { id: name } = this.name();
      const typeParams = this.typeParameters();
      this.need('=');
      return { kind: 'alias', name, typeParams, value: this.expression(), at, end: this.last() };
    }
    if (type !== 'keyword') return this.assigned(at);
    switch (text) {
      case 'import':
        this.i++;
        return { kind: 'import', names: this.imported(), at, end: this.last() };
      case 'from':
        return this.importedFrom(at);
      case 'pass':
      case 'break':
      case 'continue':
        this.i++;
        return other();
      case 'return':
        this.i++;
        if (this.starts()) this.list();
        return other();
      case 'raise':
        this.i++;
        if (this.starts()) {
          this.expression();
          if (this.take('from')) this.expression();
        }
        return other();
      case 'global':
      case 'nonlocal':
        do {
          this.i++;
          this.name();
        } while (this.at(','));
        return other();
      case 'del':
        this.i++;
        this.assignable(this.list(() => this.binary(bitwise)));
        return other();
      case 'assert':
        this.i++;
        this.expression();
        if (this.take(',')) this.expression();
        return other();
      default:
        return this.assigned(at);
    }
  }

  protected right(): Expr | undefined {
    if (!this.at('yield')) return this.list();
    this.yielded();
    return undefined;
  }

  /** An expression by itself, or what it is assigned. */
  protected assigned(at: number): Stmt {
    const first = this.right();
    if (!first) return { kind: 'other', at, end: this.last() };
    if (this.at(...updates)) {
      if (!['name', 'attribute', 'subscript'].includes(first.kind)) this.fail("can't be assigned to", first);
      this.i++;
      this.right();
      return { kind: 'other', at, end: this.last() };
    }
    if (this.take(':')) {
      if (!['name', 'attribute', 'subscript'].includes(first.kind)) this.fail("can't be annotated", first);
      const annotation = this.expression();
      const value = this.take('=') ? this.right() : undefined;
      return { kind: 'assign', targets: [first], annotation, ...(value && { value }), at, end: this.last() };
    }
    if (!this.at('=')) return { kind: 'expression', value: first, at, end: this.last() };
    const values: (Expr | undefined)[] = [first];
    while (this.take('=')) values.push(this.right());
    const targets = values.slice(0, -1);
    for (const target of targets) this.assignable(target ?? this.fail("a yield can't be assigned to"));
    const value = values.at(-1);
    return { kind: 'assign', targets: targets as Expr[], ...(value && { value }), at, end: this.last() };
  }

  protected imported(): { module: string; as?: string }[] {
    const names: { module: string; as?: string }[] = [];
    do {
      const module = this.dotted();
      names.push({ module, ...(this.take('as') && { as: this.name().id }) });
    } while (this.take(','));
    return names;
  }

  protected dotted(): string {
    let module = this.name('the name of a module').id;
    while (this.take('.')) module += `.${this.name('the name of a module').id}`;
    return module;
  }

  protected importedFrom(at: number): Stmt {
    this.need('from');
    let module = '';
    for (; this.at('.', '...'); this.i++) module += this.token.text;
    if (module === '' || !this.at('import')) module += this.dotted();
    this.need('import');
    const names: { name: string; as: string }[] = [];
    if (this.take('*')) return { kind: 'from', module, names, at, end: this.last() };
    const open = this.take('(');
    do {
      if (open && this.at(')') && names.length > 0) break;
      const { id } = this.name();
      names.push({ name: id, as: this.take('as') ? this.name().id : id });
    } while (this.take(','));
    if (open) this.need(')');
    return { kind: 'from', module, names, at, end: this.last() };
  }
}
