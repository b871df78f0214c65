import type { StrictValidator, ValidationState } from 'typanion';
import type { Context } from '../cli/context.ts';
import type { KubeObject } from '../kube/kube.ts';
import { emit } from './table.ts';
import { safe } from './text.ts';

/** What `-o` takes. */
export const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

/**
 * One of the words, in any case. typanion's protocol (predicates take a value, errors and coercions) without its code, which
 * takes time to load at every start.
 */
export function oneOf<T extends string>(words: readonly T[]): StrictValidator<unknown, T> {
  const check = (value: unknown, state?: ValidationState): value is T => {
    const word = words.find((w) => w.toLowerCase() === String(value).toLowerCase());
    if (word === undefined) {
      state?.errors?.push(`.: "${value}" is none of ${words.join(', ')}`);
      return false;
    }
    if (word !== value && state?.coercion) state.coercions?.push(['.', state.coercion.bind(null, word)]);
    return true;
  };
  return check as StrictValidator<unknown, T>;
}

/** For `Option.String('-o,--output', { validator: isFormat })`. */
export const isFormat: StrictValidator<unknown, Format> = oneOf(formats);

/** `-o` that wants objects, not a view of them. */
export const isRaw = (format: Format | undefined): format is 'json' | 'yaml' | 'name' =>
  format === 'json' || format === 'yaml' || format === 'name';

/** `trainjob.trainer.kubeflow.org/digits`, as kubectl's -o name has it. */
export function nameOf(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  const group = object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : '';
  return `${object.kind.toLowerCase()}${group}/${object.metadata.name}`;
}

/** Data stays as it is, but for a terminal. */
const write = (context: Pick<Context, 'stdout'>, text: string): Promise<void> =>
  emit(context.stdout, context.stdout.isTTY ? safe(text) : text);

/** Without managedFields, as kubectl shows objects. */
function shown(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  const { apiVersion, kind, ...rest } = object;
  return { apiVersion, kind, ...rest, metadata };
}

/** One object as it is. */
export async function printObject(
  context: Pick<Context, 'stdout'>,
  format: 'json' | 'yaml' | 'name',
  object: KubeObject,
): Promise<void> {
  if (format === 'name') return write(context, `${nameOf(object)}\n`);
  if (format === 'json') return write(context, `${JSON.stringify(shown(object), null, 4)}\n`);
  const { yamlText } = await import('./yaml.ts');
  await write(context, yamlText(shown(object)));
}

/** Objects as they come, in one `List` (json, yaml) or a line each (name). Nothing is kept. */
export class ListPrinter {
  readonly #context: Pick<Context, 'stdout'>;
  readonly #format: 'json' | 'yaml' | 'name';
  #count = 0;

  constructor(context: Pick<Context, 'stdout'>, format: 'json' | 'yaml' | 'name') {
    this.#context = context;
    this.#format = format;
  }

  async add(objects: readonly KubeObject[]): Promise<void> {
    if (objects.length === 0) return;
    let text = this.#count === 0 ? this.#head() : '';
    if (this.#format === 'yaml') {
      const { yamlText } = await import('./yaml.ts');
      text += yamlText(objects.map(shown));
    } else {
      for (const [i, object] of objects.entries()) {
        if (this.#format === 'name') text += `${nameOf(object)}\n`;
        else text += (this.#count + i > 0 ? ',\n' : '\n') + indent(JSON.stringify(shown(object), null, 4), '        ');
      }
    }
    this.#count += objects.length;
    await write(this.#context, text);
  }

  #head(): string {
    if (this.#format === 'json') return '{\n    "apiVersion": "v1",\n    "kind": "List",\n    "items": [';
    return this.#format === 'yaml' ? 'apiVersion: v1\nkind: List\nitems:\n' : '';
  }

  /** Closes the list; an empty one is a list too. */
  async end(): Promise<void> {
    if (this.#format === 'json') await write(this.#context, `${this.#count ? '\n    ' : `${this.#head()}`}]\n}\n`);
    if (this.#format === 'yaml' && this.#count === 0)
      await write(this.#context, 'apiVersion: v1\nkind: List\nitems: []\n');
  }
}

const indent = (text: string, by: string) => text.replace(/^/gm, by);
