import { type ApiStatus, Exit } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { isRecord, type Manifest } from './manifest.ts';
import { follow, type Path, parsePath, pathText, type Step } from './path.ts';
import type { Schema } from './schema.ts';
import type { Problem } from './source.ts';

interface Complaint {
  field: string;
  message: string;
  unknown?: boolean;
}

/**
 * The server's refusal of an object, each complaint with its place in the manifest. The forms it takes: a Status with causes
 * (validation), strict decoding, server-side apply's typed values, Go's decoder, an admission webhook's words.
 * @param schema fetched only where a field is unknown
 */
export async function refusalProblems(
  status: ApiStatus,
  manifest: Manifest,
  schema: () => Promise<Schema | undefined>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { field, message, unknown } of complaints(status)) {
    const steps = parsePath(field);
    const { path, complete, value } = follow(manifest.object, steps);
    if (!unknown) {
      // Go's decoder names the map, not the entry in it.
      if (message.startsWith('must be text') && isRecord(value)) {
        path.push(
          ...Object.keys(value)
            .filter((name) => typeof value[name] !== 'string')
            .slice(0, 1),
        );
      }
      const words =
        field === '' || message.includes(field)
          ? message
          : `${fieldText(steps, path)}${/^(?:must|is) /.test(message) ? '' : ':'} ${message}`;
      const exit = field === '' && status.code === 403 ? Exit.forbidden : undefined;
      problems.push({
        place: field === '' ? undefined : manifest.place(path, complete ? 'value' : 'name'),
        message: words,
        exit,
      });
      continue;
    }
    const name = String(steps.at(-1));
    const parent = complete ? path.slice(0, -1) : path;
    const meant = (await schema())?.meant(parent, name);
    problems.push({
      place: manifest.place(path, 'name'),
      message: `unknown field ${fieldText(steps, path)}${meant ? `; did you mean ${meant}?` : ''}`,
    });
  }
  return problems;
}

const fieldText = (steps: readonly Step[], path: Path): string =>
  oneLine(path.length > 0 && steps.length <= path.length ? pathText(path) : pathText(steps.map(plainStep)));

const plainStep = (step: Step): string | number => (typeof step === 'object' ? Object.values(step).join(',') : step);

/** What the server complains of, whatever the form. One without a field where nothing else can be made of it. */
export function complaints(status: ApiStatus): Complaint[] {
  const said = status.message ?? '';
  const all = (status.details?.causes ?? []).filter((cause) => cause.message);
  // Says only that there may be more to come once the others are mended.
  const causes =
    all.length > 1 ? all.filter((c) => !/^some validation rules were not checked/.test(tidy(c.message!))) : all;
  const found: Complaint[] = [];
  for (const [, what, field] of said.matchAll(/(unknown|duplicate) field "([^"]+)"/g)) {
    found.push(
      what === 'unknown' ? { field: field!, message: '', unknown: true } : { field: field!, message: 'is given twice' },
    );
  }
  if (found.length > 0) return unique(found);
  if (/failed to create (?:manager for|typed) /.test(said)) {
    for (const [, field, message] of said.matchAll(/(\.[\w-](?:[^\s:"[\]]|\[(?:"[^"]*"|[^\]"])*\])*): ([^\n]+)/g)) {
      if (message === 'field not declared in schema')
        found.push({ field: field!.slice(1), message: '', unknown: true });
      else found.push({ field: field!.slice(1), message: oneLine(message!) });
    }
    if (found.length > 0) return unique(found);
  }
  if (causes.length > 0) {
    return unique(causes.map((c) => ({ field: fieldOf(c.field), message: tidy(c.message!) })));
  }
  const decoder = /json: cannot unmarshal (\w+) into Go struct field \w+\.(\S+) of type (\S+)/.exec(said);
  if (decoder) return [{ field: decoder[2]!, message: `must be ${goType(decoder[3]!)}, not ${decoder[1]}` }];
  const denied = /admission webhook "([^"]+)" denied the request: ([\s\S]+)$/.exec(said);
  if (denied) return webhook(denied[2]!);
  return [{ field: '', message: tidy(said) || `the server refused it (${status.code})` }];
}

/** A webhook's field errors, where it speaks as Kubernetes' own validation does: `[a.b: Invalid value: …: why, …]`. */
function webhook(text: string): Complaint[] {
  const body = text.trim().replace(/^\[(.*)\]$/s, '$1');
  const starts = [...body.matchAll(/(?:^|, )((?:spec|metadata)(?:[.[][^\s:,]*)?): /g)];
  if (starts.length === 0 || starts[0]!.index !== 0) return [{ field: '', message: oneLine(body) }];
  return starts.map((match, i) => {
    const end = starts[i + 1]?.index ?? body.length;
    return { field: match[1]!, message: tidy(body.slice(match.index + match[0].length, end)) };
  });
}

/** `Invalid value: {"name":…}: why` says the value that stands in the excerpt anyway: what is left is why. */
function tidy(message: string): string {
  const text = oneLine(message).replace(/^\w+(?:\.[\w.-]+)? "[^"]*" is invalid: /, '');
  const why = /^Invalid value: (?:"(?:[^"\\]|\\.)*"|\{.*\}|\[.*\]|[^\s:]+): (.+)$/.exec(text)?.[1];
  return (why ?? text)
    .replace(/^Required value(?:: )?/, (said) => (said.endsWith(': ') ? 'is required: ' : 'is required'))
    .replace(/^([\w.[\]]+) in body must/, 'must');
}

const fieldOf = (field: string | undefined): string => (!field || field === '<nil>' ? '' : field);

const goType = (type: string): string =>
  /^u?int\d*$/.test(type)
    ? 'a whole number'
    : /^float/.test(type)
      ? 'a number'
      : type === 'bool'
        ? 'true or false'
        : type === 'string'
          ? 'text'
          : type;

function unique(list: Complaint[]): Complaint[] {
  const seen = new Set<string>();
  return list.filter((c) => {
    const key = `${c.field}\0${c.message}`;
    return !seen.has(key) && seen.add(key);
  });
}
