import { Exit, KfError, usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { type Person, personText, samePerson } from './member-name.ts';
import type { MemberRole } from './member-write.ts';
import { leftOvers, type Member, type Members, rolesOf } from './members.ts';
import { builtIn } from './roles.ts';

/** What changes for one member: roles that are kept, given and taken away. */
export interface Change {
  person: Person;
  keep: Member[];
  give: MemberRole[];
  take: Member[];
}

export type Intent =
  /** Gives one more role; of admin, edit and view a member has one. */
  | { do: 'add'; role: MemberRole }
  /** Makes it the only role. */
  | { do: 'modify'; role: MemberRole }
  /** Takes one role away, or all. */
  | { do: 'delete'; role?: MemberRole };

export const changes = ({ give, take }: Change): boolean => give.length + take.length > 0;

/** What one wish comes to. KfError where it can't be: no such member, or one who has another role already. */
export function changeFor(all: Members, person: Person, intent: Intent): Change {
  const { members, namespace } = all;
  const has = rolesOf(members, person);
  const name = oneLine(personText(person));
  if (intent.do === 'add') {
    const { word } = intent.role;
    const other = builtIn(word) && has.find(({ role }) => role !== word && builtIn(role));
    if (other && !has.some(({ role }) => role === word)) {
      throw usageError(
        `${name} is a member of ${namespace} already: ${other.role}`,
        other.owner
          ? undefined
          : `change it: kubectl kf user --modify ${quoted(person)} --role ${word} -n ${namespace}`,
      );
    }
    return { person, keep: has, give: has.some(({ role }) => role === word) ? [] : [intent.role], take: [] };
  }
  const word = intent.role?.word;
  if (has.length === 0 && intent.do === 'delete' && leftOvers(all).some((each) => samePerson(each, person)))
    return { person, keep: [], give: [], take: [] };
  if (has.length === 0 || (intent.do === 'delete' && word && !has.some(({ role }) => role === word)))
    throw notMember(all, person, has.length > 0 ? word : undefined);
  if (intent.do === 'modify') {
    const keep = has.filter(({ role }) => role === word);
    return {
      person,
      keep,
      give: keep.length > 0 ? [] : [intent.role],
      take: has.filter((each) => !keep.includes(each)),
    };
  }
  const take = has.filter(({ role }) => word === undefined || role === word);
  return { person, keep: has.filter((each) => !take.includes(each)), give: [], take };
}

function notMember({ members, strange, namespace }: Members, person: Person, word: string | undefined): KfError {
  const name = oneLine(personText(person));
  if (word) return new KfError(Exit.notFound, `${name} has no role ${word} in ${namespace}`);
  const by = strange.find((each) => samePerson(each, person));
  if (by) {
    return new KfError(
      Exit.failed,
      `${name} has rights in ${namespace} by RoleBinding ${oneLine(by.binding)}: ${oneLine(by.why)}`,
      {
        hint: `nothing was changed; see it, and take it away if it is not wanted: kubectl delete rolebinding ${by.binding} -n ${namespace}`,
      },
    );
  }
  const near = members.find(
    (each) => each.name.toLowerCase() === person.name.toLowerCase() || each.name.startsWith(`${person.name}@`),
  );
  return new KfError(
    Exit.notFound,
    `${name} is no member of ${namespace}${near ? `; did you mean ${oneLine(personText(near))}?` : ''}`,
    {
      hint: `see who is: kubectl kf user ls -n ${namespace}`,
    },
  );
}

export interface Wanted {
  person: Person;
  roles: MemberRole[];
}

/** What makes the members those that are wanted; who is not among them goes, but for the owner of the project. */
export function changesFor(all: Members, wanted: readonly Wanted[], me: string): Change[] {
  const { members } = all;
  const named = wanted.map(({ person, roles }): Change => {
    const has = rolesOf(members, person);
    const keep = has.filter((each) => roles.some(({ word }) => word === each.role));
    const give = roles.filter(({ word }) => !has.some(({ role }) => role === word));
    return { person, keep, give, take: has.filter((each) => !keep.includes(each)) };
  });
  const going = new Map<string, Change>();
  for (const person of leftOvers(all))
    if (!wanted.some((each) => samePerson(each.person, person)))
      going.set(`User/${person.name}`, { person, keep: [], give: [], take: [] });
  for (const member of members) {
    if (wanted.some(({ person }) => samePerson(person, member))) continue;
    const key = `${member.kind}/${member.name}`;
    const change = going.get(key) ?? { person: member, keep: [], give: [], take: [] };
    (member.owner ? change.keep : change.take).push(member);
    going.set(key, change);
  }
  // New rights first, and last what takes one's own away: until then all the rest can be done.
  const rank = (change: Change) =>
    isMine(change, me) && change.take.length > 0
      ? 9
      : Math.min(change.take.length, 1) + (change.give.length > 0 ? 0 : 1);
  return [...named, ...going.values()].sort((a, b) => rank(a) - rank(b));
}

export const isMine = ({ person }: Change, me: string): boolean => person.kind === 'User' && person.name === me;

/** One line: `+ alice: edit`, `~ bob: view → edit`, `- carol: admin`, `= dan: view`. */
export function changeText({ person, keep, give, take }: Change): string {
  const before = [...keep, ...take].map(({ role }) => role).join(', ');
  const after = [...keep.map(({ role }) => role), ...give.map(({ word }) => word)].join(', ');
  const sign = before === after ? '=' : before === '' ? '+' : after === '' ? '-' : '~';
  const what = sign === '~' ? `${before} → ${after}` : after || before;
  return oneLine(`${sign} ${personText(person)}: ${what}`);
}

/** As it is typed in a shell. */
export function quoted({ kind, name }: Person): string {
  const word = /^[\w@.:/+-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
  return kind === 'Group' ? `${word} --kind group` : word;
}
