import type { Context } from '../cli/context.ts';
import type { Json } from '../registry/entry.ts';
import type { Format } from '../view/print.ts';
import { emit, Table } from '../view/table.ts';
import { oneLine, safe } from '../view/text.ts';
import { rawJson } from './harness.ts';

type Fields = { [key: string]: Json };
const isFields = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a function returned, as `-o` asks for it: a table of dicts, the facts of one, or text, for people. */
export async function printResult(
  context: Pick<Context, 'stdout' | 'colorDepth'>,
  format: Format | undefined,
  value: Json,
): Promise<void> {
  if (value === null && (format === undefined || format === 'table' || format === 'wide' || format === 'name')) return;
  const write = (text: string) => emit(context.stdout, context.stdout.isTTY ? safe(text) : text);
  if (format === 'json') return write(`${JSON.stringify(value, whole, 4)}\n`);
  if (format === 'yaml') {
    const { yamlText } = await import('../view/yaml.ts');
    return write(yamlText(value));
  }
  const all = Array.isArray(value) ? value : [value];
  if (format === 'name') return write(all.map((each) => `${oneLine(nameOf(each))}\n`).join(''));
  if (Array.isArray(value) && value.length > 0 && value.every(isFields)) return printTable(context, value);
  if (isFields(value)) return write(facts(value));
  return write(all.map((each) => `${text(each)}\n`).join(''));
}

async function printTable(context: Pick<Context, 'stdout' | 'colorDepth'>, rows: Fields[]): Promise<void> {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = keys.map((key) => ({
    title: oneLine(key).toUpperCase(),
    value: (row: Fields) => (Object.hasOwn(row, key) && row[key] !== null ? text(row[key]!) : ''),
  }));
  await new Table(context, columns).add(rows);
}

/** A line each, labels aligned; text of several lines stays so below its label. */
function facts(value: Fields): string {
  const labels = Object.keys(value).map(oneLine);
  const width = Math.max(...labels.map(({ length }) => length));
  const line = (label: string, each: Json) =>
    `${label.padEnd(width)}   ${each === null ? '-' : text(each).replaceAll('\n', `\n${' '.repeat(width + 3)}`)}`.trimEnd();
  return Object.values(value)
    .map((each, i) => `${line(labels[i]!, each)}\n`)
    .join('');
}

/** `-o name`: what identifies it, for a script. */
function nameOf(value: Json): string {
  const name = isFields(value) ? (['name', 'id'] as const).find((key) => Object.hasOwn(value, key)) : undefined;
  return text(name === undefined ? value : (value as Fields)[name]!);
}

const text = (value: Json): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value, whole) : String(value);

const whole = (_key: string, value: unknown) => (typeof value === 'bigint' ? rawJson(String(value)) : value);
