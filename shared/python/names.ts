/** What the names of a module mean, as far as its text tells. */
import type { ClassDef, Expr, FunctionDef, Stmt } from './ast.ts';

export type Meaning =
  /** Of another module: `typing.Optional`. */
  | { kind: 'outside'; path: string }
  | { kind: 'class'; def: ClassDef }
  | { kind: 'function'; def: FunctionDef }
  /** A value, or an alias of a type. */
  | { kind: 'value'; value: Expr };

export interface Names {
  get(name: string): Meaning | undefined;
}

/** The names that a module has at its end; in blocks too (`if TYPE_CHECKING:`, `try: import`). The last one that gives a meaning wins. */
export function namesOf(module: readonly Stmt[]): Map<string, Meaning> {
  const names = new Map<string, Meaning>();
  const add = (stmts: readonly Stmt[]): void => {
    for (const stmt of stmts) {
      switch (stmt.kind) {
        case 'import':
          for (const { module: path, as } of stmt.names) {
            // `import a.b` gives the name a.
            if (as === undefined) names.set(path.split('.')[0]!, { kind: 'outside', path: path.split('.')[0]! });
            else names.set(as, { kind: 'outside', path });
          }
          break;
        case 'from':
          for (const { name, as } of stmt.names) names.set(as, { kind: 'outside', path: `${stmt.module}.${name}` });
          break;
        case 'class':
          names.set(stmt.name, { kind: 'class', def: stmt });
          break;
        case 'function':
          names.set(stmt.name, { kind: 'function', def: stmt });
          break;
        case 'alias':
          names.set(stmt.name, { kind: 'value', value: stmt.value });
          break;
        case 'assign':
          for (const target of stmt.targets) {
            if (target.kind === 'name' && stmt.value) names.set(target.id, { kind: 'value', value: stmt.value });
          }
          break;
        case 'block':
          add(stmt.body);
      }
    }
  };
  add(module);
  return names;
}

/** `typing.Optional`, `.models.Size`, `int`: where a dotted name leads, with imports followed. A name that the module gives itself is undefined. */
export function pathOf(expr: Expr, names: Names): string | undefined {
  if (expr.kind === 'name') {
    const meaning = names.get(expr.id);
    if (meaning?.kind === 'outside') return meaning.path;
    return meaning ? undefined : expr.id;
  }
  if (expr.kind !== 'attribute') return undefined;
  const of = pathOf(expr.value, names);
  return of === undefined ? undefined : `${of}.${expr.name}`;
}

/** The text of a module's, class's or function's docstring. */
export function docstringOf(body: readonly Stmt[]): string | undefined {
  const first = body[0];
  return first?.kind === 'expression' && first.value.kind === 'string' ? first.value.value : undefined;
}
