import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { allServed } from '../kube/discovery.ts';
import type { Kube } from '../kube/kube.ts';
import type { ComponentKind } from './component.ts';
import { jobKinds } from './index.ts';
import type { JobKind } from './resource.ts';
import { labelIs } from './workload.ts';

export { componentPath } from './look-up.ts';

/** Every kind of component, loaded when asked for: one line a kind. A person's own words first, then what they are made of. */
export const componentKinds: Record<string, () => Promise<ComponentKind>> = {
  ...Object.fromEntries(Object.entries(jobKinds).map(([kind, load]) => [kind, () => load().then(jobComponent)])),
  Notebook: () => import('./notebook.ts').then((m) => m.notebook),
  Workspace: () => import('./workspace.ts').then((m) => m.workspace),
  InferenceService: () => import('./inference-service.ts').then((m) => m.inferenceService),
  Tensorboard: () => import('./tensorboard.ts').then((m) => m.tensorboard),
  CronJob: () => import('./cron-job.ts').then((m) => m.cronJob),
  Deployment: () => import('./deployment.ts').then((m) => m.deployment),
  StatefulSet: () => import('./stateful-set.ts').then((m) => m.statefulSet),
  DaemonSet: () => import('./daemon-set.ts').then((m) => m.daemonSet),
  Pod: () => import('./pod-component.ts').then((m) => m.podComponent),
};

export const allComponentKinds = (): Promise<ComponentKind[]> =>
  Promise.all(Object.values(componentKinds).map((load) => load()));

/** A job's kind, as status, logs, exec, remove and services take it. */
export function jobComponent(kind: JobKind): ComponentKind {
  const key = kind.podSelector('').split('=')[0]!;
  return {
    group: kind.group,
    kind: kind.kind,
    plural: kind.plural,
    versions: kind.versions,
    shortNames: kind.shortNames,
    state: (object, pods) => kind.state(object, pods),
    podSelector: (object) => labelIs(key, object.metadata?.name),
    mainContainer: kind.mainContainer,
    rank: kind.rank,
    service: 'job',
    owns: kind.owns,
  };
}

/** True where a person may mean the kind by that word, as kubectl takes it: `deploy`, `notebooks`, `job.batch`, `jobs.v1.batch`. */
export function isNamed(
  kind: Pick<ComponentKind, 'group' | 'kind' | 'plural' | 'versions' | 'shortNames'>,
  word: string,
) {
  const [name = '', ...rest] = word.toLowerCase().split('.');
  const group = rest.join('.');
  if (![kind.kind.toLowerCase(), kind.plural, ...kind.shortNames].includes(name)) return false;
  return group === '' || group === kind.group || kind.versions.some((v) => group === `${v}.${kind.group}`);
}

/** The kinds that a word may mean; none where no file here knows it. */
export const componentKindsNamed = async (word: string): Promise<ComponentKind[]> =>
  (await allComponentKinds()).filter((kind) => isNamed(kind, word));

/**
 * The kinds that the cluster serves, each with the version that it serves (the one it prefers) as its only one. From what
 * is remembered of the cluster where there is such: no request then. Where discovery is refused: all of them.
 */
export async function servedKinds(kube: Kube, context: Context): Promise<ComponentKind[]> {
  const [kinds, groups] = await Promise.all([
    allComponentKinds(),
    allServed(kube, context).catch((error: unknown) => {
      if (error instanceof KfError && error.exit === Exit.forbidden) return undefined;
      throw error;
    }),
  ]);
  if (!groups) return kinds;
  return kinds.flatMap((kind) => {
    const versions = groups.find(({ name }) => name === kind.group)?.versions ?? [];
    const at = versions.find(({ resources }) => resources.some((r) => r.kind === kind.kind && r.namespaced));
    const resource = at?.resources.find((r) => r.kind === kind.kind);
    if (!at || !resource) return [];
    const shortNames = [...new Set([...kind.shortNames, ...resource.shortNames])];
    return [{ ...kind, plural: resource.plural, shortNames, versions: [at.version] }];
  });
}
