import { Exit, KfError, usageError } from '../cli/errors.ts';
import { find } from '../kube/apply.ts';
import type { Kube } from '../kube/kube.ts';
import { oneLine } from '../view/text.ts';
import { findDatasets } from './find.ts';
import * as objects from './objects.ts';
import { free, make, relist, type Step, unchanged } from './steps.ts';
import { modes } from './types.ts';
import type { Wish } from './wish.ts';

type Dataset = objects.Dataset;

export interface Plan {
  /** As it is in the end. */
  dataset: Dataset;
  claims: objects.Claim[];
  steps: Step[];
}

/** What is to be done until the volumes are there, each for all the projects, and with `claims` one claim in each of those. */
export async function planProvision(kube: Kube, wish: Wish, claims: boolean): Promise<Plan> {
  const home = wish.namespaces[0]!;
  const there = (await findDatasets(kube, wish.name)).find((each) => each.home === home);
  if (there) checkSame(there, wish);
  const namespaces = [...new Set([...(there ? objects.namespacesOf(there) : []), ...wish.namespaces])];
  const instances = wish.instances ?? Math.max(namespaces.length, there?.volumes.length ?? 0);
  if (claims && instances < namespaces.length) {
    throw usageError(
      `${instances} ${instances === 1 ? 'instance is' : 'instances are'} too few for claims in ${namespaces.length} projects: each takes one`,
      `--instances ${namespaces.length}, or leave it out`,
    );
  }
  const steps: Step[] = [];
  const dataset: Dataset = { name: wish.name, home, volumes: [...(there?.volumes ?? [])] };
  for (const volume of there?.volumes ?? []) steps.push(...renewed(volume, namespaces));
  for (let number = 0; dataset.volumes.length < instances; number++) {
    if (dataset.volumes.some((volume) => objects.numberOf(volume) === number)) continue;
    const volume = objects.volumeFor(wish, namespaces, number);
    dataset.volumes.push(volume);
    steps.push(make(volume));
  }
  const wanted = claims ? await claimSteps(kube, dataset, wish.namespaces) : [];
  return {
    dataset,
    claims: wanted.map(({ object }) => object as objects.Claim),
    steps: [...steps, ...wanted],
  };
}

/** A name stands for one storage. */
function checkSame({ name, home, volumes }: Dataset, { made, mode, namespaces }: Wish): void {
  const { spec, metadata } = volumes[0]!;
  const [has, wanted] = [objects.storageOf(spec), objects.storageOf(made.source)];
  const other =
    has !== wanted ? has : spec.accessModes?.[0] !== modes[mode] ? `mode ${spec.accessModes?.[0]}` : undefined;
  if (metadata.deletionTimestamp) {
    throw new KfError(Exit.failed, `dataset ${name} of ${home} is being deleted`, {
      hint: `it goes once no pod uses it: kubectl kf provisiondatasets ls -n ${namespaces[0]}`,
    });
  }
  if (other === undefined) return;
  throw new KfError(Exit.failed, `dataset ${name} of ${home} is there already, with other storage: ${oneLine(other)}`, {
    hint: `give this one another name (--name), or delete that: kubectl kf provisiondatasets delete ${name}.${home}`,
  });
}

/** Projects that a volume lacks, and a claim that it remembers though it is gone. */
function renewed(volume: objects.Volume, namespaces: readonly string[]): Step[] {
  const lacks = namespaces.filter((each) => !objects.listOf(volume).includes(each));
  const steps: Step[] = [];
  if (lacks.length > 0)
    steps.push(relist(volume, `shared with ${lacks.join(', ')}`, (list) => [...new Set([...list, ...lacks])]));
  // Its own request: a list and a binding are never changed in one.
  if (volume.status?.phase === 'Released') steps.push(free(volume));
  return steps.length > 0 ? steps : [unchanged(volume)];
}

async function claimSteps(kube: Kube, dataset: Dataset, namespaces: readonly string[]): Promise<Step[]> {
  return Promise.all(
    namespaces.map(async (namespace) => {
      const claim = await find<objects.Claim>(kube, objects.claimsServed, dataset.name, namespace);
      if (!claim) return make(objects.claimFor(dataset, namespace));
      if (claim.spec.storageClassName === objects.classOf(dataset)) return unchanged(claim);
      throw new KfError(Exit.failed, `claim ${dataset.name} in ${namespace} is of something else`, {
        hint: `make a claim of another name, with storageClassName: ${objects.classOf(dataset)}; or give the dataset another name`,
      });
    }),
  );
}

/** Lets projects bind it too, and sees to it that there is an instance for each. */
export async function planShare(kube: Kube, dataset: Dataset, more: readonly string[], claims: boolean): Promise<Plan> {
  const namespaces = [...new Set([...objects.namespacesOf(dataset), ...more])];
  const steps = dataset.volumes.flatMap((volume) => renewed(volume, namespaces));
  const after: Dataset = { ...dataset, volumes: [...dataset.volumes] };
  for (let number = 0; after.volumes.length < namespaces.length; number++) {
    if (after.volumes.some((volume) => objects.numberOf(volume) === number)) continue;
    const volume = objects.another(dataset, namespaces, number);
    after.volumes.push(volume);
    steps.push(make(volume));
  }
  const wanted = claims ? await claimSteps(kube, after, more) : [];
  return { dataset: after, claims: wanted.map(({ object }) => object as objects.Claim), steps: [...steps, ...wanted] };
}
