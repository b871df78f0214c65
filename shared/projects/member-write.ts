import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { create, find, remove } from '../kube/apply.ts';
import type { Kube } from '../kube/kube.ts';
import { oneLine } from '../view/text.ts';
import { escalation } from './escalation.ts';
import { type MemberPolicy, ownerPolicy, policyFor } from './gateway.ts';
import { managedBy, type RoleBinding, type RoleRef, rbacGroup, roleBindings } from './marks.ts';
import { bindingName, type Person, personText, samePerson, secondName } from './member-name.ts';
import { type Member, type Members, membersOf } from './members.ts';

export interface Writing {
  kube: Kube;
  context: Context;
  /** The server does everything but store it. */
  dryRun: boolean;
}

/** A template, found. */
export interface MemberRole {
  word: string;
  ref: RoleRef;
}

/** The record of a member, as Kubeflow's access management makes it. */
export function recordFor(namespace: string, person: Person, { word, ref }: MemberRole, name: string): RoleBinding {
  return {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace, labels: { ...managedBy }, annotations: { user: person.name, role: word } },
    roleRef: ref,
    subjects: [{ apiGroup: rbacGroup, kind: person.kind, name: person.name }],
  };
}

/** Gives someone a role. What another does at the same time is kept; a name that another's binding has is left to them. */
export async function give(
  { kube, dryRun }: Writing,
  namespace: string,
  person: Person,
  role: MemberRole,
): Promise<RoleBinding> {
  const named = { kind: role.ref.kind, word: role.word };
  for (const name of [bindingName(person, named), secondName(person, named)]) {
    const made = await makeOrFind(name);
    if (made) return made;
  }
  throw new KfError(Exit.failed, `the bindings that ${oneLine(personText(person))} would have are there, and others'`, {
    hint: `look at them: kubectl get rolebinding ${secondName(person, named)} -n ${namespace} -o yaml`,
  });

  /** Undefined where the name is another's. */
  async function makeOrFind(name: string): Promise<RoleBinding | undefined> {
    try {
      return await create<RoleBinding>(kube, roleBindings, recordFor(namespace, person, role, name), { dryRun });
    } catch (error) {
      if (error instanceof KfError && error.status?.reason === 'AlreadyExists') {
        const there = await find<RoleBinding>(kube, roleBindings, name, namespace);
        if (!there) return makeOrFind(name);
        return isRecord(there, person, role) ? there : undefined;
      }
      throw refusal(error, namespace, person, role);
    }
  }
}

function isRecord(binding: RoleBinding, person: Person, role: MemberRole): boolean {
  const [member] = membersOf([binding]).members;
  return member !== undefined && samePerson(member, person) && member.binding.roleRef.name === role.ref.name;
}

function refusal(error: unknown, project: string, person: Person, { word, ref }: MemberRole): unknown {
  if (error instanceof KfError && error.status?.code === 404 && error.status.details?.name === ref.name) {
    return new KfError(Exit.notFound, `there is no ${ref.kind} ${ref.name} for ${word}`, {
      hint: 'see what there is: kubectl kf group ls',
    });
  }
  return escalation(error, { role: word, to: personText(person), project }) ?? error;
}

/** Lets a member through Istio's gateway too; false where that may not be done. */
export function admit(writing: Writing, members: Members, person: Person, binding: RoleBinding): Promise<boolean> {
  const { istio, policies } = members;
  const { name } = binding.metadata;
  const isThere = policies.some(({ metadata }) => metadata.name === name && metadata.annotations?.user === person.name);
  // The gateway knows people by their header, and no groups.
  if (!istio || isThere || person.kind === 'Group') return Promise.resolve(true);
  const { kube, dryRun } = writing;
  const apiVersion = `${istio.group}/${istio.version}`;
  const policy = policyFor({ apiVersion, binding, user: person.name }, policies);
  return allowed(async () => {
    try {
      await create(kube, istio, policy, { dryRun });
    } catch (error) {
      if (!(error instanceof KfError) || error.status?.reason !== 'AlreadyExists') throw error;
      const there = await find<MemberPolicy>(kube, istio, name, members.namespace);
      if (!there || there.metadata.annotations?.user === person.name || dryRun) return;
      // What another left, who had a binding of this name before.
      await remove(kube, istio, name, { namespace: members.namespace, uid: there.metadata.uid ?? '' });
      await create(kube, istio, policy);
    }
  });
}

/** Ends what lets someone through the gateway, but for the roles that they keep; false where that may not be done. */
export function shutOut(
  { kube, dryRun }: Writing,
  { istio, policies, notReadable, namespace }: Members,
  person: Person,
  { kept, gone }: { kept: readonly Member[]; gone: readonly Member[] },
): Promise<boolean> {
  if (!istio || person.kind === 'Group') return Promise.resolve(true);
  const keep = new Set(kept.map(({ binding }) => binding.metadata.name));
  const theirs = policies.filter(
    ({ metadata: { annotations } }) => annotations?.user === person.name && annotations.role !== undefined,
  );
  const unseen =
    notReadable.length > 0 ? gone.map(({ binding }) => ({ metadata: { name: binding.metadata.name } })) : [];
  return allowed(async () => {
    for (const { metadata } of [...theirs, ...unseen] as MemberPolicy[]) {
      const { name, uid = '' } = metadata;
      if (name !== ownerPolicy && !keep.has(name))
        await remove(kube, istio, name, { namespace, dryRun, uid }).catch(newer);
    }
  });
}

/** Another's policy has come in the place of the one that was seen. */
function newer(error: unknown): void {
  if (!(error instanceof KfError) || error.status?.code !== 409) throw error;
}

async function allowed(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof KfError && error.status?.code === 403) return false;
    throw error;
  }
}
