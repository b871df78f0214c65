import type { Context } from '../cli/context.ts';
import type { Format } from './print.ts';
import { emit } from './table.ts';
import { oneLine, safe } from './text.ts';

/** Some facts about one thing, in the forms that `-o` asks for. */
export interface Facts {
  /** For people: a line each, labels aligned. Values are made safe for a terminal. */
  rows: [label: string, value: string][];
  /** For programs. */
  data: object;
  /** For `-o name`. */
  name: string;
}

export async function printFacts(
  context: Pick<Context, 'stdout'>,
  format: Format | undefined,
  { rows, data, name }: Facts,
): Promise<void> {
  // Data stays as it is, but for a terminal.
  const write = (text: string) => emit(context.stdout, context.stdout.isTTY ? safe(text) : text);
  if (format === 'json') return write(`${JSON.stringify(data, null, 4)}\n`);
  if (format === 'name') return emit(context.stdout, `${oneLine(name)}\n`);
  if (format === 'yaml') {
    const { yamlText } = await import('./yaml.ts');
    return write(yamlText(data));
  }
  const width = Math.max(...rows.map(([label]) => label.length));
  await emit(context.stdout, rows.map(([label, value]) => `${label.padEnd(width)}   ${oneLine(value)}\n`).join(''));
}
