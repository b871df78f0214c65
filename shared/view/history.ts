import type { Moment } from '../resources/history.ts';
import type { JobRow } from '../resources/list.ts';
import { age } from './age.ts';
import { jobName, phaseStyle, spent } from './jobs.ts';
import type { Column } from './table.ts';
import { clip, oneLine } from './text.ts';

/** Columns of `train history`. */
export function runColumns(now: number, namespaces: boolean): Column<JobRow>[] {
  const began = ({ state, created }: JobRow) =>
    state.phase === 'Pending' || state.phase === 'Suspended'
      ? `${age(created, now)} ago (created)`
      : `${age(state.started, now)} ago`;
  return [
    ...(namespaces ? [{ title: 'NAMESPACE', value: (row: JobRow) => row.namespace }] : []),
    { title: 'NAME', value: jobName },
    { title: 'OUTCOME', value: (row) => row.state.phase, style: (row) => phaseStyle(row.state.phase) },
    { title: 'STARTED', value: began },
    { title: 'TOOK', value: (row) => spent(row, now) },
    { title: 'NODES', value: (row) => String(row.state.nodes.total) },
    { title: 'RUNTIME', value: (row) => row.runtime },
    // A program given on the command line would fill the screen.
    { title: 'CODE/ARGS', value: (row) => clip(oneLine(row.words), 60) },
    { title: 'WHY', value: (row) => row.state.why },
  ];
}

/** Columns of `train history <name>`. */
export const momentColumns = (now: number): Column<Moment>[] => [
  { title: 'TIME', value: (moment) => moment.time.replace(/\.\d+Z$/, 'Z') },
  { title: 'AGO', value: (moment) => age(moment.time, now) },
  { title: 'WHAT', value: (moment) => moment.what },
  { title: 'WHY', value: (moment) => moment.why },
];
