/** Jobs whose pods may not be made: by quota, limits, admission, or for what they name. */
import { type Case, idle, job, v1 } from './waits.ts';

/** Of who may refuse a pod; the job's controller is told, nobody else. */
export const refusedCases: Case[] = [
  {
    name: 'over-quota',
    with: [v1('ResourceQuota', 'chips', { spec: { hard: { 'requests.example.com/chip': '1' } } })],
    job: job('over-quota', idle, {}, { resources: { limits: { 'example.com/chip': '2' } } }),
    phase: 'Pending',
    why: /^over the quota chips: asks requests.example.com\/chip=2, used requests.example.com\/chip=0 of requests.example.com\/chip=1/,
    code: 'quota',
    remedy: /kubectl describe quota chips/,
    alone: true,
  },
  {
    name: 'over-limits',
    with: [v1('LimitRange', 'small', { spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] } })],
    job: job('over-limits', idle, {}, { resources: { limits: { memory: '1Gi' } } }),
    phase: 'Pending',
    why: /^outside the project's limits: maximum memory usage per Container is 64Mi, but limit is 1Gi/,
    code: 'quota',
    remedy: /limitrange/,
    alone: true,
  },
  {
    name: 'insecure',
    job: job('insecure', idle),
    phase: 'Pending',
    why: /^refused by the pod security level restricted: allowPrivilegeEscalation != false/,
    code: 'admission',
    remedy: /securityContext/,
    alone: true,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  },
  {
    name: 'no-account',
    job: job('no-account', idle, { serviceAccountName: 'robot' }),
    phase: 'Pending',
    why: /^service account robot does not exist/,
    code: 'config',
    remedy: /kubectl get serviceaccounts/,
  },
  {
    name: 'no-priority',
    job: job('no-priority', idle, { priorityClassName: 'utmost' }),
    phase: 'Pending',
    why: /^priority class utmost does not exist/,
    code: 'config',
    remedy: /kubectl get priorityclasses/,
  },
];

/** A policy of the cluster's admin: pods with the label may not be. Its name and the namespace's are its own. */
export const policy = (name: string, ns: string): object[] => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns } },
        objectSelector: { matchLabels: { 'kf.example/refuse': 'yes' } },
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: [{ expression: 'false', message: 'a pod must name its cost centre' }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  },
];

export const refusedByPolicy: Case = {
  name: 'against-policy',
  job: job('against-policy', idle, {}, {}, { labels: { 'kf.example/refuse': 'yes' } }),
  phase: 'Pending',
  why: /^refused by the policy \S+: a pod must name its cost centre/,
  code: 'admission',
  remedy: /change what the policy names/,
};
