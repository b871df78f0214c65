/** What a parameter is on the command line, by its hint and its default. */
import type { ParameterType, ScalarType } from '../registry/entry.ts';
import type { Expr } from './ast.ts';
import { enumOf } from './enums.ts';
import { type Choice, type Hint, knownPath } from './hints.ts';
import { isWhole } from './literals.ts';
import type { Names } from './names.ts';

export interface Settled {
  type: ParameterType;
  items?: ScalarType;
  optional?: true;
  choices?: Choice[];
  enum?: string;
}

/** Undefined where no command line can give it; `text` where it may be anything. */
export function settle(hint: Hint): Settled | undefined {
  switch (hint.kind) {
    case 'scalar': {
      const { type, choices, enum: name } = hint;
      return { type, ...(choices && { choices }), ...(name !== undefined && { enum: name }) };
    }
    case 'any':
      return { type: 'text' };
    case 'none':
      return { type: 'text', optional: true };
    case 'opaque':
      return undefined;
    case 'list':
    case 'map': {
      const of = settle(hint.of);
      if (!of) return undefined;
      const { choices, enum: name } = of;
      if (of.type === 'list' || of.type === 'map') return { type: hint.kind, items: 'json' };
      return {
        type: hint.kind,
        items: of.type,
        ...(choices && { choices }),
        ...(name !== undefined && { enum: name }),
      };
    }
    case 'union':
      return union(flat(hint));
  }
}

/** It may be anything: then its default tells. */
export function isAny(hint: Hint): boolean {
  return hint.kind === 'any' || (hint.kind === 'union' && flat(hint).some((each) => each.kind === 'any'));
}

export const flat = (hint: Hint): Hint[] => (hint.kind === 'union' ? hint.of.flatMap(flat) : [hint]);

function union(members: Hint[]): Settled | undefined {
  const optional = members.some(({ kind }) => kind === 'none') ? ({ optional: true } as const) : {};
  const known = members.filter(({ kind }) => kind !== 'none' && kind !== 'opaque');
  if (known.length === 0)
    return members.some(({ kind }) => kind === 'opaque') ? undefined : { type: 'text', ...optional };
  const settled = known.flatMap((each) => settle(each) ?? []);
  const first = settled[0];
  if (!first) return undefined;
  return { ...together(settled, first), ...optional };
}

function together(all: Settled[], first: Settled): Settled {
  if (all.every((each) => JSON.stringify(each) === JSON.stringify(first))) return first;
  const types = new Set(all.map(({ type }) => type));
  const enums = new Set(all.map((each) => each.enum));
  if (all.every(({ choices, items }) => choices && !items) && enums.size === 1) {
    const choices = [...new Set(all.flatMap((each) => each.choices!))];
    return { ...first, type: types.size === 1 ? first.type : 'json', choices };
  }
  if (all.some(({ type, choices }) => type === 'text' && !choices)) return { type: 'text' };
  const plain = all.every(({ choices }) => !choices);
  if (plain && [...types].every((type) => type === 'integer' || type === 'number')) return { type: 'number' };
  return { type: 'json' };
}

const times = new Map<string, ScalarType>([
  ['pathlib.Path', 'path'],
  ['pathlib.PurePath', 'path'],
  ['datetime.date', 'date'],
  ['datetime.datetime', 'datetime'],
]);

const deepest = 20;

/** The hint that a default gives where there is no other. */
export function hintOfDefault(expr: Expr, names: Names, depth = 0): Hint {
  const any: Hint = { kind: 'any' };
  if (depth > deepest) return any;
  const inner = (each: Expr) => hintOfDefault(each, names, depth + 1);
  const scalar = (type: ScalarType): Hint => ({ kind: 'scalar', type });
  switch (expr.kind) {
    case 'string':
      return scalar('text');
    case 'constant':
      return expr.value === null ? { kind: 'none' } : scalar('boolean');
    case 'number':
      return /[jJ]$/.test(expr.text) ? any : scalar(isWhole(expr.text) ? 'integer' : 'number');
    case 'unary':
      return inner(expr.value);
    case 'list':
    case 'tuple':
    case 'set':
      return { kind: 'list', of: items(expr.items.map(inner)) };
    case 'dict':
      return expr.entries.every(({ key }) => key.kind === 'string')
        ? { kind: 'map', of: items(expr.entries.map(({ value }) => inner(value))) }
        : scalar('json');
    case 'binary':
      return sum(expr.op, settle(inner(expr.left))?.type, settle(inner(expr.right))?.type);
    case 'attribute': {
      const found = enumOf(expr.value, names);
      return found?.members.includes(expr.name)
        ? { kind: 'scalar', type: 'text', choices: found.members, enum: found.name }
        : any;
    }
    case 'name': {
      const meaning = names.get(expr.id);
      return meaning?.kind === 'value' ? inner(meaning.value) : any;
    }
    case 'call': {
      // Path('a'), Path.cwd(), date.today()
      const { callee } = expr;
      const own = times.get(knownPath(callee, names) ?? '');
      const of = callee.kind === 'attribute' ? times.get(knownPath(callee.value, names) ?? '') : undefined;
      const makes = callee.kind === 'attribute' && /^(?:cwd|home|today|now|utcnow|fromisoformat)$/.test(callee.name);
      const type = own ?? (makes ? of : undefined);
      return type ? scalar(type) : any;
    }
    default:
      return any;
  }
}

/** What the values of a list have in common. */
function items(hints: Hint[]): Hint {
  if (hints.length === 0) return { kind: 'any' };
  const types = new Set(hints.map((hint) => settle(hint)?.type ?? 'json'));
  const [only] = types;
  if (types.size === 1) return hints[0]!.kind === 'any' ? { kind: 'scalar', type: 'json' } : hints[0]!;
  const numbers = [...types].every((type) => type === 'integer' || type === 'number');
  return { kind: 'scalar', type: numbers && only ? 'number' : 'json' };
}

function sum(op: string, left: ParameterType | undefined, right: ParameterType | undefined): Hint {
  if (op === '/' && left === 'path') return { kind: 'scalar', type: 'path' };
  const both = [left, right].every((type) => type === 'integer' || type === 'number');
  if (!both) return { kind: 'any' };
  const whole = left === 'integer' && right === 'integer' && op !== '/';
  return { kind: 'scalar', type: whole ? 'integer' : 'number' };
}
