/** bash scripts and Go programs: a header of comments says what a function's signature says of Python. */
import type { Source } from '../manifest/source.ts';
import { clash, flagOf, giveFlags } from '../python/flags.ts';
import type { Json, Parameter, ParameterType, ScalarType } from './entry.ts';
import { type Block, factsOf, readBlock } from './header.ts';
import type { Learned } from './source.ts';

const scalars = ['text', 'integer', 'number', 'boolean', 'path', 'date', 'datetime', 'json'];
const types = [...scalars, 'list', 'map'];
const keys = ['name', 'type', 'items', 'default', 'choices', 'help', 'required', 'option', 'words'];

/** @param path of the script among the files; @param shown in messages */
export async function learnScript(text: string, path: string, shown: string, mark: '#' | '//'): Promise<Learned> {
  const source: Source = { name: shown, text };
  const block = await readBlock(source, 'kf', mark);
  const base: Learned = { handler: path, facts: {}, parameters: [], notes: [] };
  if (!block) {
    const words: Parameter = { name: 'args', typed: 'words', type: 'list', items: 'text', required: false };
    return {
      ...base,
      parameters: [words],
      notes: [`${shown} has no header (${mark} /// kf), so it is given all words as they are`],
    };
  }
  const { handler: _, ...facts } = factsOf(block, ['parameters']);
  const tables = block.table.parameters ?? [];
  if (!Array.isArray(tables) || !tables.every((each) => typeof each === 'object' && each !== null)) {
    block.fail('parameters must be tables', 'parameters', 'each begins with [[parameters]]');
  }
  const parameters = (tables as Record<string, unknown>[]).map((table) => parameterOf(table, block));
  const notes = giveFlags(parameters);
  checkTogether(parameters, block, mark);
  return { ...base, facts, parameters, notes };
}

function parameterOf(table: Record<string, unknown>, { fail }: Block): Parameter {
  const { name, type: given, items: of, help, default: value, choices } = table;
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name)) {
    return fail('a parameter needs a name of letters, digits, - and _', 'name');
  }
  const say = (what: string, hint?: string) => fail(`${name}: ${what}`, undefined, hint);
  const odd = Object.keys(table).find((key) => !keys.includes(key));
  if (odd !== undefined) fail(`${name}: unknown key ${odd}`, odd, `there are: ${keys.join(', ')}`);
  for (const key of ['required', 'option', 'words']) {
    if (table[key] !== undefined && typeof table[key] !== 'boolean') say(`${key} is true or false`);
  }
  if (help !== undefined && typeof help !== 'string') say('help must be text');
  if (given !== undefined && !types.includes(given as string))
    say(`no type "${given}"`, `there are: ${types.join(', ')}`);
  if (of !== undefined && !scalars.includes(of as string))
    say(`no type of items "${of}"`, `there are: ${scalars.join(', ')}`);
  const many = given === 'list' || given === 'map' || table.words === true;
  const one = ((given === 'list' || given === 'map' ? of : given) ?? 'text') as ScalarType;
  const type = (table.words === true ? 'list' : (given ?? 'text')) as ParameterType;
  const fallback = value ?? (type === 'boolean' && table.required !== true ? false : undefined);
  const literals = fallback === undefined ? undefined : jsonOf(fallback, type, one, say);
  const listed = choices === undefined ? undefined : choicesOf(choices, one, say);
  const typed =
    table.words === true
      ? 'words'
      : literals !== undefined || table.option === true || type === 'map' || table.required === false
        ? 'option'
        : 'word';
  return {
    name,
    typed: typed === 'word' && type === 'list' ? 'words' : typed,
    type,
    ...(many && { items: one }),
    required: (table.required as boolean | undefined) ?? typed === 'word',
    ...(literals !== undefined && { default: literals }),
    ...(listed && { choices: listed }),
    ...(help !== undefined && { help: (help as string).replace(/\s+/g, ' ').trim() }),
  };
}

type Say = (what: string, hint?: string) => never;

/** TOML's value as JSON, where it is of the type. */
function jsonOf(value: unknown, type: ParameterType, items: ScalarType, say: Say): Json {
  if (type === 'list') {
    if (!Array.isArray(value)) return say('the default of a list is a list', 'default = ["a", "b"]');
    return value.map((each) => jsonOf(each, items, items, say));
  }
  if (type === 'map') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return say('the default of a map is a table');
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, jsonOf(each, items, items, say)]));
  }
  const fits: Record<ScalarType, boolean> = {
    text: typeof value === 'string',
    path: typeof value === 'string',
    integer: Number.isSafeInteger(value),
    number: typeof value === 'number' && Number.isFinite(value),
    boolean: typeof value === 'boolean',
    date: typeof value === 'string' || value instanceof Date,
    datetime: typeof value === 'string' || value instanceof Date,
    json: true,
  };
  if (!fits[type]) say(`${JSON.stringify(value)} is no ${type}`);
  // TOML's own dates write themselves as they were written.
  return value instanceof Date ? JSON.parse(JSON.stringify(value)) : (value as Json);
}

function choicesOf(value: unknown, type: ScalarType, say: Say): (string | number | boolean)[] {
  if (!Array.isArray(value) || value.length === 0) return say('choices is a list of values', 'choices = ["a", "b"]');
  return value.map((each) => jsonOf(each, type, type, say) as string | number | boolean);
}

/** Rules on all of them. */
function checkTogether(parameters: readonly Parameter[], { fail }: Block, mark: '#' | '//'): void {
  const key = ({ name }: Parameter) => (mark === '#' ? name.replaceAll('-', '_').toUpperCase() : flagOf(name));
  const seen = new Map<string, Parameter>();
  for (const parameter of parameters) {
    const other = seen.get(key(parameter));
    if (other) fail(`${other.name} and ${parameter.name} would be one and the same to the program`);
    seen.set(key(parameter), parameter);
  }
  const same = clash(parameters);
  if (same) fail(`${same[0].name} and ${same[1].name} would both be given with ${same[2]}`);
  const words = parameters.findIndex(({ typed }) => typed === 'words');
  const after = words < 0 ? undefined : parameters.slice(words + 1).find(({ typed }) => typed !== 'option');
  if (after)
    fail(
      `${after.name} comes after ${parameters[words]!.name}, which takes all words that are left`,
      undefined,
      'give it option = true',
    );
}
