import type { Context } from '../cli/context.ts';
import type { KubeObject } from '../kube/kube.ts';
import type { Format } from './print.ts';
import { type Column, Table } from './table.ts';

/** How rows of a list print, whatever the format. */
export interface RowPrinter<Row> {
  add(rows: readonly Row[]): Promise<void>;
  /** @param notReadable what lacks because it may not be read, in a line each */
  end(notReadable: readonly string[]): Promise<void>;
}

export interface ListLook<Row> {
  columns: Column<Row>[];
  /** Of -o json and yaml. */
  head: { apiVersion: string; kind: string };
  data(row: Row): object;
  /** Rows of a table that are waited for, so that its first page is as wide as what follows; 0 unless given. */
  first?: number;
  /** What -o name names. */
  object(row: Row): Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
}

/** A table, data of ours, or names, printed as the rows come. */
export async function listPrinter<Row>(
  context: Context,
  format: Format | undefined,
  { columns, head, data, object, first = 0 }: ListLook<Row>,
): Promise<RowPrinter<Row>> {
  if (format === 'json' || format === 'yaml') {
    const { DataList } = await import('./data-list.ts');
    const list = new DataList(context, format, head);
    return { add: (rows) => list.add(rows.map(data)), end: (notReadable) => list.end({ notReadable }) };
  }
  if (format === 'name') {
    const { ListPrinter } = await import('./print.ts');
    const list = new ListPrinter(context, format);
    return { add: (rows) => list.add(rows.map(object)), end: () => list.end() };
  }
  const table = new Table(context, columns, format === 'wide');
  const held: Row[] = [];
  const show = () => table.add(held.splice(0));
  return {
    add: async (rows) => {
      held.push(...rows);
      if (!table.empty || held.length >= first) await show();
    },
    end: show,
  };
}
