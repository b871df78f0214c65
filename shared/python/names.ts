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

/**
 * The names that a module has at its end; the last one that gives a meaning wins. Of blocks of which only some are run the first
 * does (`if TYPE_CHECKING:`, `try: import … except ImportError:`): it is what the module is written for.
 */
export function namesOf(module: readonly Stmt[]): Map<string, Meaning> {
  const names = new Map<string, Meaning>();
  const give = (name: string, meaning: Meaning) => names.set(name, meaning);
  for (const stmt of module) {
    switch (stmt.kind) {
      case 'import':
        for (const { module: path, as } of stmt.names) {
          // `import a.b` gives the name a.
          const top = path.split('.')[0]!;
          give(as ?? top, { kind: 'outside', path: as === undefined ? top : path });
        }
        break;
      case 'from':
        for (const { name, as } of stmt.names) give(as, { kind: 'outside', path: `${stmt.module}.${name}` });
        break;
      case 'class':
        give(stmt.name, { kind: 'class', def: stmt });
        break;
      case 'function':
        give(stmt.name, { kind: 'function', def: stmt });
        break;
      case 'alias':
        give(stmt.name, { kind: 'value', value: stmt.value });
        break;
      case 'assign':
        if (stmt.value) for (const target of stmt.targets) assign(target, stmt.value, give);
        break;
      case 'block':
        for (const body of stmt.bodies.toReversed()) for (const [name, meaning] of namesOf(body)) give(name, meaning);
    }
  }
  return names;
}

function assign(target: Expr, value: Expr, give: (name: string, meaning: Meaning) => void): void {
  if (target.kind === 'name') give(target.id, { kind: 'value', value });
  else
    for (const name of targetNames(target))
      give(name, { kind: 'value', value: { kind: 'other', at: value.at, end: value.end } });
}

/** `a`, `a, b`: the names that are given a value. */
export function targetNames(target: Expr): string[] {
  if (target.kind === 'name') return [target.id];
  if (target.kind === 'star') return targetNames(target.value);
  return target.kind === 'tuple' || target.kind === 'list' ? target.items.flatMap(targetNames) : [];
}

/** `typing.Optional`, `.models.Size`, `int`: where a dotted name leads, with imports followed. A name that the module gives itself is undefined. */
export function pathOf(expr: Expr, names: Names): string | undefined {
  let rest = '';
  let first = expr;
  for (; first.kind === 'attribute'; first = first.value) {
    rest = `.${first.name}${rest}`;
    if (rest.length > 1000) return undefined;
  }
  if (first.kind !== 'name') return undefined;
  const meaning = names.get(first.id);
  if (meaning?.kind === 'outside') return meaning.path + rest;
  return meaning ? undefined : first.id + rest;
}

/** The text of a module's, class's or function's docstring. */
export function docstringOf(body: readonly Stmt[]): string | undefined {
  const first = body[0];
  return first?.kind === 'expression' && first.value.kind === 'string' ? first.value.value : undefined;
}
