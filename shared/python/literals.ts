/** Values that a source writes out. */
import type { Json } from '../registry/entry.ts';
import type { Expr } from './ast.ts';

const deepest = 20;

/** The value as JSON, or undefined where it is no literal, or JSON can't say it: bytes, infinity, keys that are no text. */
export function literal(expr: Expr, depth = 0): Json | undefined {
  if (depth > deepest) return undefined;
  switch (expr.kind) {
    case 'string':
      // Half of a surrogate pair is no text that could be sent.
      return expr.value.isWellFormed() ? expr.value : undefined;
    case 'constant':
      return expr.value;
    case 'number':
      return number(expr.text);
    case 'unary': {
      const value = literal(expr.value, depth + 1);
      if (typeof value !== 'number' || !'+-'.includes(expr.op)) return undefined;
      return expr.op === '-' ? 0 - value : value;
    }
    case 'list':
    case 'tuple':
    case 'set':
      return every(expr.items.map((item) => literal(item, depth + 1)));
    case 'dict': {
      const values = every(expr.entries.map(({ value }) => literal(value, depth + 1)));
      if (!values || !expr.entries.every(({ key }) => key.kind === 'string')) return undefined;
      return Object.fromEntries(expr.entries.map(({ key }, i) => [(key as { value: string }).value, values[i]!]));
    }
    case 'call':
      // The empty set has no other way to be written.
      return expr.callee.kind === 'name' && expr.callee.id === 'set' && expr.end - expr.callee.end === 2
        ? []
        : undefined;
    default:
      return undefined;
  }
}

const every = (values: (Json | undefined)[]): Json[] | undefined =>
  values.every((value) => value !== undefined) ? (values as Json[]) : undefined;

function number(text: string): number | undefined {
  if (/[jJ]$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) && (!isWhole(text) || Number.isSafeInteger(value)) ? value : undefined;
}

/** An int, not a float. */
export const isWhole = (text: string): boolean => /^0[xXoObB]/.test(text) || /^\d+$/.test(text);
