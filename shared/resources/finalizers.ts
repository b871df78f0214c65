import type { KubeObject } from '../kube/kube.ts';
import { at, objects, record, text, texts } from './fields.ts';

/** What Kubernetes' and Kubeflow's own finalizers wait for, in plain words. */
const known: Record<string, string> = {
  'kubernetes.io/pvc-protection': 'Kubernetes keeps the claim while a pod uses it',
  'kubernetes.io/pv-protection': 'Kubernetes keeps the volume while a claim is bound to it',
  'batch.kubernetes.io/job-tracking': 'the Job controller has not counted the pod yet',
  'service.kubernetes.io/load-balancer-cleanup': "the cloud's controller has not taken its load balancer away yet",
  'kueue.x-k8s.io/resource-in-use': 'Kueue has not given its quota back yet',
  'kueue.x-k8s.io/managed': 'Kueue has not given its quota back yet',
  'inferenceservice.finalizers': 'KServe has not taken it down yet',
  'profile-finalizer': "Kubeflow's profile controller has not taken the project down yet",
  'trainer.kubeflow.org/finalizer': 'Kubeflow Trainer has not taken it down yet',
};

/** Those of the garbage collector itself: they wait for what the object owns, which is waited for anyway. */
const collectors = new Set(['foregroundDeletion', 'orphan']);

/** Finalizers that hold an object of which the garbage collector is not the master. */
export const holding = (object: Pick<KubeObject, 'metadata'>): string[] =>
  texts(object.metadata?.finalizers).filter((name) => !collectors.has(name));

/** Who must take a finalizer away, as far as the object tells: by its name, else by who set it (managedFields, fieldsV1). */
export function finalizerOwner(finalizer: string, object: Pick<KubeObject, 'metadata'>): string {
  const said = Object.hasOwn(known, finalizer) ? known[finalizer] : undefined;
  if (said) return said;
  const managers = objects(object.metadata?.managedFields)
    .filter((each) => Object.hasOwn(record(at(each, 'fieldsV1', 'f:metadata', 'f:finalizers')), `v:"${finalizer}"`))
    .map((each) => text(each.manager))
    .filter(Boolean);
  if (managers.length > 0) return `${managers.join(' and ')} set it, and must take it away`;
  const domain = finalizer.includes('/') ? finalizer.slice(0, finalizer.indexOf('/')) : '';
  return domain ? `a controller of ${domain} must take it away` : 'the controller that set it must take it away';
}
