import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { canAsk, confirm } from '../view/prompt.ts';
import { checkDigest } from './digest.ts';
import type { Found, Level, Subcommand, Version } from './entry.ts';
import { findSubcommand } from './find.ts';
import { isGitTarget } from './git-target.ts';
import { foundNone } from './none.ts';
import { readPersonal } from './personal.ts';
import type { Place } from './place.ts';
import { trust } from './trust.ts';

/** What a command that changes the registry acts with. */
export interface Acting {
  context: Context;
  /** The cluster, opened when first asked for. */
  kube(): Promise<Kube>;
  say(line: string): void;
  /** Throws where Ctrl-C was pressed. */
  checkInterrupt(): void;
  yes: boolean;
  dryRun?: 'client' | 'server' | undefined;
}

/** What came of it: the object as it is now, or would be. */
export interface Acted {
  code: number;
  subcommand?: Subcommand;
}

/** True where it is to go on: nobody is asked where there is no terminal, nothing is to be done, or --yes was said. */
export async function agreed(acting: Acting, question: string): Promise<boolean> {
  acting.checkInterrupt();
  if (acting.yes || acting.dryRun || !canAsk(acting.context)) return true;
  return confirm(acting.context, question);
}

export const short = (digest: string): string => `${digest.slice(0, 19)}…`;

/**
 * Remembers that the person trusts what they have put in themselves: it is their own source, or they have said yes to it. That it can't
 * be remembered is no failure of what was done.
 */
export function trustOwn(acting: Acting, name: string, version: Version, from: string): void {
  const asked = acting.yes || canAsk(acting.context);
  if (!asked && isGitTarget(version.origin?.url ?? '')) return;
  try {
    trust(acting.context, version.digest, { name, origin: from });
  } catch (error) {
    if (!(error instanceof KfError)) throw error;
    acting.say(`it will ask for your trust when it first runs: ${error.message}`);
  }
}

/** The subcommand that is meant, the nearest unless a level is said. KfError (3) where the person can see none. */
export async function foundHere(
  acting: Acting,
  name: string,
  level: Level | undefined,
): Promise<Found & { place: Place }> {
  const { context } = acting;
  if (level === undefined || level === 'personal') {
    const subcommand = await readPersonal(context, name);
    if (subcommand) return { level: 'personal', subcommand, place: { level: 'personal' } };
  }
  const kube = level === 'personal' ? undefined : await acting.kube();
  const found = await findSubcommand(name, { context, kube, level });
  if (found && kube && found.level !== 'personal') {
    return { ...found, place: { level: found.level, namespace: found.namespace!, kube } };
  }
  throw foundNone(name, level, kube?.namespace ?? '');
}

/** Throws where what the version holds is not what its digest says. */
export function checkVersion(name: string, version: Version, replaces: string | undefined): void {
  if (checkDigest(version, replaces)) return;
  throw new KfError(
    Exit.failed,
    `${name} ${version.version} does not hold what its digest says: it was tampered with`,
    {
      hint: 'tell who looks after it; a new version is put over it: kubectl kf command upgrade',
    },
  );
}
