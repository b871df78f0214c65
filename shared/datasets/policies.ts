import type { KubeObject } from '../kube/kube.ts';
import { type Guard, guard, listOf, people, volumes } from './guard.ts';
import { owner } from './guard-owner.ts';
import { storage } from './guard-storage.ts';
import * as names from './names.ts';

/** For everyone, the volume controller and admins too. A binding that was there before its project went from the list may go on. */
const binding: Guard = {
  name: 'kf-dataset-binding',
  resource: volumes,
  operations: ['CREATE', 'UPDATE'],
  conditions: [
    {
      name: 'dataset',
      expression: `object.metadata.?annotations['${names.allowedAnnotation}'].hasValue() && has(object.spec.claimRef)`,
    },
  ],
  variables: [{ name: 'from', expression: `object.spec.claimRef.?namespace.orValue('')` }],
  rules: [
    {
      expression: `variables.from in ${listOf('object')} || (oldObject != null && has(oldObject.spec.claimRef) && oldObject.spec.claimRef.?namespace == object.spec.claimRef.?namespace && oldObject.spec.claimRef.?name == object.spec.claimRef.?name)`,
      messageExpression: `'dataset volume ' + object.metadata.name + ' is not for ' + variables.from + ': who owns it can share it (kubectl kf provisiondatasets share)'`,
    },
  ],
};

/** Who creates a Profile is its owner. Plugins give its accounts rights outside the cluster. */
const profile: Guard = {
  name: 'kf-profile-owner',
  resource: ['kubeflow.org', '*', 'profiles'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  conditions: people('kubeflow.org', 'profiles', `authorizer.group('kubeflow.org').resource('profiles')`),
  variables: [{ name: 'held', expression: 'oldObject == null ? object : oldObject' }],
  rules: [
    {
      expression: `variables.held.?spec.owner.kind.orValue('') == 'User' && variables.held.?spec.owner.name.orValue('') == request.userInfo.username`,
      messageExpression: `oldObject == null ? 'who creates a Profile is its owner: name ' + request.userInfo.username + ' (kind User) in spec.owner; an admin can make it for others' : 'you are not its owner: an admin can change it'`,
    },
    {
      expression: `request.operation != 'CREATE' || object.?spec.plugins.orValue([]).size() == 0`,
      message: 'plugins give rights outside the cluster: leave spec.plugins out; an admin can add them',
    },
    {
      expression: `request.operation != 'UPDATE' || object.?spec == oldObject.?spec`,
      message: 'the owner, quota and plugins of a Profile are for an admin to change',
    },
  ],
};

const labelled = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { 'app.kubernetes.io/managed-by': 'kubectl-kf' } },
});

/** The rules that hold whatever client is used. */
export const policies: readonly KubeObject[] = [binding, owner, storage, profile].flatMap(guard).map(labelled);

const everyone = (name: string, rules: object[]): KubeObject[] => {
  const rbac = 'rbac.authorization.k8s.io';
  const role = { apiGroup: rbac, kind: 'ClusterRole', name };
  const subjects = [{ apiGroup: rbac, kind: 'Group', name: 'system:authenticated' }];
  return [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name }, roleRef: role, subjects },
  ].map(labelled);
};

/** What everyone may do where the policies hold, and nowhere else. Never `watch`: that is what a controller is told by. */
export const grants: readonly KubeObject[] = [
  ...everyone('kf-datasets', [
    { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['get', 'list', 'create', 'patch', 'delete'] },
  ]),
  // Not list: whose projects there are is not for everyone to know.
  ...everyone('kf-projects', [
    { apiGroups: ['kubeflow.org'], resources: ['profiles'], verbs: ['get', 'create', 'patch', 'delete'] },
  ]),
];

/**
 * The types that everyone may provision: those of which one storage has one name. Of another driver, what its attributes and secrets
 * lead to is an admin's to know, who may grant it. An admin may make it shorter or longer, so it is left as it is where it is there.
 */
export const types: readonly KubeObject[] = everyone('kf-dataset-types', [
  {
    apiGroups: [names.group],
    resources: [names.plural],
    resourceNames: [...Object.keys(names.handles), 'nfs'],
    verbs: ['provision'],
  },
]);

/** All that a cluster needs for datasets, in the order in which it is made: nobody is given anything before the rules are there. */
export const manifest: readonly KubeObject[] = [...policies, ...grants, ...types];
