import type { KubeObject } from '../kube/kube.ts';
import { finding } from './build.ts';
import { type Facts, profileLabel } from './facts.ts';
import { at, type Finding, type Where } from './finding.ts';

/** Who reaches the project's pods over the network, and what its namespace forbids them. */
export function checkNetwork(facts: Facts): Finding[] {
  return [...policies(facts), ...istio(facts), ...namespaceFindings(facts), ...services(facts)];
}

interface NetworkPolicy extends KubeObject {
  spec: {
    podSelector?: object;
    policyTypes?: string[];
    ingress?: {
      from?: { namespaceSelector?: object; podSelector?: object; ipBlock?: { cidr?: string } }[];
      ports?: unknown[];
    }[];
  };
}

const isEmpty = (value: object | undefined) =>
  value === undefined || Object.values(value).every((each) => each == null || Object.keys(each).length === 0);
const remove = (resource: string, { metadata: { name, namespace } }: KubeObject) =>
  `kubectl delete ${resource} ${name} -n ${namespace}`;

const ownPods = JSON.stringify({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'own-pods' },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
});

function policies({ project, networkPolicies, authorizationPolicies, namespace }: Facts): Finding[] {
  if (!networkPolicies) return [];
  const found: Finding[] = [];
  if (networkPolicies.length === 0 && !authorizationPolicies?.length) {
    const reason = 'pods of every other project can connect to the pods of this one';
    const remedy = `let in only the project's own pods, and what else must: echo '${ownPods}' | kubectl apply -n ${project} -f -`;
    const place: Where = namespace ? at(namespace) : { apiVersion: 'v1', kind: 'Namespace', name: project };
    found.push(finding('KF501', place, reason, remedy));
  }
  for (const policy of networkPolicies as NetworkPolicy[]) {
    const open = (policy.spec.ingress ?? []).some(
      ({ from, ports }) => !ports?.length && (!from?.length || from.some(fromEveryone)),
    );
    if (!open || !isEmpty(policy.spec.podSelector)) continue;
    found.push(
      finding(
        'KF503',
        at(policy),
        'it lets pods of every project connect to all pods of this one',
        remove('networkpolicy', policy),
      ),
    );
  }
  return found;
}

const fromEveryone = ({
  namespaceSelector,
  podSelector,
  ipBlock,
}: {
  namespaceSelector?: object;
  podSelector?: object;
  ipBlock?: { cidr?: string };
}) =>
  (namespaceSelector !== undefined && isEmpty(namespaceSelector) && isEmpty(podSelector)) ||
  ['0.0.0.0/0', '::/0'].includes(ipBlock?.cidr ?? '');

interface AuthorizationPolicy extends KubeObject {
  spec?: { action?: string; rules?: object[]; selector?: object };
}

function istio(facts: Facts): Finding[] {
  const { authorizationPolicies, peerAuthentications, namespace, project } = facts;
  const found: Finding[] = [];
  for (const policy of (authorizationPolicies ?? []) as AuthorizationPolicy[]) {
    const { action = 'ALLOW', rules = [] } = policy.spec ?? {};
    // A rule that says nothing is true of every request.
    if (action !== 'ALLOW' || !rules.some(isEmpty)) continue;
    found.push(
      finding(
        'KF502',
        at(policy),
        'its rule is true of every request: anyone passes',
        remove('authorizationpolicy', policy),
      ),
    );
  }
  for (const each of (peerAuthentications ?? []) as (KubeObject & { spec?: { mtls?: { mode?: string } } })[]) {
    if (each.spec?.mtls?.mode !== 'DISABLE') continue;
    const reason = 'it turns mutual TLS off: Istio can no longer tell who connects';
    found.push(finding('KF510', at(each), reason, remove('peerauthentication', each)));
  }
  if (!authorizationPolicies || !namespace || !profileLabel(namespace)) return found;
  const labels = namespace.metadata.labels ?? {};
  if (labels['istio-injection'] !== 'enabled' && !labels['istio.io/rev']) {
    const reason = "its pods get no proxy: Istio's policies don't hold for them";
    found.push(
      finding(
        'KF506',
        at(namespace),
        reason,
        `an admin can: kubectl label namespace ${project} --overwrite istio-injection=enabled`,
      ),
    );
  }
  if (!authorizationPolicies.some(({ metadata }) => metadata.name === 'ns-owner-access-istio')) {
    const reason = 'there is no AuthorizationPolicy ns-owner-access-istio: Kubeflow makes one for the owner';
    found.push(finding('KF511', at(namespace), reason, `make it anew: kubectl kf create ${project}`));
  }
  return found;
}

const enforce = 'pod-security.kubernetes.io/enforce';

function namespaceFindings({ namespace, project, pods, quotas, authorizationPolicies }: Facts): Finding[] {
  const found: Finding[] = [];
  if (namespace) {
    const level = namespace.metadata.labels?.[enforce];
    // Istio's own containers may need more than the level lets them.
    const clean = pods?.hazards.length === 0 && authorizationPolicies === undefined;
    const label = `kubectl label namespace ${project} --overwrite ${enforce}=baseline`;
    const fix = clean
      ? {
          words: `label namespace ${project} ${enforce}=baseline, which all its pods keep to`,
          patch: {
            path: `/api/v1/namespaces/${encodeURIComponent(project)}`,
            body: [
              { op: 'test', path: '/metadata/uid', value: namespace.metadata.uid },
              ...(namespace.metadata.labels ? [] : [{ op: 'add', path: '/metadata/labels', value: {} }]),
              { op: 'add', path: `/metadata/labels/${enforce.replace('/', '~1')}`, value: 'baseline' },
            ],
          },
        }
      : undefined;
    if (level === undefined) {
      const reason = `nothing keeps members from privileged pods, and with them from the node (no label ${enforce})`;
      found.push(finding('KF504', at(namespace), reason, `an admin can: ${label}`, fix));
    } else if (level === 'privileged') {
      const reason = `${enforce}=privileged lets members run pods that have the node`;
      found.push(finding('KF505', at(namespace), reason, `an admin can: ${label}`));
    }
    if (quotas?.length === 0) {
      const reason = 'one member can take all of the cluster';
      found.push(
        finding(
          'KF509',
          at(namespace),
          reason,
          `kubectl create quota kf-resource-quota -n ${project} --hard=cpu=…,memory=…`,
        ),
      );
    }
  }
  return found;
}

interface Service extends KubeObject {
  spec: { type?: string; externalIPs?: string[]; loadBalancerSourceRanges?: string[] };
}

function services({ services: all }: Facts): Finding[] {
  return ((all ?? []) as Service[]).flatMap((service) => {
    const { type, externalIPs, loadBalancerSourceRanges } = service.spec;
    const found: Finding[] = [];
    if ((type === 'LoadBalancer' && !loadBalancerSourceRanges?.length) || type === 'NodePort') {
      const reason = `its type is ${type}: whoever reaches the ${type === 'NodePort' ? 'nodes' : 'load balancer'} reaches its pods, past the login`;
      found.push(finding('KF507', at(service), reason, 'make its type ClusterIP, and use the gateway'));
    }
    if (externalIPs?.length) {
      const reason = `externalIPs ${externalIPs.join(', ')}: what others send there comes to this project (CVE-2020-8554)`;
      found.push(
        finding(
          'KF508',
          at(service),
          reason,
          `take externalIPs out: kubectl edit service ${service.metadata.name} -n ${service.metadata.namespace}`,
        ),
      );
    }
    return found;
  });
}
