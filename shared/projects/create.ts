import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import { create, find, patch, removeAt, resourcePath } from '../kube/apply.ts';
import { served } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Served } from '../resources/resource.ts';
import { oneLine } from '../view/text.ts';
import { found, look } from './look.ts';
import {
  accounts,
  descriptionAnnotation,
  descriptionOf,
  namespaces,
  ownerBinding,
  type Profile,
  quotaName,
  quotas,
  roleBindings,
  roles,
} from './marks.ts';
import { roleIn } from './my-role.ts';
import { contentObjects, hardChange, namespaceObject, profileChange, profileObject, type Wish } from './objects.ts';
import { profilesServed } from './profiles.ts';
import { roleFor } from './roles.ts';
import { askAdmin, checkOurs, goesAway, taken } from './taken.ts';

export interface Creating {
  wish: Wish;
  /** User name of who asks. */
  me: string;
  /** The server does everything but store it. */
  dryRun: boolean;
  /** Called between steps; may throw. */
  before(): void;
  say(line: string): void;
}

export interface Created {
  /** The Profile, or the namespace where the cluster has none. */
  object: KubeObject;
  /** False where it was there, and was completed. */
  made: boolean;
  /** Undefined where the cluster has no Profiles. */
  profiles: Served | undefined;
}

const alreadyThere = (error: unknown) =>
  error instanceof KfError && error.status?.code === 409 && error.status.reason === 'AlreadyExists';

/** All objects that a project would be made of; none of what is there is looked at. */
export async function plannedObjects(kube: Kube, context: Context, wish: Wish): Promise<KubeObject[]> {
  const profiles = await profilesServed(kube, context);
  if (profiles) return [profileObject(`${profiles.group}/${profiles.version}`, wish)];
  return [namespaceObject(wish, await hasIstio(kube, context)), ...(await contents(kube, context, wish))];
}

/**
 * Makes the project: a Profile where the cluster serves them, otherwise a namespace and what Kubeflow's controller would make in it.
 * What is there already is left as it is where it is this owner's, so that the same command completes what was broken off.
 * KfError (exit 1) where the name is someone else's, or a namespace's that is no project.
 */
export async function createProject(kube: Kube, context: Context, creating: Creating): Promise<Created> {
  const { wish, me } = creating;
  const profiles = await profilesServed(kube, context);
  try {
    return profiles
      ? { ...(await asProfile(kube, profiles, creating)), profiles }
      : { ...(await asNamespace(kube, context, creating)), profiles };
  } catch (error) {
    throw askAdmin(error, wish, me);
  }
}

type Making = Omit<Created, 'profiles'>;

async function asProfile(kube: Kube, profiles: Served, { wish, me, dryRun, before }: Creating): Promise<Making> {
  const { name, owner } = wish;
  const [profile, space] = await Promise.all([look<Profile>(kube, profiles, name), look(kube, namespaces, name)]);
  if (typeof profile === 'object')
    return { object: await change(kube, profiles, profile.found, wish, dryRun), made: false };
  if (typeof space === 'object') checkOurs(space.found, wish);
  before();
  try {
    const object = profileObject(`${profiles.group}/${profiles.version}`, wish);
    return { object: await create(kube, profiles, object, { dryRun }), made: true };
  } catch (error) {
    if (!alreadyThere(error)) throw error;
    const there = await look<Profile>(kube, profiles, name);
    if (typeof there === 'object')
      return { object: await change(kube, profiles, there.found, wish, dryRun), made: false };
    // Who may make Profiles, but not read them.
    const mine = await roleIn(kube, { username: me }, name);
    if (mine?.owner !== owner) throw taken(name, mine?.owner ?? '');
    return { object: profileObject(`${profiles.group}/${profiles.version}`, wish), made: false };
  }
}

async function change(kube: Kube, profiles: Served, profile: Profile, wish: Wish, dryRun: boolean): Promise<Profile> {
  const { name, owner } = wish;
  if (profile.spec?.owner?.name !== owner) throw taken(name, profile.spec?.owner?.name ?? '');
  if (profile.metadata.deletionTimestamp) throw goesAway(name);
  const wanted = profileChange(profile, wish);
  return wanted ? patch<Profile>(kube, profiles, name, wanted, { dryRun }) : profile;
}

const hasIstio = async (kube: Kube, context: Context) =>
  (await served(kube, context, 'security.istio.io', 'authorizationpolicies')) !== undefined;

async function contents(kube: Kube, context: Context, wish: Wish): Promise<KubeObject[]> {
  const [admin, edit, view] = await Promise.all([
    roleFor(kube, context, 'admin', wish.name),
    roleFor(kube, context, 'edit', wish.name),
    roleFor(kube, context, 'view', wish.name),
  ]);
  return contentObjects(wish, { admin, edit, view });
}

async function asNamespace(kube: Kube, context: Context, creating: Creating): Promise<Making> {
  const { wish, dryRun, before, say } = creating;
  const wanted = await contents(kube, context, wish);
  before();
  const { object, made } = await ownNamespace(kube, context, creating);
  if (made && dryRun) {
    say(`what goes into ${wish.name} was not tried: it is not there yet`);
    return { object, made };
  }
  for (const each of wanted) {
    before();
    await complete(kube, each, creating, made ? object.metadata.uid : undefined);
  }
  return { object, made };
}

async function ownNamespace(kube: Kube, context: Context, { wish, me, dryRun }: Creating): Promise<Making> {
  const there = await look(kube, namespaces, wish.name);
  if (typeof there !== 'object') {
    try {
      const object = namespaceObject(wish, await hasIstio(kube, context));
      return { object: await create(kube, namespaces, object, { dryRun }), made: true };
    } catch (error) {
      if (!alreadyThere(error)) throw error;
    }
  }
  const space = found(there) ?? found(await look(kube, namespaces, wish.name));
  if (!space) throw taken(wish.name, (await roleIn(kube, { username: me }, wish.name))?.owner ?? '');
  checkOurs(space, wish);
  const { description } = wish;
  if (description === undefined || descriptionOf(space) === description) return { object: space, made: false };
  const annotations = { [descriptionAnnotation]: description };
  return { object: await patch(kube, namespaces, wish.name, { metadata: { annotations } }, { dryRun }), made: false };
}

const servedFor: Record<string, Served> = {
  RoleBinding: roleBindings,
  Role: roles,
  ServiceAccount: accounts,
  ResourceQuota: quotas,
};

/**
 * Makes an object of a project where it is not there.
 * @param madeNow uid of the namespace where we made it: it goes again where its owner can't be given their rights
 */
async function complete(kube: Kube, object: KubeObject, { wish, dryRun, say }: Creating, madeNow?: string) {
  const { kind, metadata } = object;
  const kindServed = servedFor[kind]!;
  const there = await find(kube, kindServed, metadata.name, wish.name).catch((error: unknown) => {
    if (error instanceof KfError && error.status?.code === 403) return undefined;
    throw error;
  });
  if (there) {
    if (metadata.name === quotaName) await changeQuota(kube, there, wish, dryRun);
    if (metadata.name === ownerBinding && !binds(there, wish.owner))
      say(`RoleBinding ${ownerBinding} is not for ${oneLine(wish.owner)}: see kubectl kf validate -n ${wish.name}`);
    return;
  }
  try {
    await create(kube, kindServed, object, { dryRun });
  } catch (error) {
    if (alreadyThere(error)) return;
    if (madeNow && metadata.name === ownerBinding && error instanceof KfError && error.status?.code === 403) {
      await removeAt(kube, resourcePath(namespaces, undefined, wish.name), { uid: madeNow }).catch(() => {
        say(`namespace ${wish.name} was made, and you may not delete it: tell who runs the cluster`);
      });
    }
    throw error;
  }
}

const binds = (object: KubeObject, owner: string) =>
  ((object as { subjects?: { name?: string }[] }).subjects ?? []).some(({ name }) => name === owner);

async function changeQuota(kube: Kube, there: KubeObject, { name, quota }: Wish, dryRun: boolean): Promise<void> {
  const hard = (there as { spec?: { hard?: Record<string, string> } }).spec?.hard ?? {};
  const changed = hardChange(hard, quota ?? hard);
  if (changed) await patch(kube, quotas, quotaName, { spec: { hard: changed } }, { namespace: name, dryRun });
}
