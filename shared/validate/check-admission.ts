import type { KubeObject } from '../kube/kube.ts';
import { finding } from './build.ts';
import type { Facts } from './facts.ts';
import { at, type Finding } from './finding.ts';

interface Policy extends KubeObject {
  spec: { failurePolicy?: string };
}
interface PolicyBinding extends KubeObject {
  spec: { policyName?: string; validationActions?: string[]; matchResources?: object };
}

const apiVersion = 'admissionregistration.k8s.io/v1';
const kind = 'ValidatingAdmissionPolicy';

const guards = [
  ['kf-dataset-binding', 'KF701', 'a dataset may be bound from any project, whatever its list says'],
  ['kf-dataset-owner', 'KF702', "whoever may make volumes may make them of any type, the nodes' files too"],
  ['kf-dataset-storage', 'KF706', 'whoever may make volumes may make them over the storage of any dataset'],
  ['kf-profile-owner', 'KF703', 'whoever may make Profiles may make them in the name of others'],
] as const;

/** The rules that hold whatever client is used. */
export function checkAdmission(facts: Facts): Finding[] {
  const { policies, policyBindings, profile } = facts;
  if (!policies) return [];
  return guards.flatMap(([name, code, reason]) => {
    if (name === 'kf-profile-owner' && profile === undefined) return [];
    const policy = policies.find(({ metadata }) => metadata.name === name) as Policy | undefined;
    if (!policy) {
      const place = { apiVersion, kind, name };
      return [finding(code, place, `it is not there: ${reason}`, 'an admin can: kubectl kf create --init')];
    }
    const found: Finding[] = [];
    if (policyBindings && !inForce(facts, name)) {
      const some = policyBindings.some((each) => (each as PolicyBinding).spec.policyName === name);
      const why = some ? 'its binding does not deny, or not everywhere' : 'it has no binding';
      found.push(finding('KF704', at(policy), `${why}: ${reason}`, 'an admin can: kubectl kf create --init'));
    }
    if (policy.spec.failurePolicy === 'Ignore') {
      const why = 'its failurePolicy is Ignore: a request that it fails on is let through';
      found.push(finding('KF705', at(policy), why, 'an admin can: kubectl kf create --init'));
    }
    return found;
  });
}

/** True where a binding has the policy deny, for all that it matches. */
export function inForce({ policies, policyBindings }: Facts, name: string): boolean {
  if (!policies?.some(({ metadata }) => metadata.name === name)) return false;
  return (policyBindings ?? []).some((each) => {
    const { policyName, validationActions = [], matchResources = {} } = (each as PolicyBinding).spec;
    const narrowed = Object.entries(matchResources).some(
      ([field, value]) => field !== 'matchPolicy' && value && Object.keys(value).length > 0,
    );
    return policyName === name && validationActions.includes('Deny') && !narrowed;
  });
}
