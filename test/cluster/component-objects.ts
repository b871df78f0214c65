/** Components for the tests, by the real controllers; each is small and ends at once when it is told to. */
import { trainRuntime } from './index.ts';

const image = 'local.test/busybox:1';
const requests = { cpu: '5m', memory: '8Mi' };

/** A container that stays up. */
export const stays = (name = 'main') => ({
  name,
  image,
  command: ['sh', '-c', 'echo is up; exec sleep 3600'],
  resources: { requests },
});
const ends = (script: string) => ({ name: 'main', image, command: ['sh', '-c', script], resources: { requests } });

export const podSpec = (container: object = stays(), more: object = {}) => ({
  terminationGracePeriodSeconds: 0,
  containers: [container],
  ...more,
});

const workload = (kind: string, name: string, labels: Record<string, string>, spec: object, container?: object) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, labels },
  spec: {
    selector: { matchLabels: { run: name } },
    template: { metadata: { labels: { run: name, ...labels } }, spec: podSpec(container) },
    ...spec,
  },
});

export const deployment = (name: string, replicas = 1, labels = {}, container?: object) =>
  workload('Deployment', name, labels, { replicas }, container);
export const crashing = (name: string) => deployment(name, 1, {}, ends('exit 3'));
export const statefulSet = (name: string, replicas = 1, labels = {}) =>
  workload('StatefulSet', name, labels, { replicas, serviceName: name });
export const daemonSet = (name: string) => workload('DaemonSet', name, {}, {});

export const pod = (name: string, labels: Record<string, string> = {}, container: object = stays()) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: podSpec(container, { restartPolicy: 'Never' }),
});

const jobSpec = (script: string) => ({
  backoffLimit: 0,
  template: { spec: podSpec(ends(script), { restartPolicy: 'Never' }) },
});

export const job = (name: string, script = 'echo done') => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: jobSpec(script),
});

/** Runs each minute. */
export const cronJob = (name: string, script = 'echo tick; sleep 3600') => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: { schedule: '* * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: jobSpec(script) } },
});

export const jobSet = (name: string) => ({
  apiVersion: 'jobset.x-k8s.io/v1alpha2',
  kind: 'JobSet',
  metadata: { name },
  spec: {
    replicatedJobs: [
      {
        name: 'worker',
        replicas: 1,
        template: { spec: { parallelism: 2, completions: 2, completionMode: 'Indexed', ...jobSpec('sleep 3600') } },
      },
    ],
  },
});

export const trainJob = (name: string) => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name },
  spec: {
    runtimeRef: { name: trainRuntime() },
    trainer: {
      numNodes: 2,
      command: ['python3', '-c', 'import time, signal; signal.signal(15, lambda *a: exit(0)); time.sleep(3600)'],
      resourcesPerNode: { requests: { cpu: '10m', memory: '16Mi' } },
    },
  },
});

const partOf = (name: string) => ({ 'app.kubernetes.io/part-of': name });

/** What a kustomize package installs: two workloads, a Service and a ConfigMap, by one label. */
export const shop = (name: string) => [
  deployment(`${name}-web`, 2, partOf(name)),
  statefulSet(`${name}-db`, 1, partOf(name)),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${name}-web`, labels: partOf(name) },
    spec: { selector: { run: `${name}-web` }, ports: [{ port: 80 }] },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-config`, labels: partOf(name) }, data: {} },
];

/** A person who may do that much in the namespace: a Role and its binding. */
export const allowed = (user: string, rules: object[]) => [
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: user }, rules },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: user },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  },
];
