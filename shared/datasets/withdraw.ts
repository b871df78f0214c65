import { Exit, KfError, usageError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { at, objects as objectsAt, text } from '../resources/fields.ts';
import type { Pod } from '../resources/pod.ts';
import { claimsIn } from './find.ts';
import { type Claim, type Dataset, listOf, namespacesOf } from './objects.ts';
import { drop, relist, type Step } from './steps.ts';

export interface Withdrawal {
  steps: Step[];
  /** Who uses it, a line each. */
  uses: string[];
  /** Projects whose claims may not be looked at. */
  hidden: string[];
}

/** Takes projects out of the list, and their claims away. */
export async function planUnshare(kube: Kube, dataset: Dataset, fewer: readonly string[]): Promise<Withdrawal> {
  const { name, home, volumes } = dataset;
  if (fewer.includes(home)) {
    throw usageError(
      `dataset ${name} belongs to ${home}, which stays`,
      `delete it: kubectl kf provisiondatasets delete ${name}.${home}; its data stays`,
    );
  }
  const steps = volumes
    .filter((volume) => listOf(volume).some((each) => fewer.includes(each)))
    .map((volume) =>
      relist(volume, `not shared with ${fewer.join(', ')} any more`, (list) =>
        list.filter((each) => !fewer.includes(each)),
      ),
    );
  return withClaims(kube, dataset, fewer, steps);
}

/** Claims go first: what a kill leaves of the volumes says where they were. Storage that would go with them is not touched. */
export async function planDelete(kube: Kube, dataset: Dataset): Promise<Withdrawal> {
  const risky = dataset.volumes.find(({ spec }) => spec.persistentVolumeReclaimPolicy !== 'Retain');
  if (risky) {
    const { name } = risky.metadata;
    throw new KfError(
      Exit.failed,
      `the data would be deleted with ${name}: its reclaim policy is not Retain; nothing was deleted`,
      {
        hint: `an admin can change it: kubectl patch pv ${name} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
      },
    );
  }
  const from = new Set([
    ...namespacesOf(dataset),
    ...dataset.volumes.flatMap(({ spec }) => spec.claimRef?.namespace ?? []),
  ]);
  const planned = await withClaims(kube, dataset, [...from], []);
  return {
    ...planned,
    steps: [...planned.steps, ...dataset.volumes.map((volume) => drop(volume, 'deleted; its data stays'))],
  };
}

async function withClaims(
  kube: Kube,
  dataset: Dataset,
  namespaces: readonly string[],
  steps: Step[],
): Promise<Withdrawal> {
  const plan: Withdrawal = { steps, uses: [], hidden: [] };
  for (const namespace of namespaces) {
    const claims = await claimsIn(kube, dataset, namespace);
    if (!claims) plan.hidden.push(namespace);
    for (const claim of claims ?? []) {
      plan.steps.push(drop(claim));
      plan.uses.push(...(await usesOf(kube, claim)));
    }
  }
  return plan;
}

async function usesOf(kube: Kube, { metadata: { name, namespace } }: Claim): Promise<string[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const pods = await listAll<Pod>(kube, path).catch((error) => {
    if (error instanceof KfError && error.status?.code === 403) return { items: [] };
    throw error;
  });
  const users = pods.items.filter((pod) =>
    objectsAt(at(pod, 'spec', 'volumes')).some((each) => text(at(each, 'persistentVolumeClaim', 'claimName')) === name),
  );
  return users.map((pod) => `pod ${pod.metadata.name} in ${namespace} uses claim ${name}, which goes after it`);
}
