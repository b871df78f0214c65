import type { KubeObject } from '../kube/kube.ts';
import type { Pod } from './pod.ts';
import type { Failure } from './resource.ts';

/** What a component does, in one word; the words of jobs (resource.ts) are among them. */
export const componentPhases = [
  'Pending',
  'Running',
  'Ready',
  'Scheduled',
  'Stopped',
  'Suspended',
  'Resuming',
  'Restarting',
  'Updating',
  'Succeeded',
  'Failed',
  'Deleting',
  'Unknown',
] as const;
export type ComponentPhase = (typeof componentPhases)[number];

export interface ComponentState {
  phase: ComponentPhase;
  /** In plain words: why it waits or failed; '' where there is nothing to say. */
  why: string;
  /** Pods that are ready, of how many there should be. */
  nodes: { ready: number; total: number };
  restarts: number;
  /** RFC 3339, where known. */
  started: string | undefined;
  finished: string | undefined;
  /** The pod that failed, with its exit code, where the pods tell. */
  failure: Failure | undefined;
}

/**
 * What the commands must know of a kind of component; one file a kind implements it (design: "Components"). Pure: objects
 * in, values out. A job's kind (resource.ts) becomes one by `jobComponent` of components.ts.
 */
export interface ComponentKind {
  /** '' for the core group. */
  group: string;
  kind: string;
  plural: string;
  /** Newest first; what the cluster serves decides. */
  versions: string[];
  shortNames: string[];
  /** Sharper where its pods are given (already filtered to this component). */
  state(object: KubeObject, pods?: readonly Pod[]): ComponentState;
  /** Label selector for its pods; undefined where only ownerReferences lead to them. */
  podSelector(object: KubeObject): string | undefined;
  /** The container that a person means when none is named. */
  mainContainer(pod: Pod): string;
  /** A pod's name among its component's: `node-1`; else the pod's own. */
  rank(pod: Pod): string;
  /** Where a person reaches it, as its status or annotations say. */
  url?(object: KubeObject): string | undefined;
  /** What `services list` calls it; undefined: it serves nothing. */
  service?: 'notebook' | 'model server' | 'dashboard' | 'tensorboard' | 'job';
  /** Kinds of the objects it makes: `jobsets.jobset.x-k8s.io`, `pods`. */
  owns: string[];
}

/** A component that is there, with all that is needed to act on it. */
export interface Component {
  kind: ComponentKind;
  object: KubeObject;
  name: string;
  namespace: string;
  /** From the server's root; '' for a package, which is no object: only its members are (package.ts, membersOf). */
  path: string;
}
