import type { JobRow } from '../resources/list.ts';
import type { Phase } from '../resources/resource.ts';
import { took } from '../resources/state.ts';
import { age, duration } from './age.ts';
import type { Column } from './table.ts';

const styles: Partial<Record<Phase, 'green' | 'red' | 'yellow' | 'cyan' | 'gray'>> = {
  Succeeded: 'green',
  Failed: 'red',
  Running: 'cyan',
  Pending: 'yellow',
  Resuming: 'yellow',
  Restarting: 'yellow',
  Deleting: 'gray',
  Suspended: 'gray',
};

export const phaseStyle = (phase: Phase) => styles[phase];

/** The name that every command takes: other kinds than TrainJob show theirs. */
export const jobName = (row: Pick<JobRow, 'kind' | 'name'>): string =>
  row.kind === 'TrainJob' ? row.name : `${row.kind.toLowerCase()}/${row.name}`;

/** Columns of `train list`. */
export function jobColumns(now: number, namespaces: boolean): Column<JobRow>[] {
  return [
    ...(namespaces ? [{ title: 'NAMESPACE', value: (row: JobRow) => row.namespace }] : []),
    { title: 'NAME', value: jobName },
    { title: 'STATE', value: (row) => row.state.phase, style: (row) => styles[row.state.phase] },
    { title: 'NODES', value: (row) => `${row.state.nodes.ready}/${row.state.nodes.total}` },
    { title: 'RUNTIME', value: (row) => row.runtime },
    { title: 'KIND', value: (row) => row.kind, wide: true },
    { title: 'RESTARTS', value: (row) => String(row.state.restarts), wide: true },
    { title: 'AGE', value: (row) => age(row.created, now) },
    { title: 'TOOK', value: (row) => spent(row, now) },
    { title: 'WHY', value: (row) => row.state.why },
  ];
}

export function spent(row: Pick<JobRow, 'state'>, now: number): string {
  const seconds = took(row.state, now);
  return seconds === undefined ? '-' : duration(seconds);
}
