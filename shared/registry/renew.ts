import type { Context } from '../cli/context.ts';
import { fingerprint } from '../completion/store.ts';
import type { Kube, KubeFlags } from '../kube/kube.ts';
import type { Found, Summary } from './entry.ts';
import { personalSummaries, registrySummaries, summaryOf } from './find.ts';
import { builtins, namePattern, reserved } from './names.ts';
import {
  changeIndex,
  dropAnswers,
  forgetAsked,
  keepIndex,
  markAsked,
  type Named,
  personal,
  placeId,
  writeIndex,
} from './remembered.ts';

/**
 * Asks the registry and keeps what it says, for the words and the Tabs to come. It never throws: where the cluster can't be
 * asked, what is known of it stays, and only what is personal is read again.
 * @param kube opened with those flags; opened here if not given
 */
export async function renew(context: Context, flags: KubeFlags, kube?: Kube): Promise<void> {
  try {
    markAsked(fingerprint(flags, context), context);
    await renewPersonal(context);
    if (await renewProject(context, flags, kube)) dropAnswers(context);
  } catch {
    // What can't be kept is asked for again.
  }
}

/** As {@link renew}, of what is personal alone. */
export async function renewPersonal(context: Context): Promise<void> {
  try {
    const { found } = await personalSummaries(context);
    if (writeIndex(personal, found.filter(isUsable), context)) dropAnswers(context);
  } catch {
    // A folder that can't be read: who uses what is in it is told.
  }
}

async function renewProject(context: Context, flags: KubeFlags, given: Kube | undefined): Promise<boolean> {
  const id = await placeId(flags, context);
  if (id === undefined) return false;
  try {
    const kube = given ?? (await context.kube({ requestTimeout: '5s', ...flags }));
    const { found } = await registrySummaries(kube);
    return writeIndex(id, found.filter(isUsable), context);
  } catch {
    keepIndex(id, context);
    return false;
  }
}

/** A name that may stand on a command line, and takes no other verb's place unasked. */
function isUsable({ name, replaces }: Summary): boolean {
  if (!new RegExp(namePattern).test(name) || reserved.has(name)) return false;
  return builtins.has(name) ? replaces === name : replaces === undefined;
}

/** What was just added, changed or replaced is there for the next words. It never throws. */
export function noteAdded(context: Context, flags: KubeFlags, found: Found): Promise<void> {
  const summary = summaryOf(found);
  return note(context, flags, summary, isUsable(summary) ? summary : undefined);
}

/** What was just removed is gone for the next words. It never throws. */
export const noteRemoved = (context: Context, flags: KubeFlags, named: Named): Promise<void> =>
  note(context, flags, named, undefined);

async function note(context: Context, flags: KubeFlags, named: Named, entry: Summary | undefined): Promise<void> {
  try {
    const id = named.level === 'personal' ? personal : await placeId(flags, context);
    if (id !== undefined) changeIndex(id, named, entry, context);
    // Other projects of this server may have it too now.
    if (named.level === 'cluster') forgetAsked(context);
    dropAnswers(context);
  } catch {
    // The next words ask for all of it.
  }
}
