import { roleAllows } from '../rbac/engine.ts';
import { ruleAllows } from '../rbac/match.ts';
import type { OnResource, Role, Rule } from '../rbac/types.ts';
import type { Code } from './codes.ts';

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

interface Danger {
  code: Code;
  /** After `may`. */
  words: string;
  /** Any of them. */
  asked: readonly OnResource[];
  /** Only a ClusterRoleBinding gives it. */
  cluster?: true;
  /** A rule that names certain objects gives it too. */
  evenNamed?: true;
  /** The admission policy by which it is no danger. */
  guard?: string;
}

const all = (verbs: string, group: string, resources: string): OnResource[] =>
  resources.split(' ').flatMap((each) => {
    const [resource = '', subresource = ''] = each.split('/');
    return verbs.split(' ').map((verb) => ({ verb, group, resource, subresource }));
  });
const writes = 'create update patch delete deletecollection';
const acts = 'impersonate impersonate:user-info impersonate:serviceaccount';

/** Rights that lead to more than they say, those that lead furthest first. Rules that name certain objects are meant so. */
export const dangers: readonly Danger[] = [
  {
    ...{ code: 'KF203', words: 'escalate roles to rights that they do not have' },
    asked: all('escalate', rbac, 'roles clusterroles'),
  },
  { code: 'KF204', words: 'bind any role', asked: all('bind', rbac, 'roles clusterroles') },
  {
    ...{ code: 'KF205', words: 'act as other service accounts', evenNamed: true },
    asked: all('impersonate', '', 'serviceaccounts'),
  },
  {
    ...{ code: 'KF205', words: 'act as other people', cluster: true, evenNamed: true },
    asked: [
      ...all('impersonate', '', 'users groups'),
      ...all(acts, 'authentication.k8s.io', 'users groups uids userextras serviceaccounts'),
    ],
  },
  {
    ...{ code: 'KF206', words: "use the nodes' own API, and so run programs in every pod", cluster: true },
    asked: all('get create update patch delete', '', 'nodes/proxy'),
  },
  {
    ...{ code: 'KF211', words: 'approve certificates, and so make logins of any name', cluster: true },
    asked: [
      ...all('update patch', 'certificates.k8s.io', 'certificatesigningrequests/approval'),
      ...all('approve sign', 'certificates.k8s.io', 'signers'),
    ],
  },
  {
    ...{ code: 'KF212', words: 'change what admission checks', cluster: true },
    asked: all(
      writes,
      admission,
      'mutatingwebhookconfigurations validatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings mutatingadmissionpolicies mutatingadmissionpolicybindings',
    ),
  },
  {
    ...{ code: 'KF214', words: 'change Profiles, and so who owns projects', cluster: true },
    asked: all('administer', 'kubeflow.org', 'profiles'),
  },
  {
    ...{ code: 'KF214', words: 'change Profiles, and so who owns projects', cluster: true, guard: 'kf-profile-owner' },
    asked: all('update patch delete deletecollection', 'kubeflow.org', 'profiles'),
  },
  {
    ...{ code: 'KF218', words: 'make, change and share every dataset', cluster: true },
    asked: all('administer', 'kf.kubeflow.org', 'datasets'),
  },
  {
    ...{ code: 'KF210', words: 'change members and roles' },
    asked: all(writes, rbac, 'rolebindings roles'),
  },
  {
    ...{ code: 'KF213', words: 'change or delete the project itself', evenNamed: true },
    asked: all('update patch delete deletecollection', '', 'namespaces'),
  },
  {
    ...{ code: 'KF208', words: 'get tokens of service accounts' },
    asked: all('create', '', 'serviceaccounts/token'),
  },
  { code: 'KF209', words: 'read all secrets', asked: all('get list watch', '', 'secrets') },
  {
    ...{ code: 'KF207', words: 'run programs in all pods' },
    asked: [
      ...all('create get', '', 'pods/exec pods/attach pods/portforward pods/proxy'),
      ...all('update patch', '', 'pods/ephemeralcontainers'),
    ],
  },
];

/** All rights there are. */
export const isEverything = (role: Role): boolean => roleAllows(role, { verb: '*', group: '*', resource: '*' });

/** Verbs that change something, or lead to more; others are readers' own (readArtifact). */
const changing = `* create update patch delete deletecollection impersonate escalate bind`.split(' ');
const onResources = (rule: Rule) => (rule.resources ?? []).length > 0;

/** A rule with a wildcard that lets change things. */
export const isWide = (rule: Rule): boolean => {
  if (!onResources(rule) || rule.resourceNames?.length) return false;
  const [verbs, what] = [rule.verbs ?? [], [...(rule.resources ?? []), ...(rule.apiGroups ?? [])]];
  return verbs.includes('*') || (what.includes('*') && verbs.some((verb) => changing.includes(verb)));
};

/** @param guarded whether an admission policy is in force */
export const dangersOf = (role: Role, cluster: boolean, guarded: (policy: string) => boolean = () => false): Danger[] =>
  dangers.filter(({ asked, cluster: only, evenNamed, guard }) => {
    if ((only && !cluster) || (guard && guarded(guard))) return false;
    const rules = evenNamed ? role.rules.map(({ resourceNames: _, ...rule }) => rule) : role.rules;
    return asked.some((each) => rules.some((rule) => ruleAllows(rule, each)));
  });

export interface Reach {
  /** Something of a project can be read. */
  reads: boolean;
  /** Something of a project can be changed. */
  changes: boolean;
}

/** What a ClusterRoleBinding to the role lets do inside projects: rights on what is in no namespace don't count. */
export function reachOf(role: Role, clusterScoped: ReadonlySet<string>): Reach {
  const inside = role.rules.filter((rule) => onResources(rule) && !isSelf(rule) && isInside(rule, clusterScoped));
  return { reads: inside.length > 0, changes: inside.some(isChanging) };
}

/** Asking what one may do changes nothing, though it is a `create`. */
export const isChanging = (rule: Rule): boolean =>
  onResources(rule) && !isSelf(rule) && (rule.verbs ?? []).some((verb) => changing.includes(verb));

function isInside({ apiGroups, resources }: Rule, clusterScoped: ReadonlySet<string>): boolean {
  return (apiGroups ?? []).some((group) =>
    (resources ?? []).some((each) => !clusterScoped.has(`${group}/${each.split('/')[0]}`)),
  );
}

/** Everyone may ask who they are and what they may do. */
const isSelf = ({ apiGroups, resources }: Rule): boolean =>
  (apiGroups ?? []).every((group) => group === 'authorization.k8s.io' || group === 'authentication.k8s.io') &&
  (resources ?? []).every((each) => each.startsWith('self') || each.startsWith('localsubject'));
