import { Exit, KfError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { apiGroup, kind, type Subcommand } from './entry.ts';
import { namePattern } from './names.ts';
import { mostSource, type Schema, specSchema } from './schema.ts';

/**
 * A subcommand out of the cluster or a file, which anyone may have written by any means: that it is whole, and says nothing that
 * could lead elsewhere, is seen here once, so that nobody else need ask. Throws KfError.
 * @param where names it in the error: a file, `team-a`
 */
export function checkSubcommand(value: unknown, where: string): Subcommand {
  const object = value as Partial<Subcommand> | null | undefined;
  const wrong = (what: string) =>
    new KfError(Exit.failed, oneLine(`${nameIn(object)} in ${where} is no subcommand that can be used: ${what}`), {
      hint: 'add it again, or tell who did; kubectl kf command remove takes it away',
    });
  if (typeof object !== 'object' || object === null || object.kind !== kind || !isOurs(object.apiVersion))
    throw wrong(`it is no ${kind} of ${apiGroup}`);
  const { name } = object.metadata ?? {};
  if (typeof name !== 'string' || !new RegExp(namePattern).test(name)) throw wrong('its name can be no verb');
  const what = misfit(object.spec, specSchema, 'spec') ?? outOfPlace(object as Subcommand);
  if (what) throw wrong(what);
  return object as Subcommand;
}

const isOurs = (version: unknown) => typeof version === 'string' && version.startsWith(`${apiGroup}/`);

const nameIn = (object: Partial<Subcommand> | null | undefined) => {
  const name = object?.metadata?.name;
  return typeof name === 'string' ? name.slice(0, 60) : 'something';
};

/** What the schema can't say. */
function outOfPlace({ metadata, spec }: Subcommand): string | undefined {
  if (spec.replaces !== undefined && spec.replaces !== metadata.name)
    return `spec.replaces is ${spec.replaces}, not its own name`;
  for (const version of [spec, ...(spec.history ?? [])]) {
    const path = Object.keys(version.files).find((each) => !isInside(each));
    if (path !== undefined) return `"${path.slice(0, 100)}" is no path for a file of its source`;
    const size = Object.values(version.files).reduce((sum, text) => sum + text.length, 0);
    if (size > mostSource) return `its source is ${size} characters long; at most ${mostSource}`;
  }
  return undefined;
}

/** A path that stays in the folder that it is written to, on any platform. */
export const isInside = (path: string): boolean =>
  path.length <= 250 && !/[\\:\u0000-\u001f\u007f]/.test(path) && !/(^|\/)(\.{0,2})(\/|$)/.test(path);

/** What of the value does not fit, and where; undefined where it does. */
function misfit(value: unknown, schema: Schema, at: string): string | undefined {
  if (value === null && schema.nullable) return undefined;
  if (schema.type === undefined) return value === undefined ? `${at} is missing` : undefined;
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  if (type !== schema.type) return `${at} is ${value === undefined ? 'missing' : `no ${schema.type}`}`;
  if (type === 'string') return wrongText(value as string, schema, at);
  const [length, least = 0, most = Infinity] = Array.isArray(value)
    ? [value.length, schema.minItems, schema.maxItems]
    : [Object.keys(value as object).length, schema.minProperties, schema.maxProperties];
  if (length < least || length > most) return `${at} has ${length} entries`;
  if (Array.isArray(value)) return first(value.map((each, i) => () => misfit(each, schema.items ?? {}, `${at}[${i}]`)));
  if (type !== 'object') return undefined;
  const given = value as Record<string, unknown>;
  const lacks = schema.required?.find((name) => !Object.hasOwn(given, name) || given[name] === undefined);
  if (lacks !== undefined) return `${at}.${lacks} is missing`;
  return first(
    Object.entries(given).map(([name, each]) => () => {
      const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
      const fits = known ?? schema.additionalProperties;
      return fits && each !== undefined ? misfit(each, fits, `${at}.${name.slice(0, 100)}`) : undefined;
    }),
  );
}

function wrongText(text: string, { enum: words, maxLength = Infinity, minLength = 0, pattern }: Schema, at: string) {
  if (words && !words.includes(text)) return `${at} is none of ${words.join(', ')}`;
  if (text.length > maxLength) return `${at} is ${text.length} characters long; at most ${maxLength}`;
  if (text.length < minLength) return `${at} is empty`;
  if (pattern && !new RegExp(pattern).test(text)) return `${at} is "${text.slice(0, 100)}"`;
  return undefined;
}

function first(checks: (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const what = check();
    if (what !== undefined) return what;
  }
  return undefined;
}
