import type { SubjectRef } from '../rbac/types.ts';
import type { Facts } from './facts.ts';
import { ownerOf } from './facts.ts';
import { recordsOf } from './records.ts';

/** What a subject of a binding is to the project. */
export type Party =
  /** Kubernetes itself; whoever may act as one of these has the cluster already. */
  | 'control plane'
  | 'anonymous'
  | 'everyone'
  | 'all accounts'
  | 'accounts of another'
  | 'node'
  /** A ServiceAccount of the project. */
  | 'own account'
  /** A controller's own ServiceAccount in a namespace of the platform: JobSet's, Trainer's, Istio's. */
  | 'platform'
  | 'other account'
  | 'default account'
  | 'owner'
  | 'member'
  | 'person'
  | 'group';

/** Namespaces that those who run the cluster install controllers into; a project is never one. */
const platform = new RegExp(
  `^(${[
    ...[
      'kube-.+',
      '.+-system',
      'kubeflow',
      'kserve',
      'knative-.+',
      'istio-.+',
      'cert-manager',
      'auth',
      'oauth2-proxy',
      'dex',
    ],
    ...[
      '.+-operator',
      'argo',
      'argocd',
      'ingress-nginx',
      'monitoring',
      'prometheus',
      'local-path-storage',
      'velero',
      'rook-ceph',
    ],
    ...['calico-.+', 'cilium.*', 'openshift-.+', 'gmp-.+', 'gke-.+', 'external-secrets', 'linkerd', 'tigera-.+'],
  ].join('|')})$`,
);
/** Names that no login may have: Kubernetes' own, kubeadm's, and those of a cloud's control plane. */
const reserved = /^(system|kubeadm|eks|aks):|^kubernetes-admin$/;
const account = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Tells parties apart, for one project. */
export function partyTest(facts: Facts): (subject: SubjectRef, within: string) => Party {
  const owner = ownerOf(facts);
  const members = new Set(recordsOf(facts).map(({ user }) => user));
  const isPlatform = (namespace: string) =>
    platform.test(namespace) && facts.namespaces?.get(namespace) !== 'project' && namespace !== facts.project;
  const ofAccount = (namespace: string, name: string): Party => {
    if (namespace === facts.project) return 'own account';
    if (name === 'default') return 'default account';
    return isPlatform(namespace) ? 'platform' : 'other account';
  };
  return ({ kind, name, namespace }, within) => {
    if (kind === 'ServiceAccount') return ofAccount(namespace || within, name);
    if (kind === 'User') {
      const [, home, of] = account.exec(name) ?? [];
      if (home && of) return ofAccount(home, of);
      if (name === 'system:anonymous') return 'anonymous';
      if (name.startsWith('system:node:')) return 'node';
      if (reserved.test(name)) return 'control plane';
      return name === owner ? 'owner' : members.has(name) ? 'member' : 'person';
    }
    if (name === 'system:unauthenticated') return 'anonymous';
    if (name === 'system:authenticated') return 'everyone';
    if (name === 'system:serviceaccounts') return 'all accounts';
    if (name === 'system:nodes') return 'node';
    if (name.startsWith('system:serviceaccounts:')) {
      const home = name.slice('system:serviceaccounts:'.length);
      if (home === facts.project) return 'own account';
      return home === 'kube-system' ? 'control plane' : 'accounts of another';
    }
    if (reserved.test(name)) return 'control plane';
    return members.has(name) ? 'member' : 'group';
  };
}

const words: Record<string, string> = { ServiceAccount: 'service account', User: 'user', Group: 'group' };

/** `user alice`, `service account team-b/default` */
export function subjectText({ kind, name, namespace }: SubjectRef): string {
  return `${words[kind] ?? kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

/** Some of many. */
export function subjectsText(subjects: readonly SubjectRef[]): string {
  const [shown, rest] = [subjects.slice(0, 3), subjects.length - 3];
  return shown.map(subjectText).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
