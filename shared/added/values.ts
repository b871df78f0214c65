import { type KfError, usageError } from '../cli/errors.ts';
import type { Call, Json, Parameter, ScalarType, Version } from '../registry/entry.ts';
import { clip, oneLine } from '../view/text.ts';

/** What was typed for a parameter: a word, all its words, a switch; undefined where nothing was. */
export type Typed = string | readonly string[] | boolean | undefined;

/** The values of a call, checked. Throws KfError (usage), naming the parameter as it is typed. */
export function callOf(
  { parameters, calling }: Pick<Version, 'parameters' | 'calling'>,
  typed: (parameter: Parameter) => Typed,
): Call {
  const values: Call['values'] = {};
  for (const parameter of parameters) {
    const given = typed(parameter);
    if (given === undefined || (Array.isArray(given) && given.length === 0 && !parameter.required)) continue;
    if (Array.isArray(given) && given.length === 0) throw usageError(`${named(parameter)} takes at least one value`);
    put(
      values,
      parameter.name,
      calling === 'event' ? data(given) : value(parameter, given as string | string[] | boolean),
    );
  }
  return { values };
}

/** What an event carries: JSON, or else the text as it is. */
function data(given: Exclude<Typed, undefined>): Json {
  if (typeof given !== 'string') return given as Json;
  const read = scalars.json.read(given);
  return read === undefined ? given : read;
}

/** As a person types it: `--trials`, or the word's name. */
export const named = ({ flag, name }: Parameter): string => flag ?? name;

/** Also where the name is one of the language's own (`__proto__`). */
function put(object: Record<string, Json>, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function value(parameter: Parameter, given: string | string[] | boolean): Json {
  if (typeof given === 'boolean') return given;
  const { type, items = 'text' } = parameter;
  const all = Array.isArray(given) ? given : [given];
  if (type === 'map') {
    const pairs: Record<string, Json> = {};
    for (const each of all) {
      const at = each.indexOf('=');
      if (at < 1) throw takes(parameter, 'key=value', each);
      put(pairs, each.slice(0, at), scalar(parameter, items, each.slice(at + 1)));
    }
    return pairs;
  }
  if (type === 'list') return all.map((each) => scalar(parameter, items, each));
  if (Array.isArray(given)) return all.map((each) => scalar(parameter, type, each));
  return scalar(parameter, type, given);
}

function scalar(parameter: Parameter, type: ScalarType, word: string): Json {
  if (parameter.choices) {
    const choice = parameter.choices.find((each) => String(each) === word);
    if (choice === undefined) throw takes(parameter, `one of ${parameter.choices.map(String).join(', ')}`, word);
    return choice;
  }
  const { what, read } = scalars[type];
  const value = read(word);
  if (value === undefined) throw takes(parameter, what, word);
  return value;
}

const takes = (parameter: Parameter, what: string, word: string): KfError =>
  usageError(`${named(parameter)} takes ${what}, not "${clip(oneLine(word), 100)}"`);

interface Scalar {
  /** In messages and in help. */
  what: string;
  /** Undefined where the word is none. */
  read(word: string): Json | undefined;
}

export const scalars: Record<ScalarType, Scalar> = {
  text: { what: 'text', read: (word) => word },
  path: { what: 'a path', read: (word) => word || undefined },
  integer: {
    what: 'a whole number',
    read(word) {
      if (!/^[+-]?\d+$/.test(word)) return undefined;
      // JSON has no bounds for it, nor has Python; what is made of it writes it out whole (harness.ts).
      return Number.isSafeInteger(Number(word)) ? Number(word) : (BigInt(word.replace(/^\+/, '')) as unknown as Json);
    },
  },
  number: {
    what: 'a number',
    read(word) {
      if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) {
        const read = Number(word);
        return Number.isFinite(read) ? read : word;
      }
      // JSON can't hold them; the harness makes numbers of their names.
      return /^[+-]?(inf|infinity|nan)$/i.test(word) ? word.toLowerCase() : undefined;
    },
  },
  boolean: {
    what: 'true or false',
    read: (word) => (/^true$/i.test(word) ? true : /^false$/i.test(word) ? false : undefined),
  },
  date: { what: 'a date such as 2026-01-31', read: (word) => (isDate(word) ? word : undefined) },
  datetime: { what: 'a time such as 2026-01-31T15:04', read: time },
  json: {
    what: 'JSON',
    read(word) {
      try {
        return JSON.parse(word) as Json;
      } catch {
        return undefined;
      }
    },
  },
};

function isDate(word: string): boolean {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(word) ?? []).map(Number);
  if (!year || !month || !day) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** In the one form that every Python reads. */
function time(word: string): string | undefined {
  const [, date = '', hour = '00', minute = '00', second = '00', part, zone = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?)?$/i.exec(word) ?? [];
  if (!isDate(date) || +hour > 23 || +minute > 59 || +second > 59) return undefined;
  const [, sign, hours = '00', minutes = '00'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (+hours > 23 || +minutes > 59) return undefined;
  const offset = sign ? `${sign}${hours}:${minutes}` : zone ? '+00:00' : '';
  return `${date}T${hour}:${minute}:${second}${part ? `.${part.padEnd(6, '0')}` : ''}${offset}`;
}
