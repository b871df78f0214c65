/** Jobs that wait or fail, each for a reason of its own that the real cluster makes; and what is to be said of it. */

export interface Case {
  /** Of the job; no other case has it. */
  name: string;
  job: object;
  /** What it needs beside it, made before it. */
  with?: object[];
  /** What `status` says in its first line, after the phase. */
  phase: string;
  why: RegExp;
  code: string;
  /** What it says of what to do. */
  remedy?: RegExp;
  /** Where `train -f` says it otherwise than `status`. */
  follow?: RegExp;
  /** In a namespace that no other case is in. */
  alone?: boolean;
  /** Labels of that namespace. */
  labels?: Record<string, string>;
}

const image = 'local.test/python:1';

/** A Job of one pod that runs Python once. */
export function job(
  name: string,
  code: string,
  pod: object = {},
  container: object = {},
  metadata: object = {},
): object {
  const main = { name: 'main', image, command: ['python3', '-c', code], ...container };
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [main], ...pod };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { backoffLimit: 0, template: { metadata, spec } },
  };
}

export const idle = 'import time; time.sleep(600)';
export const v1 = (kind: string, name: string, rest: object) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...rest,
});
const claim = (name: string) => ({
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
});
const mounted = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };

/** Of the scheduler. */
const unscheduled: Case[] = [
  {
    name: 'much-memory',
    job: job('much-memory', idle, {}, { resources: { requests: { memory: '900Gi' } } }),
    phase: 'Pending',
    why: /^not enough memory \(asks 900Gi, \S+ has \S+ free\)/,
    code: 'resources',
    remedy: /^ask for less memory .*: no node has more than \S+ in all/,
  },
  {
    name: 'no-gpu',
    job: job('no-gpu', idle, {}, { resources: { limits: { 'nvidia.com/gpu': '8' } } }),
    phase: 'Pending',
    why: /^no node has nvidia.com\/gpu \(asks 8\)/,
    code: 'resources',
    remedy: /^ask for no nvidia.com\/gpu/,
  },
  {
    name: 'no-such-node',
    job: job('no-such-node', idle, { nodeSelector: { disk: 'fast' } }),
    phase: 'Pending',
    why: /^no node fits its node selector \(disk=fast\)/,
    code: 'placement',
    remedy: /kubectl get nodes --show-labels/,
  },
  {
    name: 'unbound-claim',
    with: [
      v1('PersistentVolumeClaim', 'data', {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      }),
    ],
    job: job('unbound-claim', idle, claim('data'), mounted),
    phase: 'Pending',
    why: /^volume claim data is not bound to a volume: no persistent volumes available .* no storage class is set/,
    code: 'volume',
    remedy: /^name a storage class/,
  },
  {
    name: 'no-claim',
    job: job('no-claim', idle, claim('nowhere'), mounted),
    phase: 'Pending',
    why: /^volume claim nowhere does not exist/,
    code: 'volume',
    remedy: /^create the claim nowhere/,
  },
  {
    name: 'gated',
    job: job('gated', idle, { schedulingGates: [{ name: 'kf.example/hold' }] }),
    phase: 'Pending',
    why: /^held back by kf.example\/hold/,
    code: 'gate',
    remedy: /scheduling gate/,
  },
];

/** Of the kubelet, before a container runs. */
const notStarted: Case[] = [
  {
    name: 'no-image',
    job: job('no-image', idle, {}, { image: 'registry.invalid/none:1' }),
    phase: 'Pending',
    why: /^image registry.invalid\/none:1 can't be pulled: registry not reachable/,
    code: 'image',
    remedy: /registry's name/,
  },
  {
    name: 'bad-image',
    job: job('bad-image', idle, {}, { image: 'UPPER/Case' }),
    phase: 'Pending',
    why: /^"UPPER\/Case" is no image name/,
    code: 'image',
    remedy: /lower case/,
  },
  {
    name: 'never-pulled',
    job: job('never-pulled', idle, {}, { image: 'local.test/absent:1', imagePullPolicy: 'Never' }),
    phase: 'Pending',
    why: /^image local.test\/absent:1 is not on the node, and its pull policy is Never/,
    code: 'image',
    remedy: /IfNotPresent/,
  },
  {
    name: 'no-config-map',
    job: job('no-config-map', idle, {}, { envFrom: [{ configMapRef: { name: 'settings' } }] }),
    phase: 'Pending',
    why: /^configmap "settings" not found/,
    code: 'config',
    remedy: /^create the configmap settings/,
  },
  {
    name: 'no-key',
    with: [v1('Secret', 'login', { stringData: { user: 'x' } })],
    job: job(
      'no-key',
      idle,
      {},
      { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'login', key: 'token' } } }] },
    ),
    phase: 'Pending',
    why: /^couldn't find key token in Secret \S+\/login/,
    code: 'config',
    remedy: /^add the key token to the secret login/,
  },
  {
    name: 'no-secret',
    job: job('no-secret', idle, { volumes: [{ name: 'data', secret: { secretName: 'hidden' } }] }, mounted),
    phase: 'Pending',
    why: /^volume not ready: "data" : secret "hidden" not found/,
    code: 'mount',
    remedy: /^create the secret hidden/,
  },
];

/** Of the program itself. */
const ended: Case[] = [
  {
    name: 'no-command',
    job: job('no-command', '', {}, { command: ['no-such-program'] }),
    phase: 'Failed',
    why: /^\S+ could not start: exec: "no-such-program": executable file not found in \$PATH/,
    code: 'start',
    remedy: /check command/,
  },
  {
    name: 'crashes',
    job: job('crashes', 'print("loading"); raise ValueError("shapes do not fit")'),
    phase: 'Failed',
    why: /^\S+ exited 1: ValueError: shapes do not fit$/,
    code: 'crash',
    follow: /exited 1[\s\S]*ValueError: shapes do not fit/,
  },
  {
    name: 'too-large',
    job: job(
      'too-large',
      'x = bytearray(400_000_000); print(len(x))',
      {},
      { resources: { limits: { memory: '48Mi' } } },
    ),
    phase: 'Failed',
    why: /^\S+ ran out of memory \(limit 48Mi, OOMKilled\)/,
    code: 'memory',
    remedy: /resources.limits.memory/,
  },
  {
    name: 'bad-start',
    job: job('bad-start', idle, {
      initContainers: [{ name: 'fetch', image, command: ['python3', '-c', 'print("no data"); exit(4)'] }],
    }),
    phase: 'Failed',
    why: /^\S+ fetch exited 4/,
    code: 'crash',
  },
];

export const cases: Case[] = [...unscheduled, ...notStarted, ...ended];
