import type { KubeObject } from '../kube/kube.ts';
import type { Pod } from './pod.ts';

/** Where a kind is served (apis/<group>/<version>/<plural>). */
export interface Served {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

/** What a job is doing, whatever its kind (design: "The state is right where the API leaves it open"). */
export const phases = [
  'Pending',
  'Running',
  'Suspended',
  'Resuming',
  'Restarting',
  'Succeeded',
  'Failed',
  'Deleting',
  'Unknown',
] as const;
export type Phase = (typeof phases)[number];

export interface JobState {
  phase: Phase;
  /** In plain words: why it waits or failed; '' where there is nothing to say. */
  why: string;
  nodes: { ready: number; total: number };
  restarts: number;
  /** RFC 3339, where known. */
  started: string | undefined;
  finished: string | undefined;
  /** The node that failed, with its exit code, where the pods tell. */
  failure: Failure | undefined;
}

export interface Failure {
  rank: string;
  pod: string;
  container: string;
  exitCode: number;
  /** Kubernetes' word for it (`Error`, `OOMKilled`, `Evicted`, `StartError`), where there is one. */
  reason: string;
  /** In plain words, without the rank: `exited 1`, `ran out of memory (limit 2Gi)`. */
  text: string;
}

/**
 * One file a kind implements this: everything that a command must know of it. Pure: objects in, values out.
 */
export interface JobKind {
  group: string;
  kind: string;
  plural: string;
  /** Newest first; what the cluster serves decides. */
  versions: string[];
  shortNames: string[];
  /** Label selector for the job's pods. */
  podSelector(name: string): string;
  /** The container whose log is the job's. */
  mainContainer(pod: Pod): string;
  /** A pod's name among its job's: `node-1`, `worker-0`, `launcher`. */
  rank(pod: Pod): string;
  /** The runtime's name, or the image: what a list shows as RUNTIME. */
  runtime(job: KubeObject): string;
  /**
   * State from the job alone, sharper where its pods are given (already filtered to this job).
   * @param nodes how many there are where the job leaves that to its runtime
   */
  state(job: KubeObject, pods?: readonly Pod[], nodes?: number): JobState;
  /** Kinds of the objects it makes: `jobsets.jobset.x-k8s.io`, `pods`. */
  owns: string[];
  /** A merge patch that suspends or resumes it; undefined where the kind can't. */
  suspendPatch(suspend: boolean): object | undefined;
}
