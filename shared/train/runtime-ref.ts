import { closest } from '../cli/closest.ts';
import { type ApiStatus, Exit, KfError, usageError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Problem } from '../manifest/source.ts';
import { at } from '../resources/fields.ts';
import { listRuntimes, type Runtime, type Runtimes, runtimeOf } from '../resources/runtime.ts';
import { missingTrainer } from '../resources/trainer.ts';
import { type Item, problemOf } from './item.ts';

/** Trainer's webhook refused a runtime that is not there (pkg/runtime/core: ValidateObjects): says so, and which there are. */
export async function noSuchRuntime(kube: Kube, item: Item, status: ApiStatus): Promise<Problem | undefined> {
  const { object } = item.manifest;
  if (object.kind !== 'TrainJob' || !/must be created before the TrainJob/.test(status.message ?? '')) return undefined;
  const name = String(at(object, 'spec', 'runtimeRef', 'name') ?? '');
  const kind = String(at(object, 'spec', 'runtimeRef', 'kind') ?? 'ClusterTrainingRuntime');
  const runtimes = await listRuntimes(kube, object.metadata.namespace ?? kube.namespace);
  const place = item.manifest.place(['spec', 'runtimeRef', 'name'], 'value');
  const other = runtimes.items.find((runtime) => runtime.name === name && runtime.kind !== kind);
  if (other) {
    const message = `${name} is a ${other.kind}, not a ${kind}: set spec.runtimeRef.kind`;
    return problemOf(item, { place, message, exit: Exit.notFound });
  }
  return problemOf(item, {
    place,
    message: `no runtime "${name}" here${near(name, runtimes)} ${thereAre(runtimes)}`,
    exit: Exit.notFound,
  });
}

function near(name: string, { items }: Runtimes): string {
  const meant = closest(name, names(items));
  return meant ? `; did you mean ${meant}?` : '.';
}

const names = (items: readonly Runtime[]) => [...new Set(items.map((runtime) => runtime.name))].sort();

function thereAre({ items, forbidden }: Runtimes): string {
  const hidden = forbidden.length > 0 ? ` (you may not list ${forbidden.join(' and ')}s)` : '';
  return items.length > 0 ? `There are: ${names(items).join(', ')}${hidden}` : `There are none${hidden}`;
}

/**
 * The runtime that --runtime names, the project's own before the cluster's; without it the only one there is.
 * Throws KfError: 3 where there is none of the name or no Trainer, 2 where it must be said which.
 */
export async function chooseRuntime(
  kube: Kube,
  wanted: string | undefined,
  say: (line: string) => void,
): Promise<Runtime> {
  const runtimes = await listRuntimes(kube, kube.namespace);
  if (!runtimes.served) throw missingTrainer();
  const { items } = runtimes;
  if (wanted !== undefined) {
    const found = items.find((runtime) => runtime.name === wanted);
    if (found) return usable(found);
    if (runtimes.forbidden.length > 0) return unseen(kube, wanted, runtimes, say);
    throw new KfError(Exit.notFound, `no runtime "${wanted}" here${near(wanted, runtimes)} ${thereAre(runtimes)}`, {
      hint: 'nothing was created',
    });
  }
  const able = items.filter(({ deprecated, step }) => !deprecated && step !== '');
  if (able.length === 1) {
    say(`runtime ${able[0]!.name}: the only one here`);
    return able[0]!;
  }
  throw usageError(
    `which runtime? ${thereAre(runtimes)}`,
    'say it with --runtime; kubectl kf train runtimes tells what each is',
  );
}

/**
 * A runtime that may be used but not listed: read by its name; where that is refused too, taken to have the shape that Trainer's
 * own runtimes have, and the server has the last word.
 */
async function unseen(
  kube: Kube,
  name: string,
  { forbidden }: Runtimes,
  say: (line: string) => void,
): Promise<Runtime> {
  const kind = forbidden.includes('ClusterTrainingRuntime') ? 'ClusterTrainingRuntime' : 'TrainingRuntime';
  const root = '/apis/trainer.kubeflow.org/v1alpha1';
  const within = kind === 'TrainingRuntime' ? `/namespaces/${encodeURIComponent(kube.namespace)}` : '';
  const path = `${root}${within}/${kind.toLowerCase()}s/${encodeURIComponent(name)}`;
  try {
    return usable(runtimeOf(await kube.json<KubeObject>({ path }), kind));
  } catch (error) {
    const code = error instanceof KfError ? error.status?.code : undefined;
    if (code === 404) throw new KfError(Exit.notFound, `no runtime "${name}" here`, { hint: 'nothing was created' });
    if (code !== 403) throw error;
  }
  say(`you may not read the runtime ${name}: taking it to have one step, node`);
  const framework = /^(torch|jax|xgboost)\b/.exec(name)?.[1] ?? '';
  const labels = { 'trainer.kubeflow.org/framework': framework };
  const step = { name: 'node', template: { spec: { template: { spec: { containers: [{ name: 'node' }] } } } } };
  const spec = { template: { spec: { replicatedJobs: [step] } } };
  return runtimeOf({ apiVersion: 'trainer.kubeflow.org/v1alpha1', kind, metadata: { name, labels }, spec }, kind);
}

function usable(runtime: Runtime): Runtime {
  if (runtime.step && runtime.container) return runtime;
  throw usageError(
    `the runtime ${runtime.name} has no trainer step to run code in`,
    'choose another: kubectl kf train runtimes',
  );
}
