import type { Kube } from './kube.ts';

/** Who the server takes the caller for (authentication.k8s.io/v1 UserInfo). */
export interface UserInfo {
  username: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

/** authorization.k8s.io/v1 ResourceRule. '*' stands for all. */
export interface ResourceRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
}

export interface Rules {
  resourceRules: ResourceRule[];
  nonResourceRules: { verbs: string[]; nonResourceURLs?: string[] }[];
  /** True where an authorizer (a webhook) can't list its rules: there may be more. */
  incomplete: boolean;
}

/** What one wants to do: authorization.k8s.io/v1 ResourceAttributes. */
export interface Access {
  verb: string;
  group?: string;
  resource: string;
  subresource?: string;
  name?: string;
  /** '' is the whole cluster. */
  namespace?: string;
}

/** Who am I. */
export async function selfSubjectReview(kube: Kube): Promise<UserInfo> {
  const answer = await review<{ userInfo?: UserInfo }>(kube, 'authentication', 'SelfSubjectReview', undefined);
  return answer.userInfo ?? { username: '' };
}

/** What I may do in a namespace, as far as the authorizers can list it. */
export async function selfSubjectRulesReview(kube: Kube, namespace: string = kube.namespace): Promise<Rules> {
  const answer = await review<Partial<Rules>>(kube, 'authorization', 'SelfSubjectRulesReview', { namespace });
  return {
    resourceRules: answer.resourceRules ?? [],
    nonResourceRules: answer.nonResourceRules ?? [],
    incomplete: answer.incomplete ?? false,
  };
}

/** May I do this: the server's own word. `reason` may be ''. */
export async function selfSubjectAccessReview(
  kube: Kube,
  access: Access,
): Promise<{ allowed: boolean; reason: string }> {
  const { namespace = kube.namespace, ...rest } = access;
  const resourceAttributes = { ...rest, namespace };
  const answer = await review<{ allowed?: boolean; reason?: string }>(
    kube,
    'authorization',
    'SelfSubjectAccessReview',
    {
      resourceAttributes,
    },
  );
  return { allowed: answer.allowed === true, reason: answer.reason ?? '' };
}

async function review<S>(kube: Kube, group: string, kind: string, spec: object | undefined): Promise<S> {
  const apiVersion = `${group}.k8s.io/v1`;
  const { status } = await kube.json<{ status?: S }>({
    method: 'POST',
    path: `/apis/${apiVersion}/${kind.toLowerCase()}s`,
    body: { apiVersion, kind, ...(spec ? { spec } : {}) },
  });
  return status ?? ({} as S);
}
