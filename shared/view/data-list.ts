import type { Context } from '../cli/context.ts';
import { emit } from './table.ts';
import { safe } from './text.ts';

/**
 * Data of ours as one list, `{apiVersion, kind, items, …}`, printed as its items come: nothing is kept. What is told of the list
 * as a whole comes last.
 */
export class DataList {
  readonly #context: Pick<Context, 'stdout'>;
  readonly #format: 'json' | 'yaml';
  readonly #head: { apiVersion: string; kind: string };
  #count = 0;

  constructor(context: Pick<Context, 'stdout'>, format: 'json' | 'yaml', head: { apiVersion: string; kind: string }) {
    this.#context = context;
    this.#format = format;
    this.#head = head;
  }

  async add(items: readonly object[]): Promise<void> {
    if (items.length === 0) return;
    let text = this.#count === 0 ? this.#opening() : '';
    if (this.#format === 'yaml') text += await yaml(items);
    else
      for (const [i, item] of items.entries())
        text += `${this.#count + i > 0 ? ',' : ''}\n${indent(JSON.stringify(item, null, 4))}`;
    this.#count += items.length;
    await this.#write(text);
  }

  /** @param rest fields of the list itself: `{ notReadable: […] }` */
  async end(rest: Record<string, unknown> = {}): Promise<void> {
    const none = this.#count === 0;
    if (this.#format === 'yaml') {
      const { apiVersion, kind } = this.#head;
      const opening = none ? `apiVersion: ${apiVersion}\nkind: ${kind}\nitems: []\n` : '';
      return this.#write(opening + (Object.keys(rest).length > 0 ? await yaml(rest) : ''));
    }
    const fields = Object.entries(rest).map(([name, value]) => `,\n    "${name}": ${JSON.stringify(value)}`);
    await this.#write(`${none ? this.#opening() : '\n    '}]${fields.join('')}\n}\n`);
  }

  #opening(): string {
    const { apiVersion, kind } = this.#head;
    if (this.#format === 'yaml') return `apiVersion: ${apiVersion}\nkind: ${kind}\nitems:\n`;
    return `{\n    "apiVersion": "${apiVersion}",\n    "kind": "${kind}",\n    "items": [`;
  }

  /** Data stays as it is, but for a terminal. */
  #write(text: string): Promise<void> {
    return emit(this.#context.stdout, this.#context.stdout.isTTY ? safe(text) : text);
  }
}

const indent = (text: string) => text.replace(/^/gm, '        ');

async function yaml(value: unknown): Promise<string> {
  const { yamlText } = await import('./yaml.ts');
  return yamlText(value);
}
