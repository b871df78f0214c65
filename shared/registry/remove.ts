import { Exit, KfError, usageError } from '../cli/errors.ts';
import { get, removeAt, resourcePath } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { canAsk, confirm } from '../view/prompt.ts';
import { oneLine } from '../view/text.ts';
import type { Acting } from './acting.ts';
import { addedBy, type Level } from './entry.ts';
import { namespaceOf } from './find.ts';
import { foundNone } from './none.ts';
import { served, whyNone } from './objects.ts';
import { isPersonal, readPersonal, removePersonal } from './personal.ts';
import { placeText } from './place.ts';

/** One that is there, whole or not: what nobody can use can be taken away too. */
interface There {
  level: Level;
  namespace?: string;
  uid?: string;
  version: string;
  replaces: boolean;
  by: string;
}

export interface Removed {
  code: number;
  level: Level;
}

/** Asks, and removes the nearest of that name, or that of the level. KfError (3) where there is none that the person sees. */
export async function removeSubcommand(acting: Acting, name: string, level: Level | undefined): Promise<Removed> {
  const { context, dryRun, say } = acting;
  const there = await find(acting, name, level);
  const label = oneLine(
    `${name} ${there.version} ${there.level === 'personal' ? 'of your own' : `from ${placeText(there)}`}`,
  );
  const whose = there.by ? `, which ${oneLine(there.by)} added` : '';
  if (!acting.yes && !dryRun) {
    if (!canAsk(context))
      throw usageError(`would remove ${label}${whose}, and there is no terminal to ask on`, 'say so with --yes');
    if (!(await confirm(context, `remove ${label}${whose}?`))) {
      say('nothing was removed');
      return { code: Exit.failed, level: there.level };
    }
  }
  acting.checkInterrupt();
  if (dryRun !== 'client') await take(acting, name, there);
  if (dryRun) say(`${label} would be removed${dryRun === 'server' ? '; the server would take it' : ''}`);
  else say(`${label} removed${there.replaces ? `: ${name} is the built-in again, or what else replaces it` : ''}`);
  return { code: Exit.ok, level: there.level };
}

async function find(acting: Acting, name: string, level: Level | undefined): Promise<There> {
  const { context } = acting;
  if ((level === undefined || level === 'personal') && isPersonal(context, name)) {
    const spec = (await readPersonal(context, name).catch(() => undefined))?.spec;
    return { level: 'personal', version: spec?.version ?? '', replaces: spec?.replaces !== undefined, by: '' };
  }
  if (level === 'personal') throw foundNone(name, level, '');
  const kube = await acting.kube();
  for (const each of level ? [level] : (['project', 'cluster'] as const)) {
    const namespace = namespaceOf(each, kube)!;
    const object = await read(kube, namespace, name);
    if (!object) continue;
    const { version, replaces } = (object.spec ?? {}) as { version?: unknown; replaces?: unknown };
    return {
      level: each,
      namespace,
      ...(object.metadata.uid ? { uid: object.metadata.uid } : {}),
      version: typeof version === 'string' ? version : '',
      replaces: replaces !== undefined,
      by: object.metadata.annotations?.[addedBy] ?? '',
    };
  }
  throw foundNone(name, level, kube.namespace);
}

async function read(kube: Kube, namespace: string, name: string): Promise<KubeObject | undefined> {
  try {
    return await get(kube, served, name, namespace);
  } catch (error) {
    if (whyNone(error)) return undefined;
    throw error;
  }
}

/** Just the one that was asked about, not what another has put there since. */
async function take(acting: Acting, name: string, { level, namespace, uid }: There): Promise<void> {
  const dryRun = acting.dryRun === 'server';
  if (level === 'personal') {
    if (!dryRun) removePersonal(acting.context, name);
    return;
  }
  const path = resourcePath(served, namespace, name);
  try {
    await removeAt(await acting.kube(), path, { ...(uid ? { uid } : {}), dryRun });
  } catch (error) {
    if (!(error instanceof KfError) || error.status?.code !== 409) throw error;
    throw new KfError(Exit.failed, `${name} was made anew by another at the same time; nothing was removed`, {
      hint: `see what it is now: kubectl kf command describe ${name}`,
    });
  }
}
