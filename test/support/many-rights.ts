/** Thousands of bindings and roles, as a cluster with many projects has them: to see what validating one of those costs. */
import { openKube } from '../../shared/kube/open.ts';
import { ensureCluster, kubectl, namespace } from '../cluster/index.ts';
import { group, member, rbac, roleBinding, user } from './clean-project.ts';
import { context } from './command.ts';

export interface ManyRights {
  /** The project to be looked at: it has a tenth of the RoleBindings. */
  namespace: string;
  /** Makes more, until there are so many bindings, and a fifth as many roles. */
  grow(bindings: number): Promise<void>;
  restore(): Promise<void>;
}

const labels = { 'kf-test/many-rights': 'true' };
const rules = Array.from({ length: 6 }, (_, i) => ({
  verbs: ['get', 'list', 'watch'],
  apiGroups: [`group-${i}.kf.example`],
  resources: ['things', 'things/status', `others-${i}`],
}));
/** A binding in ten is the cluster's, a role in two. */
const isCluster = (i: number, each: number) => i % each === 0;

export async function manyRights(say: (line: string) => void = () => {}): Promise<ManyRights> {
  const { kubeconfig } = await ensureCluster();
  const kube = await openKube({ kubeconfig }, context().context);
  const spaces = await Promise.all(Array.from({ length: 10 }, (_, i) => namespace(`rights-${i}`)));
  const names = spaces.map(({ name }) => name);
  const mark = names[0]!;
  let there = 0;

  const post = (object: { kind: string; metadata: Record<string, unknown> }) => {
    const place = object.metadata.namespace ? `namespaces/${object.metadata.namespace}/` : '';
    const path = `/apis/${rbac}/v1/${place}${object.kind.toLowerCase()}s`;
    const body = { apiVersion: `${rbac}/v1`, ...object, metadata: { ...object.metadata, labels } };
    return kube.json({ method: 'POST', path, body });
  };
  const roleOf = (i: number) => {
    const name = `${mark}-${i}`;
    if (isCluster(i, 2)) return { kind: 'ClusterRole', metadata: { name }, rules };
    return { kind: 'Role', metadata: { name, namespace: names[i % names.length] }, rules };
  };
  const bindingOf = (i: number) => {
    const of = `${mark}-${2 * Math.floor(i / 10)}`;
    if (!isCluster(i, 10)) {
      return member(names[i % names.length]!, `person-${i}@example.com`, i % 3 ? 'edit' : 'view');
    }
    const subjects =
      i % 100 === 0
        ? [user(`reader-${i}@example.com`), group(`readers-${i}`)]
        : [{ kind: 'ServiceAccount', namespace: 'kf-test-system', name: `controller-${i}` }];
    const { metadata, ...rest } = roleBinding('', `${mark}-${i}`, of, subjects);
    return { ...rest, kind: 'ClusterRoleBinding', metadata: { name: metadata.name } };
  };

  return {
    namespace: names[1]!,
    async grow(count) {
      const work = [
        ...Array.from({ length: (count - there) / 5 }, (_, i) => () => post(roleOf(there / 5 + i))),
        ...Array.from({ length: count - there }, (_, i) => () => post(bindingOf(there + i))),
      ];
      let next = 0;
      const worker = async () => {
        while (next < work.length) await work[next++]!();
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      there = count;
      say(`${count} bindings and ${count / 5} roles made`);
    },
    async restore() {
      const selector = ['-l', 'kf-test/many-rights=true', '--wait=false'];
      await kubectl(['delete', 'clusterroles,clusterrolebindings', ...selector]);
      kube.close();
      await Promise.all(spaces.map((space) => space.delete()));
    },
  };
}
