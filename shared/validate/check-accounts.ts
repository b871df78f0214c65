import { evaluate } from '../rbac/engine.ts';
import { accountUser } from '../rbac/snapshot.ts';
import { bindingPlace, edit, finding, removal } from './build.ts';
import type { Facts } from './facts.ts';
import { at, type Finding } from './finding.ts';
import { subjectsText } from './subjects.ts';

/** The project's service accounts: what its pods can do, here and elsewhere. */
export function checkAccounts(facts: Facts): Finding[] {
  return [...podsThatMay(facts), ...defaultAccount(facts), ...elsewhere(facts), ...tokens(facts)];
}

/** Rights with which a pod has the whole project, or more. */
const furthest = (namespace: string) => [
  {
    verb: 'create',
    group: 'rbac.authorization.k8s.io',
    resource: 'rolebindings',
    namespace,
    words: 'change its members',
  },
  { verb: 'escalate', group: 'rbac.authorization.k8s.io', resource: 'roles', namespace, words: 'escalate roles' },
  { verb: 'list', group: '', resource: 'secrets', namespace: '', words: "read every project's secrets" },
];

function podsThatMay({ project, snapshot, pods }: Facts): Finding[] {
  return [...(pods?.accounts ?? [])].flatMap(([account, { pod, pods: count }]) => {
    const user = accountUser(project, account);
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${project}`, 'system:authenticated'];
    const may = furthest(project).filter(({ words: _, ...asked }) => evaluate(snapshot, { user, groups }, asked));
    if (may.length === 0) return [];
    const which = count > 1 ? `${count} pods run` : 'it runs';
    const reason = `${which} as ${account}, which may ${may.map(({ words }) => words).join(', ')}`;
    const place = { apiVersion: 'v1', kind: 'Pod', name: pod, namespace: project };
    return [
      finding('KF407', place, reason, `run it as default-editor, or as an account with just the rights that it needs`),
    ];
  });
}

function defaultAccount({ project, snapshot }: Facts): Finding[] {
  return snapshot.bindings(project).flatMap((binding) => {
    const all = binding.subjects.filter(
      ({ kind, name, namespace }) =>
        (kind === 'ServiceAccount' && name === 'default' && (namespace || project) === project) ||
        (kind === 'User' && name === accountUser(project, 'default')) ||
        (kind === 'Group' && name === `system:serviceaccounts:${project}`),
    );
    if (all.length === 0) return [];
    const reason = `every pod that names no account has ${binding.role.kind} ${binding.role.name} by it (${subjectsText(all)})`;
    return [finding('KF408', bindingPlace(binding), reason, edit(binding, 'bind an account of its own instead'))];
  });
}

function elsewhere({ elsewhere: bindings, project }: Facts): Finding[] {
  return bindings.map((binding) => {
    const ours = binding.subjects.filter(
      ({ name, namespace }) => namespace === project || name.startsWith('system:serviceaccount'),
    );
    const reason = `in ${binding.namespace}, ${subjectsText(ours)} of this project has ${binding.role.kind} ${binding.role.name}`;
    return finding('KF411', bindingPlace(binding), reason, `if that is not meant so: ${removal(binding)}`);
  });
}

function tokens({ tokens: secrets }: Facts): Finding[] {
  return (secrets ?? []).map((secret) => {
    const account = secret.metadata.annotations?.['kubernetes.io/service-account.name'] ?? 'a service account';
    const reason = `it holds a token of ${account} that never expires; whoever read it once is ${account} for good`;
    const { name, namespace } = secret.metadata;
    return finding(
      'KF409',
      at({ ...secret, apiVersion: 'v1', kind: 'Secret' }),
      reason,
      `ask for a short one where it is used (kubectl create token ${account} -n ${namespace}), then kubectl delete secret ${name} -n ${namespace}`,
    );
  });
}
