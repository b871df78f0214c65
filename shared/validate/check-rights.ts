import { ownerBinding, templateLabel } from '../projects/marks.ts';
import type { Binding, Role, Rule } from '../rbac/types.ts';
import { bindingPlace, finding, removal, rolePlace } from './build.ts';
import { inForce } from './check-admission.ts';
import { type Code, severityOf } from './codes.ts';
import { dangersOf, isChanging, isEverything, isWide } from './dangers.ts';
import { type Facts, profileLabel } from './facts.ts';
import type { Finding } from './finding.ts';
import { type Party, partyTest, subjectsText } from './subjects.ts';

/** Roles whose rights are what their name says: they are looked at themselves. */
const templates = ['kubeflow-admin', 'kubeflow-edit', 'kubeflow-view', 'admin', 'edit', 'view'];

/** What every editor may do: of a template that someone made of that role, it is meant so. */
const editors: Code[] = ['KF205', 'KF207', 'KF208', 'KF209'];

/** Who has rights that lead further than they seem to, and what the roles for members give. */
export function checkRights(facts: Facts): Finding[] {
  const party = partyTest(facts);
  const bindings = [...facts.snapshot.bindings(facts.project), ...facts.snapshot.bindings('')];
  return [
    ...bindings.flatMap((binding) => rightsOf(binding, facts, party)),
    ...(inForce(facts, 'kf-dataset-owner') || !facts.policies ? [] : unguardedVolumes(facts, party)),
    ...templateFindings(facts),
  ];
}

/** Those who are told of as such (all of a kind, whoever), and those who may. */
const apart: Party[] = [
  'control plane',
  'platform',
  'anonymous',
  'everyone',
  'all accounts',
  'accounts of another',
  'node',
];

function rightsOf(binding: Binding, facts: Facts, party: ReturnType<typeof partyTest>): Finding[] {
  const role = facts.snapshot.roleOf(binding);
  const cluster = binding.namespace === '';
  if (!role || (templates.includes(role.name) && role.kind === 'ClusterRole')) return [];
  const subjects = binding.subjects.filter((subject) => {
    const who = party(subject, binding.namespace);
    if (cluster && ['owner', 'member', 'default account', 'own account'].includes(who)) return false;
    return !apart.includes(who) || (who === 'platform' && !cluster);
  });
  if (subjects.length === 0) return [];
  const who = subjectsText(subjects);
  const where = cluster ? 'in every project' : 'here';
  const by = `by ${binding.role.kind} ${binding.role.name}`;
  const say = (code: Code, reason: string) => finding(code, bindingPlace(binding), reason, removal(binding));
  if (isEverything(role)) {
    if (cluster || binding.name === ownerBinding) return []; // told of as access from outside, and as the owner's role
    return [say('KF201', `${who} may do everything ${where}, ${by}: more than an owner`)];
  }
  // An owner may do what is only a warning of others: delete the project, change its members.
  const owners = binding.subjects.every((subject) => party(subject, binding.namespace) === 'owner');
  const template = !cluster && role.labels?.[templateLabel] === 'true';
  const found = dangersOf(role, cluster, (policy) => inForce(facts, policy))
    .filter(({ code }) => (!owners || severityOf(code) === 'error') && !(template && editors.includes(code)))
    .map(({ code, words, cluster: only }) => say(code, `${who} may ${words}${only ? '' : ` ${where}`}, ${by}`));
  const wide = role.rules.find((rule) => isWide(rule) && (!template || rule.resources?.includes('*')));
  if (wide) found.push(say('KF202', `${who} may ${wideText(wide)} ${where}, ${by}: what comes later is in it too`));
  return found;
}

function wideText({ verbs, apiGroups, resources }: Rule): string {
  const list = (words: readonly string[] | null | undefined, all: string) =>
    words?.includes('*') ? all : (words ?? []).join(', ');
  const groups = list(apiGroups?.filter(Boolean), 'every API group');
  return `${list(verbs, 'do everything with')} ${list(resources, 'everything')}${groups ? ` of ${groups}` : ''}`;
}

/** Everyone may be given the right to make volumes where policies say which: without them it is one to the nodes' files. */
function unguardedVolumes(facts: Facts, party: ReturnType<typeof partyTest>): Finding[] {
  return facts.snapshot.bindings('').flatMap((binding) => {
    const role = facts.snapshot.roleOf(binding);
    if (!role || isEverything(role) || !mayMakeVolumes(role)) return [];
    const subjects = binding.subjects.filter(
      (subject) => !['control plane', 'platform'].includes(party(subject, binding.namespace)),
    );
    if (subjects.length === 0) return [];
    const reason = `${subjectsText(subjects)} may make volumes over any storage, the nodes' files too, by ClusterRole ${role.name}`;
    return [finding('KF217', bindingPlace(binding), reason, removal(binding))];
  });
}

const mayMakeVolumes = (role: Role) =>
  role.rules.some(
    ({ verbs, resources, apiGroups }) =>
      verbs?.some((verb) => ['create', 'patch', 'update'].includes(verb)) &&
      resources?.includes('persistentvolumes') &&
      apiGroups?.includes(''),
  );

/** Kubeflow's and Kubernetes' roles for viewers and editors: aggregation may have put more into them than their names say. */
function templateFindings({ snapshot, namespace }: Facts): Finding[] {
  const found: Finding[] = [];
  const kubeflow = snapshot.clusterRole('kubeflow-view') !== undefined || profileLabel(namespace);
  for (const name of kubeflow ? ['kubeflow-view', 'view'] : ['view']) {
    const role = snapshot.clusterRole(name);
    const more = role?.rules.find(isChanging);
    const secrets = role && dangersOf(role, false).find(({ code }) => code === 'KF209');
    if (role && (more || secrets)) {
      const what = more ? wideText(more) : 'read secrets';
      found.push(finding('KF215', rolePlace(name), `viewers may ${what}`, fixTemplate(name)));
    }
  }
  for (const name of kubeflow ? ['kubeflow-edit', 'edit'] : ['edit']) {
    const role = snapshot.clusterRole(name);
    const codes: Code[] = ['KF203', 'KF204', 'KF210'];
    const more =
      role &&
      (isEverything(role)
        ? { words: 'do everything' }
        : dangersOf(role, false).find(({ code }) => codes.includes(code)));
    if (more) found.push(finding('KF216', rolePlace(name), `editors may ${more.words}`, fixTemplate(name)));
  }
  return found;
}

const fixTemplate = (name: string) =>
  `an admin can find the role that is aggregated into it: kubectl get clusterroles -l rbac.authorization.${name.startsWith('kubeflow-') ? `kubeflow.org/aggregate-to-${name}` : `k8s.io/aggregate-to-${name}`}=true`;
