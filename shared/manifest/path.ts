/** A field's place in an object: names and list indexes, from the top. */
export type Path = readonly (string | number)[];

/** One step of a path as a server writes it: a name, an index, or a list item picked by its keys (`[name="x"]`). */
export type Step = string | number | Record<string, unknown>;

/** `spec.trainer.env[0].name`, `metadata.annotations[kf.io/x]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step) || step === '<<') text += text === '' ? step : `.${step}`;
    else text += `[${step}]`;
  }
  return text;
}

/**
 * Takes apart a field path as Kubernetes writes it, in its validation (`spec.env[0].name`, `metadata.labels[a/b]`), its
 * decoder (`spec.trainr`) and server-side apply (`.spec.containers[name="x"].image`, `.spec.tags["a.b"]`).
 */
export function parsePath(text: string): Step[] {
  const steps: Step[] = [];
  const token = /\.?([^.[\]]+)|\[((?:"(?:[^"\\]|\\.)*"|[^\]"])*)\]/gy;
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[1] !== undefined) steps.push(match[1]);
    else steps.push(bracket(match[2] ?? ''));
  }
  return steps;
}

function bracket(inside: string): Step {
  if (/^\d+$/.test(inside)) return Number(inside);
  const quoted = /^"(?:[^"\\]|\\.)*"$/.test(inside) ? json(inside) : undefined;
  if (typeof quoted === 'string') return quoted;
  const keys: Record<string, unknown> = {};
  for (const [, key, value] of inside.matchAll(/([\w-]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g))
    keys[key!] = json(value!) ?? value;
  return Object.keys(keys).length > 0 ? keys : inside;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Follows the steps through a value: the path as far as it exists in it, and whether all of it does. A name that holds dots
 * or slashes and came in pieces (annotations) is put together again where the object has it.
 */
export function follow(
  value: unknown,
  steps: readonly Step[],
): { path: (string | number)[]; complete: boolean; value?: unknown } {
  const path: (string | number)[] = [];
  let at = value;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    if (Array.isArray(at)) {
      const index = typeof step === 'number' ? step : at.findIndex((item) => matches(item, step));
      if (index < 0 || index >= at.length) return { path, complete: false };
      path.push(index);
      at = at[index];
      continue;
    }
    if (at === null || typeof at !== 'object') return { path, complete: false };
    const record = at as Record<string, unknown>;
    let name = String(step);
    let next = i;
    while (!Object.hasOwn(record, name) && next + 1 < steps.length) name += `.${String(steps[++next])}`;
    if (!Object.hasOwn(record, name)) return { path, complete: false };
    i = next;
    path.push(name);
    at = record[name];
  }
  return { path, complete: true, value: at };
}

const matches = (item: unknown, step: Step): boolean =>
  typeof step === 'object'
    ? typeof item === 'object' &&
      item !== null &&
      Object.entries(step).every(([key, value]) => (item as Record<string, unknown>)[key] === value)
    : item === step;
