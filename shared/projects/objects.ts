import type { KubeObject } from '../kube/kube.ts';
import {
  descriptionAnnotation,
  managedBy,
  ownerAnnotation,
  ownerBinding,
  type Profile,
  projectLabels,
  quotaName,
  type RoleBinding,
  type RoleRef,
  rbacGroup,
  type Subject,
} from './marks.ts';
import type { BuiltInTemplate } from './roles.ts';

/** What is wanted of a project. */
export interface Wish {
  name: string;
  /** User name. */
  owner: string;
  description?: string;
  /** Of a ResourceQuota's `hard`. */
  quota?: Record<string, string>;
}

const person = (name: string): Subject => ({ kind: 'User', name, apiGroup: rbacGroup });

const described = ({ description }: Wish): Record<string, string> =>
  description === undefined ? {} : { [descriptionAnnotation]: description };

/** Kubeflow's controller makes the rest of it. */
export const profileObject = (apiVersion: string, wish: Wish): Profile => ({
  apiVersion,
  kind: 'Profile',
  metadata: { name: wish.name, labels: managedBy, annotations: described(wish) },
  spec: {
    owner: person(wish.owner),
    ...(wish.quota ? { resourceQuotaSpec: { hard: wish.quota } } : {}),
  },
});

/** Who owns it stands in it from the first moment on: whatever comes in between, the same command goes on. */
export const namespaceObject = (wish: Wish, istio: boolean): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: wish.name,
    labels: {
      ...projectLabels,
      ...managedBy,
      ...(istio ? { 'istio-injection': 'enabled' } : {}),
      'pod-security.kubernetes.io/enforce': 'baseline',
    },
    annotations: { [ownerAnnotation]: wish.owner, ...described(wish) },
  },
});

/** Lets the owner delete the project, which no role for what is in it does. */
const deletion = 'kf-project-delete';

/** What Kubeflow's controller makes in a project, made where there is none: the owner's rights first. */
export function contentObjects({ name, owner, quota }: Wish, role: Record<BuiltInTemplate, RoleRef>): KubeObject[] {
  const meta = (of: string, annotations?: Record<string, string>) => ({
    ...{ name: of, namespace: name, labels: managedBy },
    ...(annotations ? { annotations } : {}),
  });
  const bind = (of: string, roleRef: RoleRef, subject: Subject, annotations?: Record<string, string>): RoleBinding => ({
    apiVersion: `${rbacGroup}/v1`,
    kind: 'RoleBinding',
    metadata: meta(of, annotations),
    roleRef,
    subjects: [subject],
  });
  const account = (of: string): KubeObject => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta(of) });
  const ofAccount = (of: string): Subject => ({ kind: 'ServiceAccount', name: of, namespace: name });
  return [
    bind(ownerBinding, role.admin, person(owner), { user: owner, role: 'admin' }),
    {
      apiVersion: `${rbacGroup}/v1`,
      kind: 'Role',
      metadata: meta(deletion),
      rules: [{ apiGroups: [''], resources: ['namespaces'], resourceNames: [name], verbs: ['get', 'delete'] }],
    },
    bind(deletion, { apiGroup: rbacGroup, kind: 'Role', name: deletion }, person(owner)),
    account('default-editor'),
    bind('default-editor', role.edit, ofAccount('default-editor')),
    account('default-viewer'),
    bind('default-viewer', role.view, ofAccount('default-viewer')),
    ...(quota
      ? [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta(quotaName), spec: { hard: quota } } as KubeObject]
      : []),
  ];
}

/** What differs from what is there, as a merge patch; undefined where nothing does. */
export function profileChange(profile: Profile, { description, quota }: Wish): object | undefined {
  const metadata =
    description !== undefined && profile.metadata.annotations?.[descriptionAnnotation] !== description
      ? { metadata: { annotations: { [descriptionAnnotation]: description } } }
      : {};
  const hard = profile.spec?.resourceQuotaSpec?.hard ?? {};
  const changed = quota && hardChange(hard, quota);
  const change = { ...metadata, ...(changed ? { spec: { resourceQuotaSpec: { hard: changed } } } : {}) };
  return Object.keys(change).length > 0 ? change : undefined;
}

/** A quota becomes what was asked for: what it has beside it goes. */
export function hardChange(
  hard: Record<string, string>,
  wanted: Record<string, string>,
): Record<string, string | null> | undefined {
  const gone = Object.keys(hard).filter((key) => !(key in wanted));
  const other = Object.entries(wanted).filter(([key, value]) => hard[key] !== value);
  if (gone.length === 0 && other.length === 0) return undefined;
  return Object.fromEntries([...gone.map((key) => [key, null]), ...other]);
}
