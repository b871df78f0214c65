/** Which of a module's functions is meant. */
import type { FunctionDef, Stmt } from './ast.ts';

/** The functions that the module defines, the last of each name; also under `if` and `try`. */
export function functionsOf(module: readonly Stmt[]): FunctionDef[] {
  const found = new Map<string, FunctionDef>();
  const add = (stmts: readonly Stmt[]): void => {
    for (const stmt of stmts) {
      if (stmt.kind === 'function') found.set(stmt.name, stmt);
      else if (stmt.kind === 'block') add(stmt.body);
    }
  };
  add(module);
  return [...found.values()];
}

/** The one named; the one that is called like the file; the only public one; main. */
export function chooseFunction(all: readonly FunctionDef[], stem: string, named?: string): FunctionDef | undefined {
  const by = (name: string) => all.find((each) => each.name === name);
  if (named !== undefined) return by(named.normalize('NFKC'));
  const open = all.filter(({ name }) => !name.startsWith('_'));
  return by(stem.replace(/[^\p{L}\p{N}_]/gu, '_')) ?? (open.length === 1 ? open[0] : by('main'));
}
