/** Type hints, from Python's words to what a command line can give. */
import type { ScalarType } from '../registry/entry.ts';
import { type Expr, PythonError, type TypeParam } from './ast.ts';
import { enumOf } from './enums.ts';
import { literal } from './literals.ts';
import { type Names, pathOf } from './names.ts';
import { parseExpression } from './parse.ts';

export type Choice = string | number | boolean;

export type Hint =
  | { kind: 'scalar'; type: ScalarType; choices?: Choice[]; enum?: string }
  | { kind: 'list' | 'map'; of: Hint }
  | { kind: 'union'; of: Hint[] }
  | { kind: 'any' | 'none' }
  /** Nothing that can be typed: a DataFrame. */
  | { kind: 'opaque' };

const any: Hint = { kind: 'any' };
const opaque: Hint = { kind: 'opaque' };
const scalar = (type: ScalarType): Hint => ({ kind: 'scalar', type });

const byPath = new Map<string, Hint>([
  ['int', scalar('integer')],
  ['numbers.Integral', scalar('integer')],
  ['float', scalar('number')],
  ['numbers.Number', scalar('number')],
  ['numbers.Real', scalar('number')],
  ['str', scalar('text')],
  ['typing.Text', scalar('text')],
  ['typing.AnyStr', scalar('text')],
  ['typing.LiteralString', scalar('text')],
  ['bool', scalar('boolean')],
  ['datetime.date', scalar('date')],
  ['datetime.datetime', scalar('datetime')],
  ['os.PathLike', scalar('path')],
  ['typing.Any', any],
  ['object', any],
  ['typing.Hashable', any],
  ['collections.abc.Hashable', any],
]);
for (const name of ['Path', 'PurePath', 'PosixPath', 'PurePosixPath']) byPath.set(`pathlib.${name}`, scalar('path'));

const listNames = new Set(
  (
    'list set frozenset tuple collections.deque typing.List typing.Set typing.FrozenSet typing.Tuple typing.Deque ' +
    [
      'Sequence',
      'MutableSequence',
      'Iterable',
      'Collection',
      'Container',
      'Set',
      'MutableSet',
      'Iterator',
      'Reversible',
    ]
      .flatMap((name) => [`typing.${name}`, `collections.abc.${name}`])
      .join(' ') +
    ' typing.AbstractSet'
  ).split(' '),
);
const mapNames = new Set(
  (
    'dict collections.OrderedDict collections.defaultdict typing.Dict typing.OrderedDict typing.DefaultDict ' +
    'typing.Mapping typing.MutableMapping collections.abc.Mapping collections.abc.MutableMapping'
  ).split(' '),
);
/** What only says something about the type in its brackets. */
const wrappers = new Set([
  'typing.Annotated',
  'typing.Final',
  'typing.Required',
  'typing.NotRequired',
  'typing.ReadOnly',
]);

const deepest = 40;

/** The path with its other names made one. */
export function knownPath(expr: Expr, names: Names): string | undefined {
  return pathOf(expr, names)
    ?.replace(/^typing_extensions\./, 'typing.')
    .replace(/^builtins\./, '');
}

/** Names for one question: aliases that lead to aliases must end, also where each leads to two. */
export function bounded(names: Names): Names {
  let left = 2000;
  return { get: (name) => (left-- > 0 ? names.get(name) : undefined) };
}

/** The names of a function that has type parameters of its own. */
export function withTypeParams(names: Names, params: readonly TypeParam[]): Names {
  if (params.length === 0) return names;
  const own = new Map(params.map(({ name, bound }) => [name, bound]));
  const anything: Expr = { kind: 'name', id: 'object', at: 0, end: 0 };
  return {
    get: (name) => (own.has(name) ? { kind: 'value', value: own.get(name) ?? anything } : names.get(name)),
  };
}

export function hintOf(expr: Expr, names: Names, depth = 0): Hint {
  if (depth > deepest) return opaque;
  const inner = (each: Expr) => hintOf(each, names, depth + 1);
  switch (expr.kind) {
    case 'string':
      return inner(forward(expr.value, expr));
    case 'constant':
      return expr.value === null ? { kind: 'none' } : opaque;
    case 'tuple':
      // A constraint of a type parameter: (int, str).
      return { kind: 'union', of: expr.items.map(inner) };
    case 'binary':
      return expr.op === '|' ? { kind: 'union', of: [inner(expr.left), inner(expr.right)] } : opaque;
    case 'name':
    case 'attribute':
      return named(expr, names, depth);
    case 'subscript':
      return subscripted(expr, names, depth);
    case 'call':
      return called(expr, names, depth);
    default:
      return opaque;
  }
}

function forward(text: string, span: Expr): Expr {
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    throw new PythonError(`not a type: ${error.message}`, span.at, span.end);
  }
}

function named(expr: Expr, names: Names, depth: number): Hint {
  if (expr.kind === 'name') {
    const meaning = names.get(expr.id);
    const found = meaning && enumOf(expr, names);
    if (found) return { kind: 'scalar', type: 'text', choices: found.members, enum: found.name };
    if (meaning?.kind === 'value') return hintOf(meaning.value, names, depth + 1);
    if (meaning?.kind === 'class') {
      const dict = meaning.def.bases.some((base) => knownPath(base, names) === 'typing.TypedDict');
      return dict ? scalar('json') : opaque;
    }
    if (meaning?.kind === 'function') return opaque;
  }
  const path = knownPath(expr, names);
  if (path === undefined) return opaque;
  if (listNames.has(path)) return { kind: 'list', of: any };
  if (mapNames.has(path)) return { kind: 'map', of: any };
  if (path === 'typing.Optional' || path === 'typing.Union') return any;
  return byPath.get(path) ?? opaque;
}

function subscripted(expr: Expr & { kind: 'subscript' }, names: Names, depth: number): Hint {
  const inner = (each: Expr | undefined) => (each ? hintOf(each, names, depth + 1) : opaque);
  const path = knownPath(expr.value, names);
  const items = expr.items.length === 1 && expr.items[0]!.kind === 'tuple' ? expr.items[0]!.items : expr.items;
  if (path === 'typing.Literal') return { kind: 'union', of: items.map((item) => choice(item, names, depth)) };
  if (path === 'typing.Optional') return { kind: 'union', of: [inner(items[0]), { kind: 'none' }] };
  if (path === 'typing.Union') return { kind: 'union', of: items.map(inner) };
  if (path !== undefined && wrappers.has(path)) return inner(items[0]);
  if (path === 'os.PathLike') return scalar('path');
  if (path === 'tuple' || path === 'typing.Tuple') {
    const own = items.filter((item) => !(item.kind === 'other' && item.end - item.at === 3));
    return { kind: 'list', of: own.length === 1 ? inner(own[0]) : { kind: 'union', of: own.map(inner) } };
  }
  if (path !== undefined && listNames.has(path)) return { kind: 'list', of: inner(items[0]) };
  if (path !== undefined && mapNames.has(path)) {
    const key = inner(items[0]);
    const texts = (key.kind === 'scalar' && key.type === 'text') || key.kind === 'any';
    return texts ? { kind: 'map', of: inner(items[1]) } : scalar('json');
  }
  // An alias with type parameters; they are taken for anything.
  return expr.value.kind === 'name' && names.get(expr.value.id)?.kind === 'value'
    ? named(expr.value, names, depth + 1)
    : opaque;
}

/** One of Literal's values; a Literal in it, or an Enum's member. */
function choice(item: Expr, names: Names, depth: number): Hint {
  if (item.kind === 'subscript' || (item.kind === 'name' && names.get(item.id)?.kind === 'value')) {
    return hintOf(item, names, depth + 1);
  }
  if (item.kind === 'attribute') {
    const found = enumOf(item.value, names);
    return found?.members.includes(item.name)
      ? { kind: 'scalar', type: 'text', choices: [item.name], enum: found.name }
      : opaque;
  }
  const value = literal(item);
  if (value === null) return { kind: 'none' };
  if (typeof value === 'string') return { kind: 'scalar', type: 'text', choices: [value] };
  if (typeof value === 'boolean') return { kind: 'scalar', type: 'boolean', choices: [value] };
  return typeof value === 'number' ? { kind: 'scalar', type: 'integer', choices: [value] } : opaque;
}

/** `NewType('Id', int)`, `TypeVar('T', bound=int)`, `Enum('Colour', 'RED BLUE')`. */
function called(expr: Expr & { kind: 'call' }, names: Names, depth: number): Hint {
  const path = knownPath(expr.callee, names);
  if (path === 'typing.NewType' && expr.args[1]) return hintOf(expr.args[1], names, depth + 1);
  if (path === 'typing.TypedDict') return scalar('json');
  if (path === 'typing.TypeVar') {
    const bound = expr.keywords.find(({ name }) => name === 'bound')?.value;
    if (bound) return hintOf(bound, names, depth + 1);
    const of = expr.args.slice(1).map((each) => hintOf(each, names, depth + 1));
    return of.length > 0 ? { kind: 'union', of } : any;
  }
  const found = enumOf(expr, names);
  return found ? { kind: 'scalar', type: 'text', choices: found.members, enum: found.name } : opaque;
}

/** The text that `Annotated` carries: its first string, `Doc('…')`, or what is called with `help='…'`. */
export function annotatedHelp(expr: Expr | undefined, names: Names): string | undefined {
  let at = expr;
  for (let i = 0; i < deepest && at?.kind === 'string'; i++) at = forward(at.value, at);
  if (at?.kind === 'name') {
    const meaning = names.get(at.id);
    at = meaning?.kind === 'value' ? meaning.value : undefined;
  }
  if (at?.kind !== 'subscript' || knownPath(at.value, names) !== 'typing.Annotated') return undefined;
  for (const extra of at.items.slice(1)) {
    if (extra.kind === 'string') return extra.value;
    if (extra.kind !== 'call') continue;
    const help = extra.keywords.find(({ name }) => name === 'help')?.value ?? extra.args[0];
    const doc = knownPath(extra.callee, names) === 'typing.Doc' || extra.keywords.some(({ name }) => name === 'help');
    if (doc && help?.kind === 'string') return help.value;
  }
  return undefined;
}
