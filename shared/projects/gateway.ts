import type { Context } from '../cli/context.ts';
import { served } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Served } from '../resources/resource.ts';

interface Rule {
  from?: { source?: { principals?: string[] } }[];
  when?: { key: string; values?: string[] }[];
}

/** Istio's AuthorizationPolicy that lets a member's requests through the gateway. */
export interface MemberPolicy extends KubeObject {
  spec?: { rules?: Rule[] };
}

/** The owner's, which the profile controller makes. */
export const ownerPolicy = 'ns-owner-access-istio';

/** What Kubeflow lets in unless it was set up otherwise: its gateway, and the pipelines' own pages. */
const usual: Rule = {
  from: [
    {
      source: {
        principals: [
          'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account',
          'cluster.local/ns/kubeflow/sa/ml-pipeline-ui',
        ],
      },
    },
  ],
  when: [{ key: 'request.headers[kubeflow-userid]', values: [''] }],
};

/** Where the cluster serves them; undefined where Istio is not there. */
export const policiesServed = (
  kube: Kube,
  context: Pick<Context, 'env' | 'home' | 'now'>,
): Promise<Served | undefined> => served(kube, context, 'security.istio.io', 'AuthorizationPolicy');

const userHeader = (rule: Rule) => rule.when?.find(({ key }) => /^request\.headers\[.+\]$/.test(key));

/**
 * What lets a user in, beside the member's binding: as the owner's is, with the same gateway, header and prefix of names, where that
 * can be seen; as Kubeflow comes, otherwise.
 */
export function policyFor(
  { apiVersion, binding, user }: { apiVersion: string; binding: KubeObject; user: string },
  policies: readonly MemberPolicy[],
): MemberPolicy {
  const owners = policies.find(({ metadata }) => metadata.name === ownerPolicy);
  const model = owners?.spec?.rules?.find((rule) => userHeader(rule)?.values?.length === 1);
  const owner = owners?.metadata.annotations?.user;
  const said = model && userHeader(model)?.values?.[0];
  const prefix = owner && said?.endsWith(owner) ? said.slice(0, -owner.length) : '';
  const { key } = userHeader(model ?? usual)!;
  const { from } = model ?? usual;
  const { name, namespace = '', annotations = {}, labels = {} } = binding.metadata;
  return {
    apiVersion,
    kind: 'AuthorizationPolicy',
    metadata: { name, namespace, annotations, labels },
    spec: { rules: [{ ...(from ? { from } : {}), when: [{ key, values: [prefix + user] }] }] },
  };
}
