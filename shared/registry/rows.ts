import type { Level, Runtime, Summary } from './entry.ts';

/** meta/v1 TableRow, without the object. */
export interface Row {
  cells: unknown[];
}

interface PrinterColumn {
  name: string;
  type: 'string' | 'date' | 'boolean';
  jsonPath: string;
  /** 1: with `-o wide` only. */
  priority?: number;
}

/**
 * The columns of kubectl get, and all that a list of ours is made of: the server takes them out of the objects, so that no source is
 * sent for it.
 */
export const printerColumns: PrinterColumn[] = [
  { name: 'Version', type: 'string', jsonPath: '.spec.version' },
  { name: 'Runtime', type: 'string', jsonPath: '.spec.runtime' },
  { name: 'Runs', type: 'string', jsonPath: '.spec.runs[0]' },
  { name: 'Replaces', type: 'string', jsonPath: '.spec.replaces' },
  { name: 'Summary', type: 'string', jsonPath: '.spec.summary' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Added-By', type: 'string', jsonPath: '.metadata.annotations.kf\\.kubeflow\\.org/added-by', priority: 1 },
  { name: 'Digest', type: 'string', jsonPath: '.spec.digest', priority: 1 },
  { name: 'Pinned', type: 'boolean', jsonPath: '.spec.pinned', priority: 1 },
  { name: 'Created', type: 'string', jsonPath: '.metadata.creationTimestamp', priority: 1 },
];

/** How a table is asked for (Kubernetes API concepts, "Receiving resources as Tables"). */
export const tables = {
  accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  query: { includeObject: 'None' },
};

/** Reads rows of a table by the names of its columns; one that an older registry lacks is ''. */
export function rowReader(table: Record<string, unknown>, level: Level, namespace: string): (row: Row) => Summary {
  const definitions = Array.isArray(table.columnDefinitions) ? (table.columnDefinitions as { name?: string }[]) : [];
  const places = new Map(definitions.map(({ name }, i) => [name, i]));
  return ({ cells }) => {
    const cell = (name: string): string => {
      const value = cells[places.get(name) ?? -1];
      return value === null || value === undefined ? '' : String(value);
    };
    const [replaces, addedBy, created] = [cell('Replaces'), cell('Added-By'), cell('Created')];
    return {
      name: cell('Name'),
      level,
      namespace,
      version: cell('Version'),
      digest: cell('Digest'),
      runtime: cell('Runtime') as Runtime,
      summary: cell('Summary'),
      ...(replaces ? { replaces } : {}),
      ...(cell('Pinned') === 'true' ? { pinned: true } : {}),
      ...(addedBy ? { addedBy } : {}),
      ...(created ? { created } : {}),
    };
  };
}
