import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { selfSubjectReview } from '../kube/reviews.ts';
import { age } from '../view/age.ts';
import type { ListLook } from '../view/list-printer.ts';
import { oneLine } from '../view/text.ts';
import { rbacGroup } from './marks.ts';
import type { Person } from './member-name.ts';
import type { Members } from './members.ts';
import { roleIn } from './my-role.ts';

/** A line of `user ls`. */
export interface MemberRow extends Person {
  role: string;
  owner: boolean;
  binding: string;
  since: string | undefined;
  note: string;
}

export const memberRows = ({ members, strange }: Members): MemberRow[] => [
  ...members.map(({ kind, name, role, owner, binding: { metadata } }) => {
    const { name: binding, creationTimestamp: since } = metadata;
    return { kind, name, role, owner, binding, since, note: owner ? 'owns the project' : '' };
  }),
  ...strange.map(({ kind, name, role, binding, why }) => {
    return { kind, name, role, owner: false, binding, since: undefined, note: `by RoleBinding ${binding}: ${why}` };
  }),
];

/** The line of who may see no members: themselves, with the role that their rights come nearest to. KfError (exit 4) where they have none. */
export async function ownRow(kube: Kube, namespace: string): Promise<MemberRow> {
  const me = await selfSubjectReview(kube);
  const role = (await roleIn(kube, me, namespace))?.role;
  const { username } = me;
  if (role === undefined) {
    throw new KfError(Exit.forbidden, `not allowed: ${oneLine(username)} has no role in ${namespace}`, {
      hint: `an owner of ${namespace} can add you: kubectl kf user --add ${username}`,
    });
  }
  const note = 'you, by what you may do here';
  return { kind: 'User', name: username, role, owner: false, binding: '', since: undefined, note };
}

/** True for the server's word that a list may not be read. */
export const isHidden = (error: unknown): boolean =>
  error instanceof KfError && error.exit === Exit.forbidden && error.status?.code === 403;

export const memberLook = (now: number): ListLook<MemberRow> => ({
  columns: [
    { title: 'MEMBER', value: ({ name }) => name },
    { title: 'KIND', value: ({ kind }) => kind.toLowerCase() },
    { title: 'ROLE', value: ({ role }) => role },
    { title: 'AGE', value: ({ since }) => age(since, now), wide: true },
    { title: 'BINDING', value: ({ binding }) => binding, wide: true },
    { title: 'NOTE', value: ({ note }) => note },
  ],
  // A file of members, too: user -f takes it.
  head: { apiVersion: 'kf.kubeflow.org/v1alpha1', kind: 'MemberList' },
  data: ({ kind, name, role, owner, binding, since, note }) => ({
    [kind === 'User' ? 'user' : 'group']: name,
    role,
    ...(owner ? { owner } : {}),
    ...(binding ? { binding } : {}),
    ...(since ? { since } : {}),
    ...(note ? { note } : {}),
  }),
  object: ({ binding }) => ({ apiVersion: `${rbacGroup}/v1`, kind: 'RoleBinding', metadata: { name: binding } }),
});
