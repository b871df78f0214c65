import type { KubeObject } from '../kube/kube.ts';
import { bindingPlace, finding } from './build.ts';
import { type Facts, ownerOf } from './facts.ts';
import { at, type Finding } from './finding.ts';
import { recordsOf } from './records.ts';

interface Policy extends KubeObject {
  spec?: { rules?: { when?: { key?: string; values?: string[] }[] }[] };
}

/** Conditions on who asks, by the header that the login sets; others are on namespaces. */
const isPerson = ({ key = '' }: { key?: string }) => key.startsWith('request.headers[');

/** Whom Istio's policies of members let in, against the members. Nothing where Istio is not served. */
export function checkGateway(facts: Facts): Finding[] {
  if (!facts.authorizationPolicies || !facts.saw.bindings) return [];
  const records = recordsOf(facts);
  const owner = ownerOf(facts);
  const mine = (facts.authorizationPolicies as Policy[]).filter(
    ({ metadata }) => metadata.annotations?.user !== undefined && metadata.annotations.role !== undefined,
  );
  const found: Finding[] = [];
  const there = new Set(mine.map(({ metadata }) => metadata.name));
  const wanted = new Set(records.map(({ binding }) => binding.name));
  for (const { binding, user } of records) {
    if (there.has(binding.name)) continue;
    const reason = `${user} is a member, and there is no AuthorizationPolicy ${binding.name} that lets them in`;
    found.push(finding('KF316', bindingPlace(binding), reason, `kubectl kf user --add ${user} --role … completes it`));
  }
  for (const policy of mine) {
    const { name, namespace, uid } = policy.metadata;
    const user = policy.metadata.annotations!.user!;
    const path = `/apis/${policy.apiVersion}/namespaces/${namespace}/authorizationpolicies/${name}`;
    if (user !== owner && !wanted.has(name)) {
      const fix = { words: `delete authorizationpolicy ${name}`, remove: { path, uid } };
      const reason = `${user} is no member, and still gets through the gateway to everything that the project serves`;
      found.push(
        finding('KF317', at(policy), reason, `kubectl delete authorizationpolicy ${name} -n ${namespace}`, fix),
      );
      continue;
    }
    const letIn = new Set(
      (policy.spec?.rules ?? []).flatMap(({ when = [] }) => when.filter(isPerson).flatMap(({ values = [] }) => values)),
    );
    const others = [...letIn].filter((each) => each !== user);
    if (others.length > 0) {
      const reason = `it is the policy of ${user} and lets in ${others.join(', ')}`;
      found.push(
        finding(
          'KF318',
          at(policy),
          reason,
          `kubectl delete authorizationpolicy ${name} -n ${namespace}, then kubectl kf user --add ${user} --role …`,
        ),
      );
    }
  }
  return found;
}
