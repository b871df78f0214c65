/** A project as Kubeflow's profile controller leaves it, and the people of the stories: owner, editor, viewer and stranger. */
import * as assert from 'uvu/assert';
import { folder, type KfOptions, kf, type Ran } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace } from './index.ts';
import { kubeflowRoles } from './kubeflow-roles.ts';

export interface Person {
  user: string;
  kubeconfig: string;
  /** `kubectl kf <words>` in the project. */
  kf(words: string[], options?: KfOptions): Promise<Ran>;
}

export interface Project {
  ns: string;
  person(name: string): Promise<Person>;
  /** Someone's binding as Kubeflow's access management makes it; `namespaceAdmin` is the owner's. */
  bind(user: string, role: 'admin' | 'edit' | 'view', name?: string): Promise<void>;
  /** Of all members' bindings, `user=role` of each, in order. */
  bound(): Promise<string[]>;
  may(user: string, verb: string, resource: string): Promise<boolean>;
  delete(): Promise<void>;
}

export const admin = async (args: string[], input?: string): Promise<string> => {
  const { code, stdout, stderr } = await kubectl(args, input === undefined ? {} : { input });
  assert.is(code, 0, stderr);
  return stdout;
};

export interface Bound {
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  roleRef: { apiGroup: string; kind: string; name: string };
  subjects?: { apiGroup?: string; kind: string; name: string }[];
}

export async function project(prefix: string): Promise<Project> {
  await kubeflowRoles();
  const made = await namespace(prefix);
  const ns = made.name;
  const bindings = async () =>
    (JSON.parse(await admin(['get', 'rolebindings', '-n', ns, '-o', 'json'])) as { items: Bound[] }).items;
  return {
    ns,
    delete: made.delete,
    async person(name) {
      const user = `${name}@${ns}.org`;
      const kubeconfig = await clientCertUser(user, []);
      const home = folder();
      return {
        user,
        kubeconfig,
        kf: (words, options = {}) =>
          kf([...words, '-n', ns], { kubeconfig, cwd: home, ...options, env: { HOME: home, ...options.env } }),
      };
    },
    async bind(user, role, name = `user-${user.replace(/[^a-z0-9]+/g, '-')}-clusterrole-${role}`) {
      const metadata = { name, namespace: ns, annotations: { user, role } };
      const apiGroup = 'rbac.authorization.k8s.io';
      const roleRef = { apiGroup, kind: 'ClusterRole', name: `kubeflow-${role}` };
      const subjects = [{ apiGroup, kind: 'User', name: user }];
      const binding = { apiVersion: `${apiGroup}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects };
      await admin(['create', '-f', '-'], JSON.stringify(binding));
    },
    bound: async () =>
      (await bindings())
        .filter(({ metadata }) => metadata.annotations?.role)
        .map(({ roleRef, subjects = [] }) => `${subjects.map(({ name }) => name).join()}=${roleRef.name}`)
        .sort(),
    may: async (user, verb, resource) =>
      (await kubectl(['auth', 'can-i', verb, resource, '-n', ns, '--as', user])).stdout.trim() === 'yes',
  };
}
