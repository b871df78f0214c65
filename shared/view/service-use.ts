import { formatQuantity } from '../resources/quantity.ts';
import type { UseRow } from '../resources/service-use.ts';
import { bar, percent } from './bar.ts';
import type { Column } from './table.ts';

type Resource = 'cpu' | 'memory';

/** The part that is used of the limit, or of the request where there is no limit; undefined where there is neither. */
export function partOf({ used, requests, limits }: UseRow, resource: Resource): number | undefined {
  const whole = limits[resource] ?? (requests[resource] || undefined);
  return used && whole ? used[resource] / whole : undefined;
}

const amount = (value: number, resource: Resource): string =>
  resource === 'cpu' && value < 1 ? `${Math.round(value * 1000)}m` : formatQuantity(value, resource);

const asks = ({ requests, limits }: UseRow, resource: Resource): string => {
  const request = requests[resource] ? amount(requests[resource], resource) : '-';
  const limit = limits[resource];
  return `${request}/${limit === undefined ? '-' : amount(limit, resource)}`;
};

/** Cells of a bar. */
const cells = 10;

/** Columns of `services stats`; with bars where a person looks. */
export function useColumns(bars: boolean): Column<UseRow>[] {
  const of = (resource: Resource, title: string): Column<UseRow>[] => [
    { title, value: ({ used }) => (used ? amount(used[resource], resource) : '') },
    { title: `${title}-ASKS`, value: (row) => asks(row, resource) },
    {
      title: `${title}-USE`,
      value(row) {
        const part = partOf(row, resource);
        if (part === undefined) return '';
        return bars ? `${bar(part, cells)} ${percent(part)}` : percent(part);
      },
      style(row) {
        const part = partOf(row, resource) ?? 0;
        return part >= 0.9 ? 'red' : part >= 0.75 ? 'yellow' : undefined;
      },
    },
  ];
  return [
    { title: 'NAME', value: ({ label }) => label },
    { title: 'PODS', value: ({ pods }) => String(pods) },
    ...of('cpu', 'CPU'),
    ...of('memory', 'MEMORY'),
    { title: 'GPUS', value: ({ gpus }) => (gpus > 0 ? String(gpus) : '') },
    { title: 'NODES', value: ({ nodes }) => nodes.join(','), wide: true },
  ];
}

/** The schema of `services stats -o json` and `-o yaml`: fields are added, never taken away or renamed. */
export const useVersion = 'kf.kubeflow.org/services-stats-v1';

/** One of the items: cores and bytes; what is not known, and a limit that is not set, is null. */
export interface UseData {
  component: { apiVersion: string; kind: string; name: string; namespace: string };
  pods: number;
  nodes: string[];
  cpu: { used: number | null; request: number; limit: number | null };
  memory: { used: number | null; request: number; limit: number | null };
  gpus: number;
}

export function useData({ object, pods, nodes, used, requests, limits, gpus }: UseRow): UseData {
  const { apiVersion, kind, metadata } = object;
  const of = (resource: Resource) => ({
    used: used?.[resource] ?? null,
    request: requests[resource],
    limit: limits[resource] ?? null,
  });
  const component = { apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '' };
  return { component, pods, nodes, cpu: of('cpu'), memory: of('memory'), gpus };
}
