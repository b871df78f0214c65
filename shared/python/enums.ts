/** Enums of the module, by the names of their members. */
import type { Expr, Stmt } from './ast.ts';
import { type Names, pathOf, targetNames } from './names.ts';

export interface Enum {
  name: string;
  members: string[];
}

const bases = /^enum\.(?:Enum|IntEnum|StrEnum|Flag|IntFlag|ReprEnum)$/;
const deepest = 10;

/** The Enum that the expression names or makes, where it is one. */
export function enumOf(expr: Expr, names: Names): Enum | undefined {
  if (expr.kind === 'call') return functional(expr, names);
  if (expr.kind !== 'name') return undefined;
  const meaning = names.get(expr.id);
  if (meaning?.kind === 'value' && meaning.value.kind === 'call') {
    const found = functional(meaning.value, names);
    // It is looked up by the name that the module gives it.
    return found && { ...found, name: expr.id };
  }
  if (meaning?.kind !== 'class' || !isEnum(expr, names, 0)) return undefined;
  const members = meaning.def.body.flatMap(membersOf);
  return { name: meaning.def.name, members: [...new Set(members)] };
}

function isEnum(expr: Expr, names: Names, depth: number): boolean {
  if (bases.test(pathOf(expr, names) ?? '')) return true;
  const meaning = expr.kind === 'name' ? names.get(expr.id) : undefined;
  return (
    meaning?.kind === 'class' && depth < deepest && meaning.def.bases.some((base) => isEnum(base, names, depth + 1))
  );
}

/** Names that start with two underscores, or are `_so_`, are no members; nor are functions and properties. */
function membersOf(stmt: Stmt): string[] {
  if (stmt.kind !== 'assign' || !stmt.value) return [];
  const { value } = stmt;
  const callee = value.kind === 'call' && value.callee.kind === 'name' ? value.callee.id : '';
  if (['property', 'nonmember', 'staticmethod', 'classmethod'].includes(callee)) return [];
  return stmt.targets.flatMap(targetNames).filter((name) => !/^__|^_.*_$/.test(name));
}

/** `Enum('Colour', 'RED BLUE')`, or with a list of names, of pairs, or a dict. */
function functional(expr: Expr & { kind: 'call' }, names: Names): Enum | undefined {
  const [title, given] = expr.args;
  if (!bases.test(pathOf(expr.callee, names) ?? '') || title?.kind !== 'string' || !given) return undefined;
  const name = title.value;
  if (given.kind === 'string') return { name, members: given.value.replace(/,/g, ' ').split(/\s+/).filter(Boolean) };
  const keys =
    given.kind === 'dict'
      ? given.entries.map(({ key }) => key)
      : given.kind === 'list' || given.kind === 'tuple'
        ? given.items.map((item) => (item.kind === 'tuple' || item.kind === 'list' ? item.items[0] : item))
        : [];
  const members = keys.flatMap((key) => (key?.kind === 'string' ? [key.value] : []));
  return members.length > 0 && members.length === keys.length ? { name, members } : undefined;
}
