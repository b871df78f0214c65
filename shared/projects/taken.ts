import { Exit, KfError } from '../cli/errors.ts';
import type { KubeObject } from '../kube/kube.ts';
import { oneLine } from '../view/text.ts';
import { ownerAnnotation, ownerOf } from './marks.ts';
import type { Wish } from './objects.ts';

/** A name that someone else's project has. */
export const taken = (name: string, owner: string): KfError =>
  new KfError(Exit.failed, `project ${name} is there already, and ${owner ? oneLine(owner) : 'someone else'} owns it`, {
    hint: `choose another name, or ask ${owner ? oneLine(owner) : 'its owner'} to add you: kubectl kf user --add <you> -n ${name}`,
  });

export const goesAway = (name: string): KfError =>
  new KfError(Exit.failed, `project ${name} is being deleted`, {
    hint: `wait until it is gone: kubectl kf delete ${name} says what holds it`,
  });

/** A namespace that is there may become the project only where it says that this person owns it. */
export function checkOurs(space: KubeObject, { name, owner }: Wish): void {
  if (space.metadata.deletionTimestamp) throw goesAway(name);
  const said = ownerOf(space);
  if (said === owner) return;
  if (said) throw taken(name, said);
  throw new KfError(Exit.failed, `namespace ${name} is there already, and is no project: nobody is said to own it`, {
    hint: `an admin makes it one: kubectl annotate namespace ${name} ${ownerAnnotation}=${oneLine(owner)}, then the same command again`,
  });
}

/** The server refuses this person: who may is told what to type. */
export function askAdmin(error: unknown, { name, owner }: Wish, me: string): unknown {
  if (!(error instanceof KfError) || error.status?.code !== 403) return error;
  const other = owner === me ? owner : '';
  return new KfError(Exit.forbidden, error.message, {
    hint: other
      ? `who runs the cluster can do it for you: kubectl kf create ${name} --owner ${oneLine(other)}`
      : 'making projects for others is for who runs the cluster',
    status: error.status,
  });
}
