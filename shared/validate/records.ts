import { ownerBinding } from '../projects/marks.ts';
import { bindingName, secondName } from '../projects/member-name.ts';
import type { Binding, SubjectRef } from '../rbac/types.ts';
import { type Facts, roleNames } from './facts.ts';

/** A RoleBinding that Kubeflow's access management, or kf, takes for a member: annotated with user and role. */
export interface MemberRecord {
  binding: Binding;
  user: string;
  role: string;
  /** Names of the roles that its word stands for. */
  roles: string[];
}

export const isRecord = (binding: Binding): binding is Binding & { annotations: { user: string; role: string } } =>
  binding.annotations?.user !== undefined && binding.annotations.role !== undefined;

/** The member records of the project; the owner's binding is not one. */
export function recordsOf(facts: Pick<Facts, 'snapshot' | 'project'>): MemberRecord[] {
  return facts.snapshot.bindings(facts.project).flatMap((binding) => {
    if (!isRecord(binding) || binding.name === ownerBinding) return [];
    const { user, role } = binding.annotations;
    return [{ binding, user, role, roles: roleNames(role) }];
  });
}

/**
 * Names that Kubeflow's access management, or kf for a template of its own, gives to the record; last those that kf gives where
 * another has the name already.
 */
export function recordNames({ binding, user, role }: Pick<MemberRecord, 'binding' | 'user' | 'role'>): string[] {
  const person = { kind: binding.subjects[0]?.kind === 'Group' ? 'Group' : 'User', name: user } as const;
  const kinds = (['ClusterRole', 'Role'] as const).map((kind) => ({ kind, word: role }));
  return [...kinds.map((each) => bindingName(person, each)), ...kinds.map((each) => secondName(person, each))];
}

export const isAccount = ({ kind, name }: SubjectRef): boolean =>
  kind === 'ServiceAccount' || (kind === 'User' && name.startsWith('system:serviceaccount:'));
