import type { KubeObject } from '../kube/kube.ts';
import { addedBy, apiGroup, clusterNamespace, plural } from './entry.ts';
import { crd } from './manifest-crd.ts';

/** Who made it, as everything that this suite makes. */
const labels = { 'app.kubernetes.io/managed-by': 'kubectl-kf' };

/** The settings of who runs the cluster: `image` is that of runs in the cluster. */
export const settings = 'kf-command';

const policyName = `${plural}.${apiGroup}`;

/** That an annotation tells the truth: it says who is asking. It may stay as it is where the content does. */
const policy: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: policyName },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        { apiGroups: [apiGroup], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: [plural] },
      ],
    },
    variables: [
      { name: 'by', expression: `object.metadata.?annotations['${addedBy}'].orValue('')` },
      {
        name: 'before',
        expression: `oldObject == null ? '' : oldObject.metadata.?annotations['${addedBy}'].orValue('')`,
      },
      { name: 'same', expression: 'oldObject != null && object.spec.digest == oldObject.spec.digest' },
    ],
    validations: [
      {
        expression: 'variables.by == request.userInfo.username || (variables.same && variables.by == variables.before)',
        messageExpression: `'the annotation ${addedBy} must name who adds or changes it: ' + request.userInfo.username`,
      },
      {
        // A path of its own, inside the folder that it will be written to; shared/registry/check.ts asks the same of each.
        expression: String.raw`object.spec.files.all(path, size(path) <= 250 && !path.matches('[\\\\:[:cntrl:]]') && !path.matches('(^|/)[.]{0,2}(/|$)'))`,
        message: 'a path in spec.files leads out of its folder',
      },
      {
        expression:
          '!variables.same || (object.spec.files == oldObject.spec.files && object.spec.handler == oldObject.spec.handler)',
        message: 'the source is another, but the digest is not',
      },
    ],
  },
};

const binding: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: policyName },
  spec: { policyName, validationActions: ['Deny'] },
};

/** Part of Kubernetes' own roles of these names, and of Kubeflow's. */
const aggregated = (name: string, verbs: string[], roles: string[]): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: {
    name,
    labels: Object.fromEntries(
      roles.flatMap((role) => [
        [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true'],
        [`rbac.authorization.kubeflow.org/aggregate-to-kubeflow-${role}`, 'true'],
      ]),
    ),
  },
  rules: [{ apiGroups: [apiGroup], resources: [plural], verbs }],
});

const readSettings: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: settings, namespace: clusterNamespace },
  rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [settings], verbs: ['get'] }],
};

const everyoneReads: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: settings, namespace: clusterNamespace },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: settings },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
};

/**
 * All that a cluster needs to have a registry, in the order in which it is made. Who may see what of the whole cluster's subcommands
 * is not in it: that is granted name by name.
 * @param image of runs in the cluster; without one the settings are left as they are
 */
export function manifest(image?: string): KubeObject[] {
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: settings, namespace: clusterNamespace } };
  const all: KubeObject[] = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: clusterNamespace } },
    crd,
    policy,
    binding,
    aggregated('kf-subcommands-view', ['get', 'list', 'watch'], ['view', 'edit', 'admin']),
    aggregated('kf-subcommands-edit', ['create', 'update', 'patch', 'delete'], ['edit', 'admin']),
    readSettings,
    everyoneReads,
    ...(image === undefined ? [] : [{ ...config, data: { image } }]),
  ];
  return all.map((object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
  }));
}
