import type { KubeObject } from '../kube/kube.ts';
import { bindingPlace, finding } from './build.ts';
import { type Facts, ownerOf } from './facts.ts';
import { at, type Finding } from './finding.ts';
import { recordsOf } from './records.ts';

interface Policy extends KubeObject {
  spec?: { rules?: { when?: { key?: string; values?: string[] }[] }[] };
}

/** Those whom a policy lets in, by the header that the login sets; other conditions are on namespaces. */
const peopleOf = ({ spec }: Policy): string[] => [
  ...new Set(
    (spec?.rules ?? []).flatMap(({ when = [] }) =>
      when.flatMap(({ key = '', values = [] }) => (key.startsWith('request.headers[') ? values : [])),
    ),
  ),
];

/** What the login puts before a name, as the owner's policy has it. */
function prefixOf(policies: readonly Policy[], owner: string): string {
  const owners = policies.find(({ metadata }) => metadata.name === 'ns-owner-access-istio');
  const said = owners && owner && peopleOf(owners).find((each) => each.endsWith(owner));
  return said ? said.slice(0, -owner.length) : '';
}

/** Whom Istio's policies of members let in, against the members. Nothing where Istio is not served. */
export function checkGateway(facts: Facts): Finding[] {
  if (!facts.authorizationPolicies || !facts.saw.bindings) return [];
  const records = recordsOf(facts);
  const owner = ownerOf(facts);
  const mine = (facts.authorizationPolicies as Policy[]).filter(
    ({ metadata }) => metadata.annotations?.user !== undefined && metadata.annotations.role !== undefined,
  );
  const prefix = prefixOf(facts.authorizationPolicies, owner);
  const found: Finding[] = [];
  const there = new Set(mine.map(({ metadata }) => metadata.name));
  const wanted = new Set(records.map(({ binding }) => binding.name));
  for (const { binding, user } of records) {
    if (there.has(binding.name) || binding.subjects[0]?.kind === 'Group') continue;
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
    const others = peopleOf(policy).filter((each) => each !== user && each !== prefix + user);
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
