import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Served } from '../resources/resource.ts';
import { type CachedGroup, type CachedResource, readCache, writeCache } from './discovery-cache.ts';
import type { Kube } from './kube.ts';

type Place = Pick<Context, 'env' | 'home' | 'now'>;

/** What one server serves, for the life of the process; `fresh` once it was asked by us. */
interface Known {
  groups: CachedGroup[];
  fresh: boolean;
}
const known = new WeakMap<Kube, Promise<Known>>();

/**
 * Where a kind is served, in the version the server prefers; undefined where it serves no such thing. Asks the disk cache first,
 * the server where that does not know it.
 * @param group '' is the core group
 * @param name kind, plural, singular or short name; case does not matter
 */
export async function served(kube: Kube, context: Place, group: string, name: string): Promise<Served | undefined> {
  return lookUp(kube, context, (groups) => find(groups, group, undefined, name));
}

/** Where exactly this version of a kind is served; undefined where it is not. */
export async function resourceFor(
  kube: Kube,
  context: Place,
  apiVersion: string,
  kind: string,
): Promise<Served | undefined> {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/', 2) : ['', apiVersion];
  return lookUp(kube, context, (groups) => find(groups, group!, version, kind));
}

/** Everything that is served, groups in the server's order, versions by its preference. */
export async function allServed(kube: Kube, context: Place): Promise<CachedGroup[]> {
  return (await load(kube, context)).groups;
}

/**
 * Runs `use` with where the kind is served. Where the path turns out not to be served any more (an upgrade, a CRD that is gone
 * or came with another version), the server is asked afresh and `use` runs once more.
 */
export async function withServed<T>(
  kube: Kube,
  context: Place,
  group: string,
  name: string,
  use: (served: Served | undefined) => Promise<T>,
): Promise<T> {
  const first = await served(kube, context, group, name);
  try {
    return await use(first);
  } catch (error) {
    if (!isUnserved(error) || (await load(kube, context)).fresh) throw error;
    await refreshDiscovery(kube, context);
    return use(await served(kube, context, group, name));
  }
}

/** True for a 404 that is about the path, not about an object of a name. */
export const isUnserved = (error: unknown): boolean =>
  error instanceof KfError && error.exit === Exit.notFound && error.status?.code === 404 && !error.status.details?.name;

/** Asks the server now, whatever is cached. */
export async function refreshDiscovery(kube: Kube, context: Place): Promise<void> {
  const asked = ask(kube, context);
  known.set(kube, asked);
  asked.catch(() => known.delete(kube));
  await asked;
}

/**
 * Asks the server where so far only what was remembered of it answered.
 * @returns false where it was asked in this process already
 */
export async function refreshOnce(kube: Kube, context: Place): Promise<boolean> {
  if ((await load(kube, context)).fresh) return false;
  await refreshDiscovery(kube, context);
  return true;
}

/** What is known in this process already of what the server serves; nothing is asked. Empty where nothing was asked yet. */
export const knownServed = async (kube: Kube): Promise<CachedGroup[]> =>
  (await known.get(kube)?.catch(() => undefined))?.groups ?? [];

async function lookUp(kube: Kube, context: Place, look: (groups: CachedGroup[]) => Served | undefined) {
  const { groups, fresh } = await load(kube, context);
  const found = look(groups);
  if (found || fresh) return found;
  await refreshDiscovery(kube, context);
  return look((await load(kube, context)).groups);
}

async function load(kube: Kube, context: Place): Promise<Known> {
  let loading = known.get(kube);
  if (!loading) {
    const cached = readCache(kube, context);
    if (!cached) await refreshDiscovery(kube, context);
    else known.set(kube, Promise.resolve({ groups: cached, fresh: false }));
    loading = known.get(kube)!;
  }
  return loading;
}

function find(groups: CachedGroup[], group: string, version: string | undefined, name: string): Served | undefined {
  const lower = name.toLowerCase();
  const fits = ({ kind, plural, singular, shortNames }: CachedResource) =>
    kind.toLowerCase() === lower || plural === lower || singular === lower || shortNames.includes(lower);
  for (const each of groups) {
    if (each.name !== group) continue;
    for (const { version: at, resources } of each.versions) {
      if (version !== undefined && at !== version) continue;
      const resource = resources.find(fits);
      if (!resource) continue;
      const { kind, plural, namespaced } = resource;
      return { group, version: at, kind, plural, namespaced };
    }
  }
  return undefined;
}

const aggregated = ['v2', 'v2beta1']
  .map((v) => `application/json;g=apidiscovery.k8s.io;v=${v};as=APIGroupDiscoveryList`)
  .join(',');

async function ask(kube: Kube, context: Place): Promise<Known> {
  const answers = await Promise.all(
    ['/api', '/apis'].map((path) => kube.json<Discovered>({ path, accept: `${aggregated},application/json` })),
  );
  const groups = (await Promise.all(answers.map((answer) => groupsOf(kube, answer)))).flat();
  writeCache(kube, context, groups);
  return { groups, fresh: true };
}

/** apidiscovery.k8s.io APIGroupDiscoveryList; or, from older servers, meta/v1 APIGroupList and APIVersions. */
interface Discovered {
  items?: { metadata?: { name?: string }; versions?: { version: string; resources?: Aggregated[] }[] }[];
  groups?: { name: string; preferredVersion?: { version: string }; versions: { version: string }[] }[];
  versions?: string[];
}

interface Aggregated {
  resource: string;
  responseKind?: { kind: string };
  scope: string;
  singularResource?: string;
  shortNames?: string[];
}

async function groupsOf(kube: Kube, answer: Discovered): Promise<CachedGroup[]> {
  if (answer.items) {
    return answer.items.map(({ metadata, versions = [] }) => ({
      name: metadata?.name ?? '',
      versions: versions.map(({ version, resources = [] }) => ({
        version,
        resources: resources.flatMap(fromAggregated),
      })),
    }));
  }
  const plain = answer.groups ?? [{ name: '', versions: (answer.versions ?? []).map((version) => ({ version })) }];
  return Promise.all(plain.map((group) => oneByOne(kube, group)));
}

function fromAggregated(each: Aggregated): CachedResource[] {
  if (!each.responseKind?.kind) return [];
  return [
    {
      kind: each.responseKind.kind,
      plural: each.resource,
      singular: each.singularResource ?? '',
      namespaced: each.scope === 'Namespaced',
      shortNames: each.shortNames ?? [],
    },
  ];
}

/** A request per version (meta/v1 APIResourceList). An aggregated API that is down is left out, as kubectl does. */
async function oneByOne(kube: Kube, group: NonNullable<Discovered['groups']>[number]): Promise<CachedGroup> {
  const preferred = group.preferredVersion?.version;
  const ordered = [...group.versions].sort((a, b) => Number(b.version === preferred) - Number(a.version === preferred));
  const versions = ordered.map(async ({ version }) => {
    const path = group.name === '' ? `/api/${version}` : `/apis/${group.name}/${version}`;
    const { resources = [] } = await kube.json<{ resources?: Plain[] }>({ path }).catch(ignoreDown);
    return {
      version,
      resources: resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ kind, name, singularName = '', namespaced, shortNames = [] }) => ({
          kind,
          plural: name,
          singular: singularName,
          namespaced,
          shortNames,
        })),
    };
  });
  return { name: group.name, versions: await Promise.all(versions) };
}

interface Plain {
  name: string;
  kind: string;
  singularName?: string;
  namespaced: boolean;
  shortNames?: string[];
}

function ignoreDown(error: unknown): { resources?: Plain[] } {
  if (error instanceof KfError && error.status && error.exit !== Exit.forbidden) return {};
  throw error;
}
