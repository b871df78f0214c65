import { selfSubjectReview } from '../kube/reviews.ts';
import { fileSource, stdinSource } from '../manifest/load.ts';
import { oneLine } from '../view/text.ts';
import { type Acting, changeAll, type Outcome } from './change-members.ts';
import { personText } from './member-name.ts';
import type { MemberRole } from './member-write.ts';
import type { Members } from './members.ts';
import { readMembers } from './members-file.ts';
import { changesFor, isMine, type Wanted } from './plan.ts';
import { memberRole } from './templates.ts';

/** Makes the members of a project those of a file. */
export async function membersFrom(
  acting: Acting,
  file: { path: string; name: string },
  load: () => Promise<Members>,
): Promise<Outcome> {
  const { kube, context, say } = acting;
  const listed = readMembers(file.path === '-' ? await stdinSource(context) : await fileSource(file.path, file.name));
  const [members, { username }] = await Promise.all([load(), selfSubjectReview(kube)]);
  const found = new Map<string, MemberRole>();
  for (const word of new Set(listed.flatMap(({ roles }) => roles)))
    found.set(word, await memberRole(kube, context, word, members));
  const wanted = listed.map(({ person, roles }): Wanted => ({ person, roles: roles.map((word) => found.get(word)!) }));
  const changes = changesFor(members, wanted, username);
  for (const { person, keep } of changes) {
    const stays = keep.some(({ owner }) => owner) && !wanted.some((each) => each.person.name === person.name);
    if (stays) say(oneLine(`${personText(person)} owns ${members.namespace} and stays, without being in the file`));
  }
  for (const { name, kind, binding } of members.strange) {
    const who = personText({ kind, name });
    say(oneLine(`${who} has rights by RoleBinding ${binding}, which is no member's record: it stays`));
  }
  if (changes.some((change) => isMine(change, username) && change.take.length > 0))
    say('this takes your own role away, last');
  return changeAll(acting, members, changes);
}
