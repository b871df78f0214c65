import type { ComponentRow } from '../resources/project-status.ts';
import { age, duration } from './age.ts';
import { phaseStyleOf } from './status.ts';
import type { Column } from './table.ts';

/** `trainjob/digits` */
export const rowLabel = ({ component: { kind, name } }: ComponentRow): string => `${kind.toLowerCase()}/${name}`;

/** Columns of `status` without a component. */
export const componentColumns = (now: number): Column<ComponentRow>[] => [
  { title: 'COMPONENT', value: rowLabel },
  { title: 'STATE', value: (row) => row.phase, style: (row) => phaseStyleOf(row.phase) },
  { title: 'READY', value: (row) => `${row.nodes.ready}/${row.nodes.total}` },
  { title: 'RESTARTS', value: (row) => String(row.restarts) },
  { title: 'AGE', value: (row) => age(row.created ?? undefined, now) },
  { title: 'TOOK', value: (row) => spent(row, now), wide: true },
  { title: 'URL', value: (row) => row.url ?? '', wide: true },
  { title: 'TRY', value: (row) => row.reason?.remedy ?? '', wide: true },
  { title: 'WHY', value: (row) => row.why },
];

function spent({ phase, started, finished }: ComponentRow, now: number): string {
  if (!started || ['Pending', 'Suspended', 'Deleting', 'Stopped'].includes(phase)) return '-';
  return duration(((finished ? Date.parse(finished) : now) - Date.parse(started)) / 1000);
}
