import { bindingPlace, edit, finding, removal } from './build.ts';
import { type Facts, roleNames } from './facts.ts';
import type { Finding } from './finding.ts';
import { type MemberRecord, recordNames, recordsOf } from './records.ts';
import { subjectsText } from './subjects.ts';

/** Members, as Kubeflow's records have them, against the rights that they have. */
export function checkMembers(facts: Facts): Finding[] {
  const records = recordsOf(facts);
  return [...records.flatMap(recordFindings), ...twice(records)];
}

function recordFindings(record: MemberRecord): Finding[] {
  const { binding, user, role, roles } = record;
  const place = bindingPlace(binding);
  const again = `make it anew: kubectl kf user --delete ${user}, then --add ${user} --role ${role}`;
  const found: Finding[] = [];
  const [subject] = binding.subjects;
  if (binding.subjects.length !== 1) {
    const count = binding.subjects.length;
    const reason = `it is the record of ${user} and binds ${count === 0 ? 'nobody' : `${count} subjects`}: Kubeflow's list of members fails on it`;
    found.push(finding('KF313', place, reason, again));
  }
  const others = binding.subjects.filter(({ name }) => name !== user);
  if (others.length > 0) {
    const reason = `the record says ${user}, the binding gives the rights to ${subjectsText(others)}`;
    found.push(finding('KF311', place, reason, `${removal(binding)}, then kubectl kf user --add …`));
  }
  if (!roles.includes(binding.role.name)) {
    const reason = `the record says ${role}, the binding gives ${binding.role.kind} ${binding.role.name}`;
    found.push(finding('KF312', place, reason, again));
  }
  const names = recordNames(record);
  if (subject && found.length === 0 && !names.includes(binding.name)) {
    const reason = `Kubeflow would name it ${names[0]}: its dashboard can't change or remove this member`;
    found.push(finding('KF314', place, reason, again));
  }
  return found;
}

function twice(records: readonly MemberRecord[]): Finding[] {
  const seen = new Map<string, MemberRecord>();
  return records.flatMap((record) => {
    const first = seen.get(record.user);
    if (!first) seen.set(record.user, record);
    if (!first || first.role === record.role) return [];
    const reason = `${record.user} is ${record.role} by this and ${first.role} by ${first.binding.name}: the rights of both hold`;
    return [
      finding(
        'KF315',
        bindingPlace(record.binding),
        reason,
        `keep one: kubectl kf user --modify ${record.user} --role …`,
      ),
    ];
  });
}

/** The project's own service accounts, as Kubeflow makes them. */
const ownAccounts = { 'default-editor': 'edit', 'default-viewer': 'view' } as const;
export const isOwnAccount = (name: string): boolean => Object.hasOwn(ownAccounts, name);

/** The bindings of the project's own service accounts. */
export function checkOwnAccounts({ project, namespace, profile, snapshot, saw, accounts }: Facts): Finding[] {
  if (!saw.bindings || (!namespace?.metadata.annotations?.owner && !profile)) return [];
  const here = snapshot.bindings(project);
  return Object.entries(ownAccounts).flatMap(([name, role]) => {
    const binding = here.find((each) => each.name === name);
    const place = { apiVersion: 'v1', kind: 'ServiceAccount', name, namespace: project };
    const again = `make them anew: kubectl kf create ${project}`;
    if (!binding || accounts?.has(name) === false) {
      const lacks = binding ? 'it is not there' : `its RoleBinding ${name} is not there`;
      return [finding('KF322', place, `${lacks}: what Kubeflow starts for people can't run as it`, again)];
    }
    const found: Finding[] = [];
    if (!roleNames(role).includes(binding.role.name)) {
      const reason = `it gives ${binding.role.kind} ${binding.role.name} in place of ${role}, to every notebook and pipeline`;
      found.push(
        finding('KF321', bindingPlace(binding), reason, `${removal(binding)}, then kubectl kf create ${project}`),
      );
    }
    const others = binding.subjects.filter((each) => each.kind !== 'ServiceAccount' || each.name !== name);
    if (others.length > 0) {
      const reason = `it binds ${subjectsText(others)} too`;
      found.push(finding('KF321', bindingPlace(binding), reason, edit(binding, 'take it out')));
    }
    return found;
  });
}
