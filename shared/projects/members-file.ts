import { usageError } from '../cli/errors.ts';
import { problemsError } from '../manifest/errors.ts';
import { isRecord } from '../manifest/manifest.ts';
import type { Path } from '../manifest/path.ts';
import type { Source } from '../manifest/source.ts';
import { parseYaml } from '../manifest/yaml.ts';
import type { Person } from './member-name.ts';
import { builtIn } from './roles.ts';
import { whyNobody } from './whom.ts';

/** Someone in a file of members, and the roles that they are to have. */
export interface Listed {
  person: Person;
  roles: string[];
}

/** What an entry may have; `user ls -o yaml` writes more, which says nothing here. */
const fields = ['user', 'group', 'role', 'roles', 'owner', 'binding', 'since', 'note'];

/**
 * Reads a file of members: `members: [{ user: alice@x.org, role: edit }, { group: ml-team, role: view }]`, or what `user ls -o yaml` prints.
 * Throws all that is wrong with it, each with its place.
 */
export function readMembers(source: Source): Listed[] {
  const { documents, problems } = parseYaml(source);
  if (problems.length > 0) throw problemsError(problems, 'nothing was changed');
  if (documents.length !== 1) {
    throw usageError(`${source.name} holds ${documents.length === 0 ? 'nothing' : 'several documents'}`, example);
  }
  const [document] = documents as [(typeof documents)[number]];
  const wrong = (message: string, path: Path, of?: 'name' | 'value') =>
    void problems.push({ place: document.place(path, of), message });
  const found = new Map<string, Listed & { at: number }>();
  const { value } = document;
  const key = isRecord(value) && 'items' in value ? 'items' : 'members';
  if (!isRecord(value) || !Array.isArray(value[key])) {
    throw problemsError([{ place: document.place([]), message: 'a file of members has a list, members' }], example);
  }
  const known = ['apiVersion', 'kind', 'notReadable', key];
  for (const name of Object.keys(value))
    if (!known.includes(name)) wrong(`"${name}" is not known here`, [name], 'name');
  value[key].forEach((entry: unknown, i: number) => {
    const path: Path = [key, i];
    const one = readEntry(entry, path, wrong);
    if (!one) return;
    const { kind, name } = one.person;
    const before = found.get(`${kind}/${name}`);
    if (before) one.roles.push(...before.roles.filter((role) => !one.roles.includes(role)));
    const ladder = one.roles.filter((role) => builtIn(role));
    if (ladder.length > 1) wrong(`${name} has ${ladder.join(' and ')}: of these one`, path);
    found.set(`${kind}/${name}`, { ...one, at: i });
  });
  if (problems.length > 0) throw problemsError(problems, 'nothing was changed');
  return [...found.values()].map(({ person, roles }) => ({ person, roles }));
}

const example = 'such as: members: [{ user: alice@x.org, role: edit }, { group: ml-team, role: view }]';

type Wrong = (message: string, path: Path, of?: 'name' | 'value') => void;

function readEntry(entry: unknown, path: Path, wrong: Wrong): Listed | undefined {
  if (!isRecord(entry)) return void wrong('a member is a mapping: user (or group) and role', path);
  const strange = Object.keys(entry).find((name) => !fields.includes(name));
  if (strange !== undefined) return void wrong(`"${strange}" is not known of a member`, [...path, strange], 'name');
  const { user, group } = entry;
  if ((user === undefined) === (group === undefined)) return void wrong('a member has a user, or a group', path);
  const field = user === undefined ? 'group' : 'user';
  const name = entry[field];
  const at = [...path, field];
  if (typeof name !== 'string') return void wrong(`${field} must be text: put it in quotes`, at);
  const person: Person = { kind: field === 'user' ? 'User' : 'Group', name };
  const why = whyNobody(person);
  if (why) return void wrong(why, at);
  const said = entry.roles ?? entry.role;
  const roles = Array.isArray(said) ? said : [said];
  const fine = roles.length > 0 && roles.every((role) => typeof role === 'string' && role !== '');
  if (!fine) return void wrong(`${name} has no role: ${field} and role, such as role: edit`, path);
  return { person, roles: [...new Set((roles as string[]).map((role) => builtIn(role) ?? role))] };
}
