import type { ComponentPhase } from '../resources/component.ts';
import type { ServiceEntry } from '../resources/services.ts';
import { age } from './age.ts';
import type { Column } from './table.ts';

const styles: Partial<Record<ComponentPhase, 'green' | 'red' | 'yellow' | 'cyan' | 'gray'>> = {
  Succeeded: 'green',
  Ready: 'green',
  Running: 'green',
  Failed: 'red',
  Pending: 'yellow',
  Updating: 'yellow',
  Resuming: 'yellow',
  Restarting: 'yellow',
  Deleting: 'gray',
  Stopped: 'gray',
  Suspended: 'gray',
};

/** How a person gets to it: its URL, else the command that does it. */
export function reachOf({ type, label, url, state }: Pick<ServiceEntry, 'type' | 'label' | 'url' | 'state'>): string {
  if (type === 'job') return `kubectl kf logs -f ${label}`;
  if (type === 'job history') return label.startsWith('service/') ? openOf(label, url) : `kubectl kf logs ${label}`;
  return state?.phase === 'Stopped' ? '' : openOf(label, url);
}

const openOf = (label: string, url: string | undefined) => url ?? `kubectl kf services open ${label}`;

const readyOf = ({ state }: ServiceEntry) => (state ? `${state.nodes.ready}/${state.nodes.total}` : '');

/** Columns of `services list`. The URL is not the last one, which would be cut. */
export const serviceColumns = (now: number): Column<ServiceEntry>[] => [
  { title: 'TYPE', value: (entry) => entry.type },
  { title: 'NAME', value: (entry) => entry.label },
  {
    title: 'STATE',
    value: (entry) => entry.state?.phase ?? '',
    style: (entry) => (entry.state ? styles[entry.state.phase] : undefined),
  },
  { title: 'READY', value: readyOf },
  { title: 'AGE', value: (entry) => age(entry.object.metadata.creationTimestamp, now) },
  { title: 'IN-CLUSTER', value: (entry) => entry.inside ?? '', wide: true },
  { title: 'REACH', value: reachOf },
  { title: 'WHY', value: (entry) => entry.state?.why ?? '' },
];

/** The schema of `services list -o json` and `-o yaml`: fields are added, never taken away or renamed. */
export const servicesVersion = 'kf.kubeflow.org/services-v1';

/** One of the items of `kubectl kf services list -o json`; what is not known is null. */
export interface ServiceData {
  type: string;
  component: { apiVersion: string; kind: string; name: string; namespace: string };
  phase: string | null;
  why: string;
  nodes: { ready: number; total: number } | null;
  created: string | null;
  /** From outside of the cluster. */
  url: string | null;
  inCluster: string | null;
  /** A command that leads to it where there is no URL. */
  reach: string;
}

export function serviceData(entry: ServiceEntry): ServiceData {
  const { type, object, state, url, inside } = entry;
  const { apiVersion, kind, metadata } = object;
  return {
    type,
    component: { apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '' },
    phase: state?.phase ?? null,
    why: state?.why ?? '',
    nodes: state ? { ready: state.nodes.ready, total: state.nodes.total } : null,
    created: metadata.creationTimestamp ?? null,
    url: url ?? null,
    inCluster: inside ?? null,
    reach: reachOf(entry),
  };
}
