import type { KubeObject } from '../kube/kube.ts';
import * as names from './names.ts';

/** CEL's text, as it stands in an expression: backslashes are its own. */
export const text = (value: string) => `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

export interface Rule {
  expression: string;
  /** Says what, then what to do. */
  message?: string;
  messageExpression?: string;
}

export interface Guard {
  name: string;
  resource: [group: string, version: string, plural: string];
  operations: string[];
  conditions?: { name: string; expression: string }[];
  variables?: { name: string; expression: string }[];
  rules: Rule[];
  /** Asked once for each object of this kind that there is. */
  each?: { apiVersion: string; kind: string };
}

const api = 'admissionregistration.k8s.io/v1';

export function guard({ name, resource, operations, conditions, variables, rules, each }: Guard): KubeObject[] {
  const [group, version, plural] = resource;
  const spec = {
    failurePolicy: 'Fail',
    ...(each ? { paramKind: each } : {}),
    matchConstraints: {
      resourceRules: [{ apiGroups: [group], apiVersions: [version], operations, resources: [plural] }],
    },
    ...(conditions ? { matchConditions: conditions } : {}),
    ...(variables ? { variables } : {}),
    validations: rules.map((rule) => ({ ...rule, reason: 'Forbidden' })),
  };
  const all = each ? { paramRef: { selector: {}, parameterNotFoundAction: 'Allow' } } : {};
  return [
    { apiVersion: api, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec },
    {
      apiVersion: api,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'], ...all },
    },
  ];
}

/**
 * Who the rules for people are not for: admins, by a right of this suite's own, and the cluster's controllers. A service account of a
 * controller (a storage driver's) has the right to watch, which is not among those that everyone is given.
 */
export const people = (group: string, plural: string, watched: string) => [
  { name: 'no-admin', expression: `!authorizer.group('${group}').resource('${plural}').check('administer').allowed()` },
  {
    name: 'no-controller',
    expression: `!(request.userInfo.username in ['system:kube-controller-manager', 'system:kube-scheduler', 'system:apiserver']) && !request.userInfo.username.startsWith('system:serviceaccount:kube-system:') && !(request.userInfo.username.startsWith('system:serviceaccount:') && ${watched}.check('watch').allowed())`,
  },
];
export const personOfVolumes = people(names.group, names.plural, `authorizer.group('').resource('persistentvolumes')`);

export const volumes: Guard['resource'] = ['', 'v1', 'persistentvolumes'];
export const listOf = (object: string) =>
  `${object}.metadata.?annotations['${names.allowedAnnotation}'].orValue('').split(',')`;
export const owns = (namespace: string) =>
  `authorizer.group('rbac.authorization.k8s.io').resource('rolebindings').namespace(${namespace}).check('create').allowed()`;
