import type { Kube, KubeObject } from '../kube/kube.ts';
import { idLabel, parentName, setId } from '../resources/apply-set.ts';
import { oneLine } from '../view/text.ts';
import { found, look, lookAll } from './look.ts';
import { configMaps, managedBy } from './marks.ts';
import type { Package, Repository } from './package-build.ts';

/** What is to be done in a project with its packages. */
export interface PackagePlan {
  apply: { package: Package; before: Parent | undefined }[];
  /** Of the same repository, which does not name them any more. */
  remove: Parent[];
}

export interface Parent extends KubeObject {
  data?: Record<string, string>;
}

/** @param proxy whether the identity-aware proxy is wanted; where it is installed it is kept up to date */
export async function planPackages(
  kube: Kube,
  project: string,
  repository: Repository | undefined,
  extra: Package | undefined,
  proxy: boolean,
): Promise<PackagePlan> {
  const all = [...(repository?.packages ?? []), ...(extra ? [extra] : [])];
  const apply: PackagePlan['apply'] = [];
  for (const each of all) {
    const before = found(await look<Parent>(kube, configMaps, parentName(each.name), project));
    if (!each.proxy || proxy || before) apply.push({ package: each, before });
  }
  const labelSelector = `${idLabel},app.kubernetes.io/managed-by=${managedBy['app.kubernetes.io/managed-by']}`;
  const sets = repository ? ((await lookAll<Parent>(kube, configMaps, project, { labelSelector })) ?? []) : [];
  const remove = sets.filter(({ metadata, data }) => {
    if (metadata.labels?.[idLabel] !== setId(metadata.name, project)) return false;
    return data?.repository === repository!.url && !all.some(({ name }) => parentName(name) === metadata.name);
  });
  return { apply, remove };
}

/** A line for each package. */
export function planLines({ apply, remove }: PackagePlan): string[] {
  const lines = apply.map(({ package: each, before }) => {
    const { name, items, origin, description, proxy } = each;
    const from = before?.data?.repository;
    const what = !before
      ? 'install'
      : from !== undefined && from !== origin.repository
        ? `replace (was from ${from})`
        : before.data?.commit === origin.commit
          ? 'apply again'
          : 'upgrade';
    const about = [proxy && 'identity-aware proxy', description].filter(Boolean).join(': ');
    return `${what} ${name}: ${kindCounts(items.map(({ object }) => object.kind))}${about ? ` (${about})` : ''}`;
  });
  const gone = remove.map(({ metadata }) => `remove ${packageOf(metadata.name)}: its repository has it no more`);
  return [...lines, ...gone].map(oneLine);
}

export const packageOf = (parent: string): string => parent.slice(parentName('').length);

function kindCounts(kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, n]) => `${n} ${kind}`).join(', ') || 'nothing';
}
