/** From text to Python's syntax tree. Nothing is run, and no Python is needed. */
import { type Expr, PythonError, type Stmt } from './ast.ts';
import { Statements } from './statements.ts';
import { tokenize } from './tokens.ts';

/** A module. Throws PythonError where Python would refuse it. */
export function parseModule(text: string): Stmt[] {
  return parsed(text, (parser) => parser.module());
}

/** An expression that stands in a string: a forward reference. */
export function parseExpression(text: string): Expr {
  return parsed(text.trim(), (parser) => parser.only());
}

function parsed<T>(text: string, read: (parser: Statements) => T): T {
  const tokens = tokenize(text);
  try {
    return read(new Statements(text, tokens));
  } catch (error) {
    // What follows a bracket that is never closed is refused because of it.
    if (error instanceof PythonError && tokens.unclosed && error.at > tokens.unclosed.at) throw tokens.unclosed;
    throw error;
  }
}
