import type { KubeObject } from '../kube/kube.ts';
import type { SubcommandSpec } from '../registry/entry.ts';
import { supervisorWords } from './pod-text.ts';

/** Where a run's ConfigMap is mounted. */
export const mounted = '/kf';

export const subcommandLabel = 'kf.kubeflow.org/subcommand';
/** Of the runner's pod: `base` where it has the cluster's base image, otherwise `other`. */
export const runnerLabel = 'kf.kubeflow.org/runner';
const managed = { 'app.kubernetes.io/managed-by': 'kubectl-kf' };

/** Seconds that a job may wait for its pod while nobody says that they still wait. */
export const lease = 600;
/** Seconds that a run, or a runner, may take. */
export const longest = 7 * 24 * 3600;

export interface PodOptions {
  name: string;
  namespace: string;
  image: string;
  serviceAccount: string;
}

/** One run: its pod waits for the call, which comes by exec. */
export function runJob(options: PodOptions, subcommand: string): KubeObject {
  return job(options, {
    labels: { [subcommandLabel]: subcommand },
    command: supervisorWords(30, 5),
    deadline: lease,
    ttl: 60,
    source: options.name,
  });
}

/** The runner: ready for runs until none has come for so many seconds. */
export const runnerJob = (options: PodOptions, kind: 'base' | 'other', idle: number): KubeObject =>
  job(options, {
    labels: { [runnerLabel]: kind },
    command: supervisorWords(idle, idle),
    deadline: longest,
    ttl: 0,
  });

interface JobParts {
  labels: Record<string, string>;
  command: string[];
  deadline: number;
  ttl: number;
  /** The ConfigMap with the source. */
  source?: string;
}

function job({ name, namespace, image, serviceAccount }: PodOptions, parts: JobParts): KubeObject {
  const labels = { ...managed, ...parts.labels };
  const source = parts.source === undefined ? [] : [{ name: 'source', configMap: { name: parts.source } }];
  const container = {
    name: 'main',
    image,
    command: parts.command,
    imagePullPolicy: 'IfNotPresent',
    // So that a project's quota can count it.
    resources: { requests: { cpu: '100m', memory: '128Mi' } },
    // What the strictest of Kubernetes' pod security levels asks for.
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...source.map((volume) => ({ name: volume.name, mountPath: mounted, readOnly: true })),
    ],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: parts.deadline,
      ttlSecondsAfterFinished: parts.ttl,
      template: {
        // A mesh's proxy beside it would go on when it has ended.
        metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 5,
          serviceAccountName: serviceAccount,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            fsGroup: 1000,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [container],
          volumes: [{ name: 'tmp', emptyDir: {} }, ...source],
        },
      },
    },
  };
}

/** The source as a job's pod gets it: keys take no `/`, so that each file is known by its number. */
export function sourceMap(job: KubeObject, { files }: Pick<SubcommandSpec, 'files'>): KubeObject {
  const { name, namespace, uid, labels } = job.metadata;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: namespace!,
      labels: labels!,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: uid! }],
    },
    data: Object.fromEntries(Object.values(files).map((text, i) => [String(i), text])),
  };
}
