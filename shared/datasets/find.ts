import { Exit, KfError } from '../cli/errors.ts';
import { resourcePath } from '../kube/apply.ts';
import type { Kube } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { byText } from '../resources/order.ts';
import { oneLine } from '../view/text.ts';
import { datasetLabel } from './names.ts';
import {
  type Claim,
  claimsServed,
  classOf,
  type Dataset,
  listOf,
  namespacesOf,
  numberOf,
  type Volume,
  volumesServed,
} from './objects.ts';

/** All that there are, or those of one name. */
export async function findDatasets(kube: Kube, name?: string): Promise<Dataset[]> {
  const labelSelector = name === undefined ? datasetLabel : `${datasetLabel}=${name}`;
  const { items } = await listAll<Volume>(kube, resourcePath(volumesServed, undefined), { labelSelector }).catch(
    (error) => Promise.reject(withoutRights(error)),
  );
  const found = new Map<string, Dataset>();
  for (const volume of items) {
    const [home] = listOf(volume);
    const label = volume.metadata.labels?.[datasetLabel];
    // What only bears the label is none.
    if (home === undefined || !label || volume.spec.storageClassName !== classOf({ name: label, home })) continue;
    const dataset = found.get(classOf({ name: label, home })) ?? { name: label, home, volumes: [] };
    dataset.volumes.push(volume);
    found.set(classOf(dataset), dataset);
  }
  for (const { volumes } of found.values()) volumes.sort((a, b) => numberOf(a) - numberOf(b));
  return [...found.values()].sort((a, b) => byText(classOf(a), classOf(b)));
}

/** The one that is meant by `NAME` or `NAME.PROJECT`; of several, one that is for the project. KfError (exit 3) where there is none. */
export async function findDataset(kube: Kube, word: string): Promise<Dataset> {
  const [name = '', home] = word.split('.');
  const found = (await findDatasets(kube, /^[a-z0-9-]+$/.test(name) ? name : 'none')).filter(
    (each) => home === undefined || each.home === home,
  );
  const here = found.filter((each) => namespacesOf(each).includes(kube.namespace));
  if (here.length === 1) return here[0]!;
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new KfError(Exit.notFound, `there is no dataset "${oneLine(word)}"`, {
      hint: 'see those that there are: kubectl kf provisiondatasets ls -A',
    });
  }
  throw new KfError(Exit.usage, `there are several datasets ${name}: ${found.map(classOf).join(', ')}`, {
    hint: `name the project that it belongs to: ${classOf(found[0]!)}`,
  });
}

/** The claims on it in a project; undefined where they may not be listed. */
export async function claimsIn(kube: Kube, dataset: Dataset, namespace: string): Promise<Claim[] | undefined> {
  try {
    const { items } = await listAll<Claim>(kube, resourcePath(claimsServed, namespace));
    return items.filter(({ spec }) => spec.storageClassName === classOf(dataset));
  } catch (error) {
    if (error instanceof KfError && error.status?.code === 403) return undefined;
    throw error;
  }
}

/** No right to see volumes at all is a cluster without the manifest. */
export function withoutRights(error: unknown): unknown {
  if (!(error instanceof KfError) || !/ may not \S+ persistentvolumes in the whole cluster/.test(error.message))
    return error;
  return new KfError(error.exit, error.message, {
    hint: 'an admin gives project owners datasets of their own: kubectl kf create --init',
    ...(error.status ? { status: error.status } : {}),
  });
}
