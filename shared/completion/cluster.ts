import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import type { ComponentKind } from '../resources/component.ts';
import { componentPath, servedKinds } from '../resources/components.ts';
import { jobKinds } from '../resources/index.ts';
import type { Candidate } from './answer.ts';
import type { Item, Place, Stored } from './store.ts';
import type { ListName } from './table.ts';

/** Names of one list: more are not shown by any shell. */
const most = 1000;
const page = 500;

/** Asks the cluster. What may not be read is left out. Throws KfError where the cluster can't be asked at all. */
export async function clusterNames(
  kube: Kube,
  context: Context,
  by: ListName,
  of: string | undefined,
  place: Place,
): Promise<Pick<Stored, 'items' | 'kinds'>> {
  if (by === 'namespace') return { items: await namespaces(kube, place) };
  if (by === 'runtime') return { items: await runtimes(kube) };
  if (by === 'component' || by === 'job' || by === 'service') return components(kube, context, by);
  return { items: await inPods(kube, context, of ?? '') };
}

async function metadata(kube: Kube, path: string): Promise<KubeObject[]> {
  const { metadataOnly } = await import('../resources/find.ts');
  const { items } = await kube.json<KubeList<KubeObject>>({ path, query: { limit: page }, accept: metadataOnly });
  return items ?? [];
}

/** As {@link metadata}; nothing where it may not be listed, or is not served. */
async function allowed(kube: Kube, path: string): Promise<KubeObject[]> {
  try {
    return await metadata(kube, path);
  } catch (error) {
    if (error instanceof KfError && (error.exit === Exit.forbidden || error.exit === Exit.notFound)) return [];
    throw error;
  }
}

async function namespaces(kube: Kube, { namespaces: known }: Place): Promise<Item[]> {
  const found = await allowed(kube, '/api/v1/namespaces');
  const names = found.length > 0 ? found.map((each) => each.metadata.name) : known;
  return names.map((value) => ({ value, what: '' }));
}

async function runtimes(kube: Kube): Promise<Item[]> {
  const group = '/apis/trainer.kubeflow.org/v1alpha1';
  const [own, all] = await Promise.all([
    allowed(kube, `${group}/namespaces/${encodeURIComponent(kube.namespace)}/trainingruntimes`),
    allowed(kube, `${group}/clustertrainingruntimes`),
  ]);
  const item = ({ metadata: { name, labels } }: KubeObject, whose: string): Item => ({
    value: name,
    what: [labels?.['trainer.kubeflow.org/framework'], whose].filter(Boolean).join(', '),
  });
  const names = new Set(own.map((each) => each.metadata.name));
  const others = all.filter((each) => !names.has(each.metadata.name));
  return [...own.map((each) => item(each, "the project's")), ...others.map((each) => item(each, "the cluster's"))];
}

async function components(kube: Kube, context: Context, by: ListName): Promise<Pick<Stored, 'items' | 'kinds'>> {
  const served = await servedKinds(kube, context);
  const kinds: Named[] = served.filter((kind) => fits(kind, by));
  if (by === 'service') kinds.push(coreService);
  const { rootTest } = await import('../resources/project.ts');
  const [isRoot, lists] = await Promise.all([
    rootTest(),
    Promise.all(kinds.map(async (kind) => ({ kind, all: await allowed(kube, componentPath(kind, kube.namespace)) }))),
  ]);
  const items = lists.flatMap(({ kind, all }) =>
    all
      .filter((each) => isRoot(each) && !isServers(kind, each))
      .map((each) => ({ value: each.metadata.name, what: kind.kind, kind: kind.kind.toLowerCase() })),
  );
  const words = kinds.flatMap(({ kind, plural, shortNames }) =>
    [kind.toLowerCase(), plural, ...shortNames].map((word) => [word, kind.toLowerCase()] as const),
  );
  return { items: [...items, ...(await packages(kube, served, by))].slice(0, most), kinds: Object.fromEntries(words) };
}

type Named = Pick<ComponentKind, 'group' | 'kind' | 'plural' | 'versions' | 'shortNames'>;

/** No component, but something that is opened by its name. */
const coreService: Named = { group: '', kind: 'Service', plural: 'services', versions: ['v1'], shortNames: ['svc'] };

/** The API server's own Service is nobody's to open. */
const isServers = (kind: Named, { metadata: { name, namespace } }: KubeObject): boolean =>
  kind === coreService && name === 'kubernetes' && namespace === 'default';

const fits = (kind: ComponentKind, by: ListName): boolean =>
  by === 'component' ||
  (by === 'job' ? Object.hasOwn(jobKinds, kind.kind) : kind.service !== undefined && kind.service !== 'job');

/** Installed packages, after all that runs by a name of its own. */
async function packages(kube: Kube, served: readonly ComponentKind[], by: ListName): Promise<Candidate[]> {
  if (by !== 'component') return [];
  const { packageNames } = await import('../resources/package.ts');
  const names = await packageNames(kube, served).catch(() => []);
  return names.map((name) => ({ value: `package/${name}`, what: 'package' }));
}

/** The pods of a component, their ranks, steps and containers. */
async function inPods(kube: Kube, context: Context, word: string): Promise<Item[]> {
  const { componentPods, resolveComponent } = await import('../resources/resolve.ts');
  const component = await resolveComponent(kube, context, word).catch((error: unknown) => {
    // A pod of it may stand after a slash.
    const slash = word.lastIndexOf('/');
    if (slash < 0 || !(error instanceof KfError) || error.exit > Exit.notFound) throw error;
    return resolveComponent(kube, context, word.slice(0, slash));
  });
  const pods = (await componentPods(kube, component)) ?? [];
  const found = new Map<string, Item>();
  const add = (kind: string, value: string, what: string) => found.set(`${kind} ${value}`, { value, what, kind });
  for (const pod of pods.slice(0, most)) {
    const rank = component.kind.rank(pod);
    add('pod', pod.metadata.name, pod.status?.phase ?? '');
    add('rank', rank, pod.metadata.name);
    add('step', rank.replace(/-\d+$/, ''), '');
    const { initContainers = [], containers = [] } = pod.spec ?? {};
    for (const { name } of containers) add('container', name, '');
    for (const { name } of initContainers) add('container', name, 'starts first');
  }
  return [...found.values()].slice(0, most);
}
