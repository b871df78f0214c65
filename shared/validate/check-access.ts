import { ownerBinding } from '../projects/marks.ts';
import type { Binding, Role, SubjectRef } from '../rbac/types.ts';
import { bindingPlace, edit, finding, removal } from './build.ts';
import { inForce } from './check-admission.ts';
import { isOwnAccount } from './check-members.ts';
import type { Code } from './codes.ts';
import { dangersOf, isEverything, isWide, reachOf } from './dangers.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { isRecord, recordsOf } from './records.ts';
import { type Party, partyTest, subjectsText } from './subjects.ts';

/** Who can act in the project that is not of it, and by which binding. */
export function checkAccess(facts: Facts): Finding[] {
  const party = partyTest(facts);
  const viewers = viewersOf(facts);
  const inside = facts.snapshot
    .bindings(facts.project)
    .flatMap((binding) => within(binding, groups(binding, party), facts));
  const everywhere = facts.snapshot.bindings('').flatMap((binding) => {
    const role = facts.snapshot.roleOf(binding);
    return role ? fromCluster(binding, role, groups(binding, party), facts, viewers) : [];
  });
  return [...inside, ...everywhere];
}

type Parties = Map<Party, SubjectRef[]>;

function groups(binding: Binding, party: ReturnType<typeof partyTest>): Parties {
  const found: Parties = new Map();
  for (const subject of binding.subjects) {
    const one = party(subject, binding.namespace);
    found.set(one, [...(found.get(one) ?? []), subject]);
  }
  return found;
}

const roleText = ({ role }: Binding) => `${role.kind} ${role.name}`;

/** A RoleBinding of the project. */
function within(binding: Binding, parties: Parties, facts: Facts): Finding[] {
  // Where there is no such role it gives nothing; that is told by itself.
  const { roles, clusterRoles } = facts.saw;
  if (!facts.snapshot.roleOf(binding) && (binding.role.kind === 'Role' ? roles : clusterRoles)) return [];
  const say = (code: Code, reason: string, remedy = removal(binding)) => [
    finding(code, bindingPlace(binding), reason, remedy),
  ];
  // The owner's binding, and those of the project's own accounts, are looked at as such.
  const recorded = isRecord(binding) || binding.name === ownerBinding || isOwnAccount(binding.name);
  const gives = `${roleText(binding)} in ${facts.project}`;
  return [...parties].flatMap(([party, subjects]) => {
    const who = subjectsText(subjects);
    switch (party) {
      case 'anonymous':
        return say('KF101', `anyone, without a login, has ${gives} (${who})`);
      case 'everyone':
        return say('KF102', `everyone who can log in to the cluster has ${gives}`);
      case 'all accounts':
        return say('KF104', `every pod of the cluster has ${gives}, through its service account`);
      case 'accounts of another':
        return say('KF105', `every pod of another namespace has ${gives} (${who})`);
      case 'other account':
      case 'default account':
      case 'platform':
        return say('KF106', `from another namespace, ${who} has ${gives}`);
      case 'node':
        return say('KF115', `${who} has ${gives}`);
      case 'group':
        if (recorded) return [];
        return say('KF113', `${who} has ${gives}; who is in it, neither Kubeflow nor kubectl kf user ls shows`);
      case 'person':
        if (recorded) return [];
        return say(
          'KF114',
          `${who} has ${gives}; Kubeflow's dashboard and kubectl kf user ls don't show it`,
          `add them as members (kubectl kf user --add …), then ${removal(binding)}`,
        );
      default:
        return [];
    }
  });
}

/** A ClusterRoleBinding, so far as it reaches into projects. */
function fromCluster(
  binding: Binding,
  role: Role,
  parties: Parties,
  facts: Facts,
  viewers: ReadonlySet<string>,
): Finding[] {
  const reach = reachOf(role, facts.clusterScoped);
  const everything = isEverything(role);
  const dangers = dangersOf(role, true, (policy) => inForce(facts, policy));
  const further = everything || dangers.length > 0 || role.rules.some(isWide);
  if (!reach.reads && !further) return [];
  const say = (code: Code, reason: string, remedy = removal(binding)) => [
    finding(code, bindingPlace(binding), reason, remedy),
  ];
  const most = reach.changes ? 'change things in every project' : 'read in every project';
  const words = [...new Set(dangers.map((danger) => danger.words))].slice(0, 3).join(', ');
  const gives = `may ${everything ? 'do everything in every project' : words || most} (${roleText(binding)})`;
  // What leads further is told by its own code, except where it is everything.
  const general = everything || !further;
  return [...parties].flatMap(([party, subjects]) => {
    const who = subjectsText(subjects);
    switch (party) {
      case 'anonymous':
        return say('KF101', `anyone, without a login, ${gives}`);
      case 'everyone':
        return say('KF103', `everyone who can log in ${gives}`);
      case 'all accounts':
        return say('KF104', `every pod of the cluster, through its service account, ${gives}`);
      case 'accounts of another':
        return say('KF105', `every pod of another namespace ${gives}: ${who}`);
      case 'default account':
        return say('KF108', `${who}, which every pod there has, ${gives}`);
      case 'other account':
        return general ? say('KF107', `${who} ${gives}`) : [];
      case 'own account':
        return say('KF412', `${who} of this project ${gives}`, edit(binding, 'an admin can take it out'));
      case 'node':
        return say('KF115', `${who} ${gives}`);
      case 'group':
      case 'person': {
        if (!general) return [];
        if (!reach.changes) return say('KF111', `${who} ${gives}`);
        return say(party === 'group' ? 'KF110' : 'KF109', `${who} ${gives}`);
      }
      case 'member': {
        const more = subjects.filter(({ name }) => everything || further || (reach.changes && viewers.has(name)));
        if (more.length === 0) return [];
        return say('KF112', `${subjectsText(more)}, a member, ${gives}`, edit(binding, 'an admin can take them out'));
      }
      default:
        return [];
    }
  });
}

/** Members who by their roles only look. */
function viewersOf(facts: Facts): Set<string> {
  const records = recordsOf(facts);
  const others = new Set(records.filter(({ role }) => role !== 'view').map(({ user }) => user));
  return new Set(records.map(({ user }) => user).filter((user) => !others.has(user)));
}
