import type { Context } from '../cli/context.ts';
import { Exit, type ExitCode, Interrupted, KfError, usageError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { canAsk, confirm } from '../view/prompt.ts';
import { oneLine } from '../view/text.ts';
import type { RoleBinding } from './marks.ts';
import { bindingName, personText, samePerson, secondName } from './member-name.ts';
import { admit, give, recordFor, shutOut, type Writing } from './member-write.ts';
import { leftOvers, listMembers, type Members, rolesOf } from './members.ts';
import { checkOwners, take } from './owners.ts';
import { type Change, changes, changeText } from './plan.ts';

/** How changes are made: asking, only shown, or only tried by the server. */
export interface Acting {
  context: Context;
  kube: Kube;
  say(line: string): void;
  checkInterrupt(): void;
  yes: boolean;
  dryRun: 'client' | 'server' | undefined;
}

export interface Outcome {
  code: ExitCode;
  /** The bindings that were made, or taken away. */
  bindings: RoleBinding[];
}

/** Makes several changes: what would be refused is known before the first; they are shown, and asked for. */
export async function changeAll(acting: Acting, members: Members, all: readonly Change[]): Promise<Outcome> {
  const { context, say, dryRun, yes } = acting;
  checkOwners(
    members,
    all.flatMap((change) => change.take),
  );
  const planned = all.filter(changes);
  if (dryRun !== 'client') await rehearse(acting, members, planned);
  for (const change of planned) say(changeText(change));
  const rest = all.filter(({ keep }) => keep.length > 0).length;
  if (planned.length === 0) say(`${oneLine(members.namespace)} has just these ${rest} members: unchanged`);
  else if (!dryRun && !yes) {
    if (!canAsk(context)) {
      throw usageError(
        `would change ${planned.length} members of ${members.namespace}, and there is no terminal to ask on`,
        'say so with --yes, or see with --dry-run=client',
      );
    }
    if (!(await confirm(context, `make these changes in ${oneLine(members.namespace)}?`))) {
      say('nothing was changed');
      return { code: Exit.failed, bindings: [] };
    }
  }
  return carryOut(acting, members, all);
}

/** Asks the server for every binding, without making it: nothing is begun that could not be ended for want of rights. */
async function rehearse({ kube, context }: Acting, { namespace }: Members, planned: readonly Change[]): Promise<void> {
  const refused: KfError[] = [];
  for (const { person, give: roles } of planned) {
    for (const role of roles) {
      await give({ kube, context, dryRun: true }, namespace, person, role).catch((error) => {
        if (!(error instanceof KfError) || error instanceof Interrupted || !error.status) throw error;
        refused.push(error);
      });
    }
  }
  const [first, ...others] = refused;
  if (!first) return;
  const details = [...first.details, ...others.flatMap((error) => [error.message, ...error.details])];
  throw new KfError(first.exit, first.message, { details, hint: 'nothing was changed' });
}

/** Makes the changes, one after the other; each can be made again where it was made already, or half. */
export async function carryOut(acting: Acting, members: Members, all: readonly Change[]): Promise<Outcome> {
  const { kube, context, dryRun, say } = acting;
  checkOwners(
    members,
    all.flatMap((change) => change.take),
  );
  const bindings: RoleBinding[] = [];
  if (dryRun === 'client') {
    for (const change of all) bindings.push(...shownFor(members, change));
    return { code: Exit.ok, bindings };
  }
  const writing: Writing = { kube, context, dryRun: dryRun === 'server' };
  const unlet: Change[] = [];
  const planned = all.filter(changes);
  for (const change of all) {
    acting.checkInterrupt();
    try {
      const made = await makeOne(writing, members, change);
      bindings.push(...made.bindings);
      if (!made.gateway) unlet.push(change);
    } catch (error) {
      throw planned.length > 1 ? partly(error, planned.indexOf(change), planned.length) : error;
    }
    if (changes(change) && planned.length === 1)
      say(doneText(members.namespace, change) + (dryRun ? ' (dry run)' : ''));
  }
  if (planned.length > 1) say(`${planned.length} members ${dryRun ? 'could be changed' : 'changed'}`);
  if (unlet.length > 0) throw gateway(unlet, members.namespace);
  return { code: dryRun ? Exit.ok : await together(acting, members, planned), bindings };
}

async function makeOne(writing: Writing, members: Members, change: Change) {
  const { person, keep, give: roles, take: gone } = change;
  const { namespace } = members;
  const bindings: RoleBinding[] = [];
  let gateway = true;
  // New rights before old ones go: there is no time without any.
  for (const role of roles) bindings.push(await give(writing, namespace, person, role));
  for (const binding of [...keep.filter(({ owner }) => !owner).map((each) => each.binding), ...bindings])
    if (!(await admit(writing, members, person, binding))) gateway = false;
  for (const member of gone) await take(writing, members, member);
  if (gone.length > 0 || leftOvers(members).some((each) => samePerson(each, person))) {
    const kept = [...keep, ...bindings.map((binding) => ({ ...person, role: '', owner: false, binding }))];
    if (!(await shutOut(writing, members, person, { kept, gone }))) gateway = false;
  }
  return { bindings: bindings.length > 0 ? bindings : gone.map(({ binding }) => binding), gateway };
}

/** What -o shows where nothing is sent. */
function shownFor({ members, namespace }: Members, { person, give: roles, take: gone }: Change): RoleBinding[] {
  if (roles.length === 0) return gone.map(({ binding }) => binding);
  return roles.map((role) => {
    const named = { kind: role.ref.kind, word: role.word };
    const first = bindingName(person, named);
    const taken = members.some(({ binding }) => binding.metadata.name === first);
    return recordFor(namespace, person, role, taken ? secondName(person, named) : first);
  });
}

function doneText(namespace: string, { person, keep, give: roles, take: gone }: Change): string {
  const name = personText(person);
  const given = roles.map(({ word }) => word).join(', ');
  const lost = gone.map(({ role }) => role).join(', ');
  if (roles.length > 0 && gone.length > 0) return oneLine(`${name} in ${namespace}: ${lost} → ${given}`);
  if (roles.length > 0) return oneLine(`${name} added to ${namespace}: ${given}`);
  const left = keep.map(({ role }) => role).join(', ');
  return oneLine(
    `${name} ${left ? `stays in ${namespace} as ${left}, without` : `removed from ${namespace}:`} ${lost}`,
  );
}

function partly(error: unknown, done: number, of: number): unknown {
  if (!(error instanceof KfError) || error instanceof Interrupted) return error;
  const { exit, message, details, status, hint } = error;
  const said = done < 1 ? 'nothing was changed before that' : `${done} of ${of} changes were made before that`;
  return new KfError(exit, message, {
    details: [...details, ...(hint ? [hint] : [])],
    hint: `${said}; the same command makes the rest`,
    ...(status ? { status } : {}),
    cause: error,
  });
}

const gateway = (unlet: readonly Change[], namespace: string) =>
  new KfError(
    Exit.forbidden,
    oneLine(
      `${unlet.map(({ person }) => personText(person)).join(', ')}: the rights are changed, Istio's gateway is not`,
    ),
    {
      hint: `who runs the cluster can complete it with the same command (authorizationpolicies in ${namespace} are not yours to change)`,
    },
  );

/** Tells where another owner changed the same member at the same time, so that both changes hold. */
async function together(
  { kube, context, say }: Acting,
  { namespace }: Members,
  changed: readonly Change[],
): Promise<ExitCode> {
  const moved = changed.filter(({ take: gone }) => gone.length > 0);
  if (moved.length === 0) return Exit.ok;
  // Who took away their own rights sees no members any more.
  const now = await listMembers(kube, context, namespace).catch(() => undefined);
  const differ = moved.flatMap(({ person, keep, give: roles }) => {
    const wanted = [...keep.map(({ role }) => role), ...roles.map(({ word }) => word)];
    const more = rolesOf(now?.members ?? [], person).filter(({ role }) => !wanted.includes(role));
    return more.map(({ role }) =>
      oneLine(`${personText(person)} has ${role} as well: another owner gave it at the same time`),
    );
  });
  for (const line of differ) say(line);
  return differ.length > 0 ? Exit.failed : Exit.ok;
}
