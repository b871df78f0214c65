import { styleText } from 'node:util';
import type { Context } from '../cli/context.ts';
import { DataList } from '../view/data-list.ts';
import { ListPrinter } from '../view/print.ts';
import { type Column, emit, Table } from '../view/table.ts';
import { oneLine } from '../view/text.ts';
import { titleOf } from './codes.ts';
import { type Finding, type Severity, severities, whereText } from './finding.ts';
import type { Validation } from './validate.ts';

/** What `validate -o` takes. */
export const reportFormats = ['table', 'wide', 'json', 'yaml', 'name', 'sarif'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** The schema of `validate -o json` and `-o yaml`: fields are added, never taken away or renamed. */
export const validationVersion = 'kf.kubeflow.org/validation-v1';

const styles: Record<Severity, 'red' | 'yellow' | 'cyan'> = { error: 'red', warning: 'yellow', note: 'cyan' };

const columns: Column<Finding>[] = [
  { title: 'SEVERITY', value: ({ severity }) => severity, style: ({ severity }) => styles[severity] },
  { title: 'CODE', value: ({ code }) => code },
  { title: 'WHERE', value: ({ where }) => whereText(where) },
  { title: 'REASON', value: ({ reason }) => reason },
  { title: 'REMEDY', value: ({ remedy }) => remedy, wide: true },
];

/** Prints the findings: blocks for a person at a terminal who asks for nothing else, a line each everywhere else. */
export async function report(
  context: Context,
  format: ReportFormat | undefined,
  project: string,
  { findings, notReadable }: Validation,
): Promise<void> {
  switch (format) {
    case 'json':
    case 'yaml': {
      const list = new DataList(context, format, { apiVersion: validationVersion, kind: 'FindingList' });
      await list.add(findings.map(dataOf));
      return list.end({ project, notReadable });
    }
    case 'sarif': {
      const { sarif } = await import('./sarif.ts');
      return emit(context.stdout, `${JSON.stringify(sarif(project, findings, notReadable), null, 2)}\n`);
    }
    case 'name': {
      const list = new ListPrinter(context, 'name');
      const objects = findings.flatMap(({ where }) => ('file' in where ? [] : [{ ...where, metadata: where }]));
      return list.add(objects);
    }
    case undefined:
      if (context.stdout.isTTY) return blocks(context, findings);
  }
  await new Table(context, columns, format === 'wide').add(findings);
}

/** One of the items; fix is what --fix would do, or null. */
function dataOf({ code, severity, where, reason, remedy, fix }: Finding) {
  return { code, severity, title: titleOf(code), where, reason, remedy, fix: fix?.words ?? null };
}

/** Findings of one code that are shown in full. */
const most = 10;

async function blocks(context: Context, findings: readonly Finding[]): Promise<void> {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    context.colorDepth > 1 ? styleText(style, text, { validateStream: false }) : text;
  const width = Math.max(40, context.stdout.columns ?? 80);
  const lines: string[] = [];
  for (const code of new Set(findings.map((each) => each.code))) {
    const all = findings.filter((each) => each.code === code);
    const { severity } = all[0]!;
    lines.push(`${paint(styles[severity], severity)} ${code}  ${paint('bold', titleOf(code))}`);
    for (const { where, reason, remedy } of all.slice(0, most)) {
      lines.push(...wrap(`${whereText(where)}: ${reason}`, width, 2));
      lines.push(...wrap(`→ ${remedy}`, width, 4).map((line) => paint('dim', line)));
    }
    if (all.length > most) lines.push(`  and ${all.length - most} more: -o table shows all`);
    lines.push('');
  }
  await emit(context.stdout, lines.map((line) => `${line}\n`).join(''));
}

/** Whole words in lines of the width; a longer word has a line of its own. */
export function wrap(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, i) => ' '.repeat(indent + (i > 0 ? 2 : 0)) + each);
}

/** `2 errors, 1 warning`; '' where there is nothing. */
export function countText(findings: readonly Finding[]): string {
  return severities
    .map((severity) => [severity, findings.filter((each) => each.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ');
}
