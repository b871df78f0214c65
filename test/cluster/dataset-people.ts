/** People with projects of their own, and a directory on the node with data, for the tests of datasets. */
import * as assert from 'uvu/assert';
import { policiesFor } from '../support/dataset-policies.ts';
import { type KfOptions, kf, person, type Ran } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace, onNode } from './index.ts';

export interface Owner {
  user: string;
  kubeconfig: string;
  /** `kubectl kf provisiondatasets <words>` */
  datasets(words: string[], options?: KfOptions): Promise<Ran>;
  kubectl(args: string[], input?: string): Promise<Ran>;
}

export interface Place {
  id: string;
  /** On the node; `data.txt` holds `bytes`. Nobody may provision it until `allowDir`. */
  dir: string;
  bytes: string;
  project(owner: Owner): Promise<string>;
  owner(name: string): Promise<Owner>;
  allowDir(owner: Owner): Promise<void>;
  delete(): Promise<void>;
}

export async function admin(args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input === undefined ? {} : { input });
  assert.is(code, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

export async function place(): Promise<Place> {
  const id = `ds${Math.random().toString(36).slice(2, 8)}`;
  const dir = `/var/lib/kf-test-${id}`;
  const bytes = `bytes of ${id}\n`;
  const removePolicies = await policiesFor(id);
  await onNode(['sh', '-c', `mkdir -p ${dir} && printf '%s' '${bytes}' > ${dir}/data.txt`]);
  const going: (() => Promise<unknown>)[] = [];
  return {
    id,
    dir,
    bytes,
    async owner(name) {
      const user = `${name}-${id}@x.org`;
      const kubeconfig = await clientCertUser(user, []);
      return {
        user,
        kubeconfig,
        datasets: (words, options = {}) => kf(['provisiondatasets', ...words], { kubeconfig, ...options }),
        kubectl: (args, input) =>
          person('kubectl', args, { kubeconfig, ...(input === undefined ? {} : { stdin: input }) }),
      };
    },
    async project({ user }) {
      const made = await namespace('datasets');
      going.push(made.delete);
      await admin(['create', 'rolebinding', 'owner', '-n', made.name, '--clusterrole=admin', `--user=${user}`]);
      return made.name;
    },
    async allowDir({ user }) {
      const role = `kf-test-dir-${id}`;
      // kubectl knows only resources that are served.
      const rule = {
        ...{
          apiGroups: ['kf.kubeflow.org'],
          resources: ['datasets'],
          resourceNames: [`local:${dir}`],
          verbs: ['provision'],
        },
      };
      const api = 'rbac.authorization.k8s.io/v1';
      await admin(
        ['create', '-f', '-'],
        JSON.stringify({ apiVersion: api, kind: 'ClusterRole', metadata: { name: role }, rules: [rule] }),
      );
      await admin(['create', 'clusterrolebinding', role, `--clusterrole=${role}`, `--user=${user}`]);
      going.push(() => kubectl(['delete', 'clusterrole,clusterrolebinding', role]));
    },
    async delete() {
      for (const step of going) await step();
      const left = (await admin(['get', 'pv', '-o', 'name'])).split('\n').filter((each) => each.includes(id));
      if (left.length > 0) await kubectl(['delete', '--wait=false', ...left]);
      await removePolicies();
      await onNode(['rm', '-rf', dir]);
    },
  };
}
