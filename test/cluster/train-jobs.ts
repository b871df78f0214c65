/** TrainJobs for the tests of what is done with jobs that are there. */
import { trainRuntime } from './index.ts';
import { create } from './pods.ts';

export interface Wanted {
  nodes?: number;
  /** Python. */
  code?: string;
  memory?: string;
  suspend?: boolean;
  metadata?: object;
  image?: string;
}

/** Makes a TrainJob that runs a bit of Python. */
export const makeJob = (ns: string, name: string, wanted: Wanted = {}): Promise<void> =>
  create(ns, {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name, ...wanted.metadata },
    spec: {
      suspend: wanted.suspend ?? false,
      runtimeRef: { name: trainRuntime() },
      trainer: {
        numNodes: wanted.nodes ?? 1,
        command: ['python3', '-c', wanted.code ?? 'print("done")'],
        ...(wanted.image ? { image: wanted.image } : {}),
        resourcesPerNode: { requests: { cpu: '10m', memory: wanted.memory ?? '16Mi' } },
      },
    },
  });

/** Ends at once when it is told to: a plain sleep as the first process ignores SIGTERM. */
export const forever = 'import signal, time; signal.signal(15, lambda *a: exit(0)); time.sleep(3600)';
