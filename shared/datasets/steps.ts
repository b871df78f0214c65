import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { create, get, patch, remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { isRaw, ListPrinter } from '../view/print.ts';
import { oneLine } from '../view/text.ts';
import { withoutRights } from './find.ts';
import { allowedAnnotation } from './names.ts';
import { type Claim, claimsServed, listOf, type Volume, volumesServed } from './objects.ts';

/** One thing that is made, changed or deleted; what is as it should be is one too, and nothing is done. */
export interface Step {
  object: KubeObject;
  /** `created`, `shared with team-c`; for a plan and for what was done. */
  done: string;
  /** @returns the object as it is then */
  do?(kube: Kube, dryRun: boolean): Promise<KubeObject>;
}

export const unchanged = (object: KubeObject): Step => ({ object, done: 'unchanged' });

export const make = (object: Volume | Claim): Step => ({
  object,
  done: 'created',
  async do(kube, dryRun) {
    const served = object.kind === 'PersistentVolume' ? volumesServed : claimsServed;
    try {
      return await create(kube, served, object, { dryRun });
    } catch (error) {
      const taken = error instanceof KfError && error.status?.reason === 'AlreadyExists';
      if (!taken) throw error;
      // By the same command at the same time, or by another.
      const there = await get<Volume>(kube, served, object.metadata.name, object.metadata.namespace ?? kube.namespace);
      if (there.spec.storageClassName === object.spec.storageClassName && !there.metadata.deletionTimestamp)
        return there;
      throw error;
    }
  },
});

/** How often a change is made anew where others change the same volume. */
const tries = 8;

async function changed(
  kube: Kube,
  volume: Volume,
  dryRun: boolean,
  change: (now: Volume) => object | undefined,
): Promise<KubeObject> {
  let now = volume;
  for (let i = 1; ; i++) {
    const body = change(now);
    if (body === undefined) return now;
    const { name, resourceVersion } = now.metadata;
    const exact = { ...body, metadata: { ...(body as Partial<KubeObject>).metadata, resourceVersion } };
    try {
      return await patch(kube, volumesServed, name, exact, { dryRun });
    } catch (error) {
      if (!(error instanceof KfError) || error.status?.code !== 409 || i === tries) throw error;
      now = await get<Volume>(kube, volumesServed, name);
    }
  }
}

/** Nothing that another puts into the list at the same time is lost. */
export const relist = (volume: Volume, done: string, wanted: (list: string[]) => string[]): Step => ({
  object: volume,
  done,
  do: (kube, dryRun) =>
    changed(kube, volume, dryRun, (now) => {
      const list = wanted(listOf(now));
      if (list.join() === listOf(now).join()) return undefined;
      return { metadata: { annotations: { [allowedAnnotation]: list.join(',') } } };
    }),
});

/** A volume whose claim is gone is bound again only once it has forgotten it. */
export const free = (volume: Volume): Step => ({
  object: volume,
  done: 'made free for another claim',
  do: (kube, dryRun) =>
    changed(kube, volume, dryRun, ({ status }) =>
      status?.phase === 'Released' ? { spec: { claimRef: null } } : undefined,
    ),
});

export const drop = (object: Volume | Claim, done = 'deleted'): Step => ({
  object,
  done,
  async do(kube, dryRun) {
    const { name, namespace, uid } = object.metadata;
    const [served, where] =
      object.kind === 'PersistentVolume' ? [volumesServed, {}] : [claimsServed, { namespace: namespace! }];
    await remove(kube, served, name, { dryRun, ...where, ...(uid ? { uid } : {}) });
    return object;
  },
});

/** `persistentvolume/x`, and `persistentvolumeclaim/x in team-a`. */
export const stepName = ({ object: { kind, metadata } }: Step): string =>
  oneLine(`${kind.toLowerCase()}/${metadata.name}${metadata.namespace ? ` in ${metadata.namespace}` : ''}`);

export interface Options {
  dryRun: 'client' | 'server' | undefined;
  output: 'json' | 'yaml' | 'name' | undefined;
}

/**
 * Has the server check all of it first, so that a refusal leaves nothing half done; then does one after the other and prints what
 * became of each. A kill in between leaves what the same steps complete.
 */
export async function run(
  kube: Kube,
  context: Context,
  steps: readonly Step[],
  { dryRun, output }: Options,
): Promise<void> {
  const raw = isRaw(output) ? new ListPrinter(context, output) : undefined;
  const tell = async (step: Step, object: KubeObject, more: string) =>
    raw ? raw.add([object]) : void context.stdout.write(`${stepName(step)} ${oneLine(step.done)}${more}\n`);
  const attempt = async (step: Step, dry: boolean) => {
    if (context.signal.aborted)
      throw new KfError(Exit.interrupted, 'interrupted', { hint: 'the same command does the rest' });
    return (await step.do?.(kube, dry).catch((error) => Promise.reject(withoutRights(error)))) ?? step.object;
  };
  const wanted = dryRun !== 'client' && (dryRun === 'server' || steps.filter((step) => step.do).length > 1);
  const checked: KubeObject[] = [];
  if (wanted) for (const step of steps) checked.push(await attempt(step, true));
  for (const [i, step] of steps.entries()) {
    if (dryRun) await tell(step, checked[i] ?? step.object, dryRun === 'server' ? ' (server dry run)' : ' (dry run)');
    else await tell(step, await attempt(step, false), '');
  }
  await raw?.end();
}
