import type { Binding, SubjectRef } from '../rbac/types.ts';
import { bindingPath, bindingPlace, edit, finding, removal, removeBinding } from './build.ts';
import { isOwnAccount } from './check-members.ts';
import { type Facts, ownerOf } from './facts.ts';
import type { Finding, Fix } from './finding.ts';
import { isAccount, recordsOf } from './records.ts';
import { subjectText } from './subjects.ts';

/** RoleBindings that give nothing now, and would to whoever makes what they name; names that no login has. */
export function checkBindings(facts: Facts): Finding[] {
  const people = new Map(
    [...recordsOf(facts).map(({ user }) => user), ownerOf(facts)].map((name) => [plain(name), name]),
  );
  return facts.snapshot
    .bindings(facts.project)
    .flatMap((binding) => [
      ...roleMissing(binding, facts),
      ...accountsMissing(binding, facts),
      ...binding.subjects.flatMap((subject) => oddName(binding, subject, people)),
    ]);
}

function roleMissing(binding: Binding, { snapshot, saw }: Facts): Finding[] {
  const place = bindingPlace(binding);
  const { kind, name } = binding.role;
  if (binding.subjects.length === 0) {
    return [finding('KF305', place, 'it names nobody', removal(binding), removeBinding(binding))];
  }
  if (snapshot.roleOf(binding) || !(kind === 'Role' ? saw.roles : saw.clusterRoles)) return [];
  const reason = `there is no ${kind} ${name}: whoever makes one of that name decides what ${subjectText(binding.subjects[0]!)} may do`;
  const code = kind === 'Role' ? 'KF301' : 'KF302';
  return [finding(code, place, reason, removal(binding), removeBinding(binding))];
}

function accountsMissing(binding: Binding, { project, accounts, otherAccounts, namespaces }: Facts): Finding[] {
  const found: Finding[] = [];
  for (const subject of binding.subjects) {
    // Kubeflow's own are told of as such (check-members.ts).
    if (subject.kind !== 'ServiceAccount' || (isOwnAccount(subject.name) && binding.name === subject.name)) continue;
    const home = subject.namespace || project;
    const there =
      home === project ? accounts?.has(subject.name) : (otherAccounts.get(`${home}/${subject.name}`) ?? undefined);
    if (there !== false) continue;
    const gone = home !== project && namespaces && !namespaces.has(home) ? ', nor its namespace' : '';
    const reason = `${subjectText({ ...subject, namespace: home })} is not there${gone}: whoever makes it has ${binding.role.name} here`;
    found.push(
      finding(
        home === project ? 'KF303' : 'KF304',
        bindingPlace(binding),
        reason,
        binding.subjects.length === 1 ? removal(binding) : edit(binding, 'take it out'),
        takeOut(binding, subject),
      ),
    );
  }
  return found;
}

/** The subject alone, as long as the binding is as it was seen; with nobody left, the binding. */
function takeOut(binding: Binding, subject: SubjectRef): Fix {
  if (binding.subjects.length === 1) return removeBinding(binding);
  const at = `/subjects/${binding.subjects.indexOf(subject)}`;
  return {
    words: `take ${subjectText(subject)} out of rolebinding ${binding.name}`,
    patch: {
      path: bindingPath(binding),
      body: [
        { op: 'test', path: '/metadata/uid', value: binding.uid },
        { op: 'test', path: `${at}/name`, value: subject.name },
        { op: 'remove', path: at },
      ],
    },
  };
}

const plain = (text: string) => text.normalize('NFKC').trim().toLowerCase();

function oddName(binding: Binding, subject: SubjectRef, people: ReadonlyMap<string, string>): Finding[] {
  if (subject.kind !== 'User') return [];
  const { name } = subject;
  const place = bindingPlace(binding);
  if (isAccount(subject)) {
    const reason = `${name} is a service account that is written as a user: lists of accounts don't show it`;
    return [finding('KF319', place, reason, edit(binding, 'write it as kind ServiceAccount'))];
  }
  const like = people.get(plain(name));
  const why =
    like && like !== name
      ? `looks like ${like} and is someone else: names of users are compared letter by letter`
      : /\s|[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/.test(name)
        ? 'has white space or invisible characters'
        : '';
  if (!why) return [];
  return [
    finding('KF320', place, `user ${JSON.stringify(name)} ${why}`, edit(binding, 'write the name as whoami shows it')),
  ];
}
