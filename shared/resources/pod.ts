import type { ObjectMeta } from '../kube/kube.ts';
import { objects, text } from './fields.ts';

/** core/v1 Pod: the fields that we read. */
export interface Pod {
  metadata: ObjectMeta;
  spec?: {
    nodeName?: string;
    nodeSelector?: Record<string, string>;
    containers?: Container[];
    initContainers?: Container[];
    ephemeralContainers?: Container[];
    overhead?: Record<string, string>;
    schedulingGates?: { name: string }[];
  };
  status?: {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    reason?: string;
    message?: string;
    startTime?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
    ephemeralContainerStatuses?: ContainerStatus[];
  };
}

export interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  securityContext?: object;
  /** `Always` on an init container: it runs beside the others. */
  restartPolicy?: string;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
}

export interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  containerID?: string;
  state?: ContainerState;
  lastState?: ContainerState;
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: {
    exitCode: number;
    signal?: number;
    reason?: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
    containerID?: string;
  };
}

const all = (value: unknown): Container[] => objects(value) as unknown as Container[];

/** A pod's containers, in its own order; none where its spec is odd. */
export const containersOf = (pod: Pod): Container[] => all(pod.spec?.containers);
export const initContainersOf = (pod: Pod): Container[] => all(pod.spec?.initContainers);

export const containerNames = (pod: Pod): string[] => containersOf(pod).map(({ name }) => text(name));
