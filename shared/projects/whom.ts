import { usageError } from '../cli/errors.ts';
import { safe } from '../view/text.ts';
import type { Person } from './member-name.ts';

const account = /^system:serviceaccount:([^:]+):([^:]+)$/;

const wordFor = (kind: Person['kind']) => (kind === 'User' ? 'user' : 'group');

/** Why nobody is called so; undefined where someone may be. */
export function whyNoName({ kind, name }: Person): string | undefined {
  const what = wordFor(kind);
  if (name.trim() === '') return `a ${what} has a name`;
  if (name !== name.trim() || safe(name) !== name || /[\t\n]/.test(name)) {
    return `a ${what}'s name has no blanks around it and nothing that can't be seen: ${JSON.stringify(safe(name))}`;
  }
  return undefined;
}

/** Why someone of that name can't be a member; undefined where they can. */
export function whyNobody(person: Person): string | undefined {
  const why = whyNoName(person);
  if (why !== undefined) return why;
  const { kind, name } = person;
  if (kind === 'User' && account.test(name)) return `${name} is a ServiceAccount, and members are people`;
  if (name.startsWith('system:')) return `${name} is Kubernetes' own ${wordFor(kind)}, and members are people`;
  return undefined;
}

/** The person that words mean. KfError (exit 2) where they can't be a member, with what to do in place of it. */
export function personFor(kind: Person['kind'], name: string, project: string): Person {
  const person: Person = { kind, name };
  const why = whyNobody(person);
  if (why === undefined) return person;
  const [, home, own] = account.exec(name) ?? [];
  throw usageError(
    why,
    own === undefined
      ? undefined
      : `what runs in ${project} has default-editor; another: kubectl create rolebinding ${own}-edit --clusterrole=edit --serviceaccount=${home}:${own} -n ${project}`,
  );
}
