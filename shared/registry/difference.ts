import { isDeepStrictEqual } from 'node:util';
import { oneLine } from '../view/text.ts';
import type { Parameter, Version } from './entry.ts';
import { requirementText } from './requirement.ts';

/** How two versions differ for who uses them, a line each: parameters first, then what it runs on and needs. */
export function changes(before: Version, after: Version): string[] {
  const [was, is] = [byName(before.parameters), byName(after.parameters)];
  const lines = [
    ...after.parameters.filter(({ name }) => !was.has(name)).map(added),
    ...before.parameters.filter(({ name }) => !is.has(name)).map((gone) => `${named(gone)} is gone`),
    ...after.parameters.flatMap((now) => {
      const then = was.get(now.name);
      return then ? changed(then, now) : [];
    }),
  ];
  const order = (list: Parameter[], other: Map<string, Parameter>) =>
    list.filter((p) => p.typed === 'word' && other.get(p.name)?.typed === 'word').map(({ name }) => name);
  const words = order(after.parameters, was);
  if (!isDeepStrictEqual(order(before.parameters, is), words)) lines.push(`words in another order: ${words.join(' ')}`);
  return [...lines, ...surroundings(before, after)].map(oneLine);
}

const byName = (list: readonly Parameter[]) => new Map(list.map((each) => [each.name, each]));

const kindOf = ({ typed }: Parameter) => (typed === 'option' ? 'option' : typed === 'words' ? 'words' : 'word');

const named = (p: Parameter) => (p.typed === 'option' ? `option ${p.flag ?? p.name}` : `${kindOf(p)} ${p.name}`);

const label = (p: Parameter) => (p.typed === 'option' ? (p.flag ?? p.name) : p.name);

/** What is needed breaks calls as they were; the rest does not. */
const added = (p: Parameter) => `new ${named(p)}${p.required ? ', required' : ''}`;

const typeName = ({ type, items, optional }: Parameter) =>
  `${items ? `${type} of ${items}` : type}${optional ? ' or none' : ''}`;

const plain = (value: unknown) => (typeof value === 'string' ? value || '""' : JSON.stringify(value));

const defaultOf = ({ default: literal, defaultText }: Parameter) =>
  literal === undefined ? (defaultText ?? 'nothing') : plain(literal);

function changed(then: Parameter, now: Parameter): string[] {
  const name = label(now);
  const lines: string[] = [];
  if (kindOf(then) !== kindOf(now)) lines.push(`${name} is ${kindOf(now)} now, was ${kindOf(then)}`);
  else if (label(then) !== name) lines.push(`${label(then)} is called ${name} now`);
  if (typeName(then) !== typeName(now)) lines.push(`${name} takes ${typeName(now)}, was ${typeName(then)}`);
  if (then.required !== now.required) lines.push(`${name} is ${now.required ? 'required' : 'not required'} now`);
  else if (defaultOf(then) !== defaultOf(now)) {
    lines.push(`${name} is ${defaultOf(now)} where not given, was ${defaultOf(then)}`);
  }
  return [...lines, ...choices(name, then.choices, now.choices)];
}

function choices(name: string, then: Parameter['choices'], now: Parameter['choices']): string[] {
  if (then === undefined || now === undefined) {
    if (then === now) return [];
    return [now ? `${name} takes only ${now.map(plain).join(', ')}` : `${name} takes any value`];
  }
  const gone = then.filter((each) => !now.includes(each));
  const fresh = now.filter((each) => !then.includes(each));
  return [
    ...(fresh.length > 0 ? [`${name} gains ${choiceWord(fresh)}`] : []),
    ...(gone.length > 0 ? [`${name} loses ${choiceWord(gone)}`] : []),
  ];
}

const choiceWord = (list: readonly (string | number | boolean)[]) =>
  `the choice${list.length > 1 ? 's' : ''} ${list.map(plain).join(', ')}`;

function surroundings(before: Version, after: Version): string[] {
  const lines: string[] = [];
  const set = (what: string, was: readonly string[], is: readonly string[]) => {
    for (const each of is) if (!was.includes(each)) lines.push(`${what} ${each}`);
    for (const each of was) if (!is.includes(each)) lines.push(`no longer ${what} ${each}`);
  };
  const one = (what: string, was: string | undefined, is: string | undefined) => {
    if (was !== is) lines.push(`${what}: ${is ?? 'not said'}, was ${was ?? 'not said'}`);
  };
  set('needs', before.requires.map(requirementText), after.requires.map(requirementText));
  set('runs', before.runs.map(where), after.runs.map(where));
  if (before.runs[0] !== after.runs[0] && before.runs.includes(after.runs[0]!)) {
    lines.push(`runs ${where(after.runs[0]!)} where nothing else is said`);
  }
  set('uses', before.dependencies ?? [], after.dependencies ?? []);
  one('runtime', before.runtime, after.runtime);
  one('what is run', before.handler, after.handler);
  one('called by', before.calling, after.calling);
  one('Python', before.python, after.python);
  one('image', before.image, after.image);
  return lines;
}

const where = (place: 'local' | 'cluster') => (place === 'local' ? 'here' : 'in the cluster');
