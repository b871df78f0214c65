import type { KubeObject } from '../kube/kube.ts';
import type { ComponentPhase, ComponentState } from './component.ts';
import { eventCount, eventTime, type KubeEvent } from './events.ts';
import type { PodPhase } from './pods.ts';
import type { Reason, ReasonCode } from './reason.ts';

/**
 * What `status -o json` and `-o yaml` give: a schema that is kept. Fields are added, never taken away, renamed or given another
 * type; what is not known is null, never left out. Times are RFC 3339.
 */
export const statusVersion = 'kf.kubeflow.org/status-v1';

/** `kubectl kf status <component> -o json`. */
export interface StatusData extends SummaryData {
  apiVersion: typeof statusVersion;
  kind: 'ComponentStatus';
  failure: FailureData | null;
  /** null: they may not be read. */
  pods: PodData[] | null;
  /** What it made, each with the one that made it. */
  owns: OwnedData[];
  /** Oldest first. */
  events: EventData[];
  /** What the caller may not read: `pods`, `jobsets.jobset.x-k8s.io`. */
  notReadable: string[];
}

/** One of the items of `kubectl kf status -o json`, whose list is `{apiVersion, kind: "ComponentStatusList", items, notReadable}`. */
export interface SummaryData {
  component: { apiVersion: string; kind: string; name: string; namespace: string };
  phase: ComponentPhase;
  /** For people; '' where there is nothing to say. */
  why: string;
  /** For programs: what kind of reason it is, and what to do. */
  reason: { code: ReasonCode; remedy: string } | null;
  nodes: { ready: number; total: number };
  restarts: number;
  created: string | null;
  started: string | null;
  finished: string | null;
  url: string | null;
}

export interface FailureData {
  pod: string;
  container: string;
  rank: string;
  /** -1 where it is not known. */
  exitCode: number;
  /** Kubernetes' word for it: `Error`, `OOMKilled`, `Evicted`. */
  reason: string;
  /** The last lines of its log, oldest first; none where it is gone or may not be read. */
  lastLines: string[];
}

export interface PodData {
  name: string;
  rank: string;
  phase: PodPhase;
  ready: boolean;
  restarts: number;
  node: string | null;
  started: string | null;
  finished: string | null;
  exitCode: number | null;
  /** Why it waits or failed; '' where there is nothing to say. */
  why: string;
}

export interface OwnedData {
  apiVersion: string;
  kind: string;
  name: string;
  /** `job/gan-node-0` */
  owner: string;
}

export interface EventData {
  time: string;
  type: string;
  reason: string;
  message: string;
  /** `Job/gan-node-0` */
  about: string;
  count: number;
}

/** What one component's line says, as data. */
export function summaryData(
  object: KubeObject,
  state: ComponentState,
  reason: Reason | undefined,
  url: string | undefined,
): SummaryData {
  const { apiVersion, kind, metadata } = object;
  return {
    component: { apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '' },
    phase: state.phase,
    why: state.why,
    reason: reason ? { code: reason.code, remedy: reason.remedy } : null,
    nodes: { ready: state.nodes.ready, total: state.nodes.total },
    restarts: state.restarts,
    created: metadata.creationTimestamp ?? null,
    started: state.started ?? null,
    finished: state.finished ?? null,
    url: url ?? null,
  };
}

export const eventData = (event: KubeEvent): EventData => ({
  time: eventTime(event),
  type: event.type ?? '',
  reason: event.reason ?? '',
  message: event.message ?? '',
  about: `${event.involvedObject?.kind ?? ''}/${event.involvedObject?.name ?? ''}`,
  count: eventCount(event),
});
