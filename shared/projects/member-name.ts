import { createHash } from 'node:crypto';
import type { RoleRef } from './marks.ts';

/** Someone that a project's rights may be given to: a person, or a group of people as the login names it. */
export interface Person {
  kind: 'User' | 'Group';
  name: string;
}

/** What a member is called in a record: the role as Kubeflow's access management writes it, and the kind of what it is. */
export interface RecordRole {
  kind: RoleRef['kind'];
  /** `admin`, `edit`, `view`, or a template's name. */
  word: string;
}

/** The longest name that Istio's policy of the same name may have. */
const most = 253;

const slug = (text: string) => text.replace(/[^a-zA-Z0-9]+/g, '-');

/**
 * The name of a member's RoleBinding, as Kubeflow's access management makes it: `user-<user>-clusterrole-<role>`. Two people may
 * come to the same one.
 */
export function bindingName({ kind, name }: Person, role: RecordRole): string {
  const words = [kind, slug(name), role.kind, slug(role.word)].join('-');
  const whole = words.replace(/-+/g, '-').replace(/-$/, '').toLowerCase();
  return whole.length > most ? `${whole.slice(0, most - 10)}-${mark({ kind, name }, role)}` : whole;
}

/** The name where another has {@link bindingName}: always the same for one person, whoever asks. */
export function secondName(person: Person, role: RecordRole): string {
  const first = bindingName(person, role).slice(0, most - 10);
  return `${first}-${mark(person, role)}`;
}

const mark = (person: Person, role: RecordRole) =>
  createHash('sha256').update([person.kind, person.name, role.kind, role.word].join('/')).digest('hex').slice(0, 9);

/** `alice`, or `group ml-team`. */
export const personText = ({ kind, name }: Person): string => (kind === 'Group' ? `group ${name}` : name);

export const samePerson = (a: Person, b: Person): boolean => a.kind === b.kind && a.name === b.name;
