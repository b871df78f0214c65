import { randomUUID } from 'node:crypto';
import { Exit, KfError } from '../cli/errors.ts';
import { patch, removeAt, resourcePath } from '../kube/apply.ts';
import { oneLine } from '../view/text.ts';
import { roleBindings } from './marks.ts';
import { type Person, personText, samePerson } from './member-name.ts';
import type { Writing } from './member-write.ts';
import { listMembers, type Member, type Members } from './members.ts';

/** Annotation of the binding of an owner who stays, while another's goes. */
const stays = 'kf.kubeflow.org/stays';

/** Refuses changes after which the project would have no owner, or which are about the owner's own binding. */
export function checkOwners({ members, strange, namespace }: Members, going: readonly Member[]): void {
  const owner = going.find((each) => each.owner);
  if (owner) {
    throw new KfError(Exit.failed, oneLine(`${personText(owner)} owns ${namespace}: that role can't be taken away`), {
      hint: `who runs the cluster can give the project to another: kubectl kf create ${namespace} --owner …`,
    });
  }
  const left = members.filter((each) => each.role === 'admin' && !going.includes(each));
  const lost = going.filter(({ role }) => role === 'admin');
  if (lost.length === 0 || others(strange).length > 0) return;
  // A group may have nobody in it.
  const enough =
    left.some(({ kind }) => kind === 'User') || (left.length > 0 && lost.every(({ kind }) => kind === 'Group'));
  if (enough) return;
  const names = lost.map(personText).join(', ');
  throw new KfError(Exit.failed, oneLine(`${names} is the last owner of ${namespace}, and can't be removed`), {
    hint: `make another one first: kubectl kf user --add … --role admin -n ${namespace}`,
  });
}

const others = (strange: Members['strange']) => strange.filter(({ role, kind }) => role === 'admin' && kind === 'User');

/**
 * Takes one role away. Where that is an owner's, and the owners are all equal, another owner's binding is written first, and the one that
 * goes must be as it was seen before: of two who remove each other at the same time, one finds it changed.
 */
export async function take(writing: Writing, members: Members, member: Member): Promise<void> {
  const { kube, dryRun, context } = writing;
  const { namespace } = members;
  const { uid = '' } = member.binding.metadata;
  let now = members;
  let going: Member | undefined = member;
  for (let attempt = 0; going; attempt++) {
    const path = resourcePath(roleBindings, namespace, going.binding.metadata.name);
    const { resourceVersion = '' } = going.binding.metadata;
    const keeper: Member | undefined = keeperOf(now, going);
    if (dryRun || !keeper) return void (await removeAt(kube, path, { uid, dryRun }));
    try {
      const { name, resourceVersion: seen } = keeper.binding.metadata;
      const change = { metadata: { resourceVersion: seen, annotations: { [stays]: randomUUID() } } };
      await patch(kube, roleBindings, name, change, { namespace });
      return void (await removeAt(kube, path, { uid, resourceVersion }));
    } catch (error) {
      const code = error instanceof KfError ? error.status?.code : undefined;
      if (attempt === 9 || (code !== 409 && code !== 404)) throw error;
    }
    // Both would meet again at the same time otherwise.
    await context.sleep(50 + Math.random() * 100 * 2 ** Math.min(attempt, 4));
    now = await listMembers(kube, context, namespace);
    going = now.members.find(({ binding }) => binding.metadata.uid === uid);
    if (going) checkOwners(now, [going]);
  }
}

/** The owner that stays; undefined where nothing depends on one. */
function keeperOf({ members, strange }: Members, going: Member): Member | undefined {
  if (going.role !== 'admin' || members.some(({ owner }) => owner) || others(strange).length > 0) return undefined;
  const left = members.filter((each) => each.role === 'admin' && !samePerson(each, going as Person));
  return left.find(({ kind }) => kind === 'User') ?? left[0];
}
