import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { byText } from '../resources/order.ts';
import { checkAccess } from './check-access.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkAdmission } from './check-admission.ts';
import { checkBindings } from './check-bindings.ts';
import { checkClient } from './check-client.ts';
import { checkDatasets } from './check-datasets.ts';
import { checkGateway } from './check-gateway.ts';
import { checkMembers, checkOwnAccounts } from './check-members.ts';
import { checkNetwork } from './check-network.ts';
import { checkOwner } from './check-owner.ts';
import { checkPods } from './check-pods.ts';
import { checkRights } from './check-rights.ts';
import type { Facts } from './facts.ts';
import { type Finding, severities, whereText } from './finding.ts';
import { gatherFacts } from './gather.ts';

const checks = [
  ...[checkAccess, checkRights, checkOwner, checkMembers, checkOwnAccounts, checkBindings, checkGateway],
  ...[checkAccounts, checkPods, checkNetwork, checkDatasets, checkAdmission, checkClient],
];

export interface Validation {
  /** The worst first; in an order that is always the same. */
  findings: Finding[];
  /** What could not be read, in a few words each. */
  notReadable: string[];
}

/** All findings about the facts. */
export function findingsOf(facts: Facts): Finding[] {
  const rank = ({ severity, code, where }: Finding) => `${severities.indexOf(severity)} ${code} ${whereText(where)}`;
  const keyed = checks.flatMap((check) => check(facts)).map((each) => [rank(each), each] as const);
  return keyed.sort(([a], [b]) => byText(a, b)).map(([, each]) => each);
}

/** Looks at the project that kube is for. Throws KfError (exit 4) where nothing of it may be read. */
export async function validate(kube: Kube, context: Context, kubeconfig?: string): Promise<Validation> {
  const { facts, notReadable } = await gatherFacts(kube, context, kubeconfig);
  const { saw, accounts, pods, services, networkPolicies, quotas, claims } = facts;
  if (!saw.roles && !saw.bindings && !accounts && !pods && !services && !networkPolicies && !quotas && !claims) {
    throw new KfError(Exit.forbidden, `not allowed: you may read nothing in ${facts.project}`, {
      hint: `an owner of ${facts.project} can add you`,
    });
  }
  return { findings: findingsOf(facts), notReadable };
}
