import type { Health, HealthWord } from '../resources/service-health.ts';
import type { Column } from './table.ts';

const styles: Record<HealthWord, 'green' | 'red' | 'yellow' | 'gray'> = {
  Healthy: 'green',
  Degraded: 'yellow',
  Unhealthy: 'red',
  Stopped: 'gray',
  Unknown: 'gray',
};

/** Columns of `services health`. */
export const healthColumns: Column<Health>[] = [
  { title: 'TYPE', value: ({ entry }) => entry.type },
  { title: 'NAME', value: ({ entry }) => entry.label },
  { title: 'HEALTH', value: ({ health }) => health, style: ({ health }) => styles[health] },
  { title: 'READY', value: readyOf },
  { title: 'ANSWER', value: ({ probe }) => (probe?.result === 'answered' ? probe.words : '') },
  { title: 'TOOK', value: ({ probe }) => (probe?.ms === undefined ? '' : `${probe.ms}ms`) },
  { title: 'STATE', value: ({ entry }) => entry.state?.phase ?? '', wide: true },
  { title: 'WHY', value: ({ why, probe }) => why || (probe?.result === 'skipped' ? `not asked: ${probe.words}` : '') },
];

function readyOf({ endpoints, entry }: Health): string {
  const ready = endpoints ?? entry.state?.nodes;
  return ready ? `${ready.ready}/${Math.max(ready.total, entry.state?.nodes.total ?? 0)}` : '';
}

/** The schema of `services health -o json` and `-o yaml`: fields are added, never taken away or renamed. */
export const healthVersion = 'kf.kubeflow.org/services-health-v1';

/** One of the items; what is not known is null. */
export interface HealthData {
  type: string;
  component: { apiVersion: string; kind: string; name: string; namespace: string };
  health: HealthWord;
  endpoints: { ready: number; total: number } | null;
  probe: { result: string; words: string; milliseconds: number | null } | null;
  why: string;
}

export function healthData({ entry, health, endpoints, probe, why }: Health): HealthData {
  const { apiVersion, kind, metadata } = entry.object;
  return {
    type: entry.type,
    component: { apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '' },
    health,
    endpoints: endpoints ? { ready: endpoints.ready, total: endpoints.total } : null,
    probe: probe ? { result: probe.result, words: probe.words, milliseconds: probe.ms ?? null } : null,
    why,
  };
}
