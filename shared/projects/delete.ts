import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError, usageError } from '../cli/errors.ts';
import { removeAt, resourcePath } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { finalizerOwner, holding } from '../resources/finalizers.ts';
import { checkNamespace, whyProjectGoes } from '../resources/namespace.ts';
import type { Served } from '../resources/resource.ts';
import { oneLine } from '../view/text.ts';
import { heldInside } from './held.ts';
import { found, type Look, look } from './look.ts';
import { isProject, namespaces, ownerOf, type Profile } from './marks.ts';
import { profilesServed } from './profiles.ts';

/** A project that is to go, as it stands. */
export interface Going {
  name: string;
  owner: string;
  profiles: Served | undefined;
  profile: Profile | undefined;
  space: KubeObject | undefined;
  /** True where it is being deleted already. */
  begun: boolean;
}

/** KfError: exit 3 where there is none, 4 where it may not be seen, 2 where the namespace is no project. */
export async function findGoing(kube: Kube, context: Context): Promise<Going> {
  const name = kube.namespace;
  const profiles = await profilesServed(kube, context);
  const [profile, space] = await Promise.all([
    profiles ? look<Profile>(kube, profiles, name) : ('none' as Look<Profile>),
    look(kube, namespaces, name),
  ]);
  if (typeof profile !== 'object') {
    if (typeof space !== 'object') await checkNamespace(kube, name);
    else if (!isProject(space.found)) {
      const message = `namespace ${name} is no project: nobody is said to own it`;
      throw usageError(message, `if it is to go all the same: kubectl delete namespace ${name}`);
    }
  }
  const [there, inner] = [found(profile), found(space)];
  return {
    ...{ name, profiles, profile: there, space: inner },
    owner: there?.spec?.owner?.name ?? ownerOf(inner),
    begun: Boolean((there ?? inner)?.metadata.deletionTimestamp),
  };
}

/** Deletes the Profile, after which its namespace goes; where there is none, the namespace. */
export async function beginDeletion(kube: Kube, going: Going, dryRun: boolean): Promise<void> {
  const { name, profiles, profile, space, owner } = going;
  const path =
    profiles && profile ? resourcePath(profiles, undefined, name) : resourcePath(namespaces, undefined, name);
  const uid = (profile ?? space)?.metadata.uid;
  try {
    await removeAt(kube, path, { dryRun, ...(uid ? { uid } : {}) });
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.interrupted && !dryRun) {
      const hint = `the same command says: kubectl kf delete ${name}`;
      throw new KfError(Exit.interrupted, `interrupted; project ${name} may be being deleted already`, { hint });
    }
    if (!(error instanceof KfError) || error.status?.code !== 403) throw error;
    const hint = owner ? `${oneLine(owner)} can, who owns it, or who runs the cluster` : 'who runs the cluster can';
    throw new KfError(Exit.forbidden, error.message, { hint, status: error.status });
  }
}

interface Waiting {
  timeoutMs: number;
  /** What is left, and why, each time that it is looked at after the first second. */
  onLeft(text: string, held: readonly string[], waitedMs: number): void;
}

/** Between looks, in milliseconds; and how long a namespace may take to follow its Profile. */
const pause = 500;
const follows = 5000;

/**
 * Waits until nothing is left of it.
 * @returns `unseen` where the right to look at it went with it
 * KfError: exit 5 when timeoutMs has passed, with what holds it.
 */
export async function untilGone(
  kube: Kube,
  context: Context,
  { name, owner, profiles }: Going,
  { timeoutMs, onLeft }: Waiting,
): Promise<'gone' | 'unseen'> {
  const began = context.now();
  let helped = false;
  for (;;) {
    const [profile, space] = await Promise.all([
      profiles ? look<Profile>(kube, profiles, name) : ('none' as Look<Profile>),
      look(kube, namespaces, name),
    ]);
    if (space === 'none' && typeof profile !== 'object') return 'gone';
    if (space === 'hidden' && typeof profile !== 'object') return 'unseen';
    const waited = context.now() - began;
    const stays = found(space) && !found(space)!.metadata.deletionTimestamp;
    // A namespace that Kubeflow refused to make the project of is none of it.
    if (stays && profile !== 'hidden' && !found(profile) && ownerOf(found(space)) !== owner) return 'gone';
    if (stays && profile === 'none' && waited >= follows && !helped) {
      // Nobody deletes it after its Profile.
      helped = true;
      const path = resourcePath(namespaces, undefined, name);
      await removeAt(kube, path, { uid: found(space)!.metadata.uid! }).catch(unlessForbidden);
    }
    if (waited >= 1000) {
      const left = await whatIsLeft(kube, context, found(profile), found(space));
      if (timeoutMs && waited >= timeoutMs) {
        throw new KfError(Exit.unreachable, `project ${name} is not gone after ${timeoutMs / 1000}s: ${left.text}`, {
          details: left.held.slice(0, 10).map((line) => `  ${line}`),
          hint: 'it goes on by itself; the same command waits again',
        });
      }
      onLeft(left.text, left.held, waited);
    }
    if (context.signal.aborted) throw new Interrupted();
    await context.sleep(pause);
  }
}

/** An owner need not have that right: the cluster deletes it in its own time. */
function unlessForbidden(error: unknown): void {
  if (!(error instanceof KfError) || error.status?.code !== 403) throw error;
}

async function whatIsLeft(
  kube: Kube,
  context: Context,
  profile: Profile | undefined,
  space: KubeObject | undefined,
): Promise<{ text: string; held: string[] }> {
  if (!space?.metadata.deletionTimestamp) {
    const finalizers = profile ? holding(profile) : [];
    const held = finalizers.map(
      (each) =>
        `profile/${profile!.metadata.name} is held by the finalizer ${each} (${finalizerOwner(each, profile!)})`,
    );
    return { text: profile ? 'its Profile is still there' : 'its namespace is not being deleted yet', held };
  }
  const why = await whyProjectGoes(kube);
  const held = await heldInside(kube, context, space);
  const own = holding(space).map(
    (each) => `namespace/${space.metadata.name} is held by the finalizer ${each} (${finalizerOwner(each, space)})`,
  );
  return { text: why || 'what is in it goes', held: [...held, ...own] };
}
