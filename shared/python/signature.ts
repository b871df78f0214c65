/** From a function's signature to the parameters of a subcommand. */
import type { Parameter } from '../registry/entry.ts';
import { type Expr, type FunctionDef, type Param, PythonError } from './ast.ts';
import type { Docstring } from './docstring.ts';
import { enumOf } from './enums.ts';
import { clash, giveFlags } from './flags.ts';
import { annotatedHelp, bounded, type Hint, hintOf, withTypeParams } from './hints.ts';
import { literal } from './literals.ts';
import type { Names } from './names.ts';
import { flat, hintOfDefault, isAny, type Settled, settle } from './settle.ts';

/** What the registry takes (shared/registry/schema.ts). */
const most = 100;

export interface Signature {
  parameters: Parameter[];
  /** What the person should know: parameters that are left out, flags with another name. */
  notes: string[];
}

/** @param text the source, for what it calls things */
export function signatureOf(def: FunctionDef, module: Names, docs: Docstring, text: string): Signature {
  if (def.params.length > most) {
    const { at, end } = def.params[most]!;
    throw new PythonError(
      `${def.name} has more than ${most} parameters`,
      at,
      end,
      'take several of them together, in a file or a dict',
    );
  }
  const names = withTypeParams(module, def.typeParams);
  const notes: string[] = [];
  const kept: { param: Param; settled: Settled }[] = [];
  let hole = false;
  for (const param of def.params) {
    const settled = hole && param.kind === 'position' ? undefined : settledOf(param, names);
    if (settled) {
      kept.push({ param, settled });
      continue;
    }
    const type = param.annotation ? text.slice(param.annotation.at, param.annotation.end) : param.name;
    if (!param.default && param.kind !== 'args' && param.kind !== 'kwargs') {
      throw new PythonError(
        `no command line can give ${param.name} a ${type}`,
        param.at,
        param.annotation?.end ?? param.end,
        'give it a default and it is left out; or take a Path or text, and make the rest of it in the function',
      );
    }
    // What follows by its place alone can't be given without it.
    if (param.kind === 'position') hole = true;
    notes.push(`${param.name} is left out, as no command line can give a ${type}`);
  }
  const rest = kept.some(({ param }) => param.kind === 'args');
  const parameters = kept.map(({ param, settled }, i) => {
    const later = kept
      .slice(i + 1)
      .some(
        (each) => !each.param.default && /^(?:position|either)$/.test(each.param.kind) && each.settled.type !== 'map',
      );
    return parameterOf(param, settled, { last: !rest && !later, help: helpOf(param, names, docs), text, names });
  });
  notes.push(...giveFlags(parameters));
  const same = clash(parameters);
  if (same) {
    const [first, second, flag] = same;
    const { at, end } = def.params.find(({ name }) => name === second.name)!;
    throw new PythonError(
      `${first.name} and ${second.name} would both be given with ${flag}`,
      at,
      end,
      'call one of them something else',
    );
  }
  return { parameters, notes };
}

function settledOf(param: Param, names: Names): Settled | undefined {
  const few = bounded(names);
  const hint = param.annotation ? hintOf(param.annotation, few) : ({ kind: 'any' } as const);
  const whole = param.kind === 'kwargs' ? ({ kind: 'map', of: hint } as const) : hint;
  if (param.kind === 'args') return settle({ kind: 'list', of: hint });
  const settled = settle(whole);
  if (!settled || !param.default) return settled;
  const loose = isAny(hint) ? hintOfDefault(param.default, few) : looseItems(hint, param.default, few);
  const own = loose && loose.kind !== 'any' ? settle(loose) : undefined;
  const none = param.default.kind === 'constant' && param.default.value === null;
  return { ...(own ?? settled), ...((none || settled.optional) && { optional: true as const }) };
}

/** `list` or `dict` without a word on what is in it. */
function looseItems(given: Hint, value: Expr, names: Names): Hint | undefined {
  const all = flat(given).filter(({ kind }) => kind !== 'none');
  const [hint] = all;
  if (!hint || !all.every((each) => each.kind === hint.kind && 'of' in each && isAny(each.of as Hint)))
    return undefined;
  const own = hintOfDefault(value, names);
  return own.kind === hint.kind ? own : undefined;
}

const helpOf = (param: Param, names: Names, docs: Docstring): string | undefined =>
  docs.params.get(param.name) ?? annotatedHelp(param.annotation, bounded(names))?.replace(/\s+/g, ' ').trim();

interface About {
  /** No word comes after it. */
  last: boolean;
  help: string | undefined;
  text: string;
  names: Names;
}

function parameterOf(param: Param, settled: Settled, about: About): Parameter {
  const required = !param.default && param.kind !== 'args' && param.kind !== 'kwargs';
  return {
    name: param.name,
    typed: typedOf(param, settled, required, about.last),
    ...settled,
    required,
    ...(param.default && defaultOf(param.default, settled, about)),
    ...(about.help && { help: about.help }),
    passed: param.kind,
  };
}

function typedOf(param: Param, { type }: Settled, required: boolean, last: boolean): Parameter['typed'] {
  if (param.kind === 'args') return 'words';
  if (param.kind === 'keyword' || param.kind === 'kwargs' || !required || type === 'map') return 'option';
  if (type === 'list') return last ? 'words' : 'option';
  return 'word';
}

function defaultOf(value: Expr, settled: Settled, { text, names }: About): Pick<Parameter, 'default' | 'defaultText'> {
  const plain = literal(value);
  if (plain !== undefined) return { default: plain };
  const found =
    value.kind === 'attribute' && settled.enum !== undefined ? enumOf(value.value, bounded(names)) : undefined;
  if (found && value.kind === 'attribute' && found.members.includes(value.name)) return { default: value.name };
  return { defaultText: text.slice(value.at, value.end).replace(/\s+/g, ' ') };
}
