import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import { resourcePath } from '../kube/apply.ts';
import { resourceFor } from '../kube/discovery.ts';
import type { Kube, KubeObject, OwnerReference } from '../kube/kube.ts';
import type { Component } from './component.ts';
import { text } from './fields.ts';

/** Owners of owners that are looked up at most: pod, Job, JobSet, TrainJob are four. */
const deepest = 6;

const labelOf = ({ kind, name }: Pick<OwnerReference, 'kind' | 'name'>) => `${kind.toLowerCase()}/${name}`;
const controllerOf = (object: KubeObject) => (object.metadata.ownerReferences ?? []).find((ref) => ref.controller);

/**
 * Why what is deleted may come back, a sentence for each reason: a controller that makes it anew, a tool that installs it
 * again. None where nobody does.
 */
export async function comesBack(kube: Kube, context: Context, component: Component): Promise<string[]> {
  const { object, kind, name, namespace } = component;
  const label = labelOf({ kind: kind.kind, name });
  return [...(await byController(kube, context, object, label, namespace)), ...byTools(object, label)];
}

async function byController(
  kube: Kube,
  context: Context,
  object: KubeObject,
  label: string,
  namespace: string,
): Promise<string[]> {
  const owner = controllerOf(object);
  if (!owner) return [];
  let top = owner;
  for (let i = 0; i < deepest; i++) {
    const found = await ownerObject(kube, context, top, namespace);
    const next = found && controllerOf(found);
    if (!next) break;
    top = next;
  }
  const whole = top === owner ? labelOf(owner) : `${labelOf(owner)} (of ${labelOf(top)})`;
  return [
    `${label} belongs to ${whole}, whose controller may make it anew; for good: kubectl kf remove ${labelOf(top)}`,
  ];
}

/** undefined where it is gone or may not be read. */
async function ownerObject(
  kube: Kube,
  context: Context,
  ref: OwnerReference,
  namespace: string,
): Promise<KubeObject | undefined> {
  try {
    const served = await resourceFor(kube, context, ref.apiVersion, ref.kind);
    return served && (await kube.json<KubeObject>({ path: resourcePath(served, namespace, ref.name) }));
  } catch (error) {
    if (error instanceof KfError && error.status) return undefined;
    throw error;
  }
}

function byTools({ metadata }: KubeObject, label: string): string[] {
  const mark = (name: string) => text(metadata.annotations?.[name]) || text(metadata.labels?.[name]);
  const release = mark('meta.helm.sh/release-name');
  const app = mark('argocd.argoproj.io/tracking-id').split(':')[0];
  const flux = mark('kustomize.toolkit.fluxcd.io/name') || mark('helm.toolkit.fluxcd.io/name');
  return [
    ...(release && !flux ? [`${label} came with the Helm release ${release}, whose next upgrade makes it anew`] : []),
    ...(app ? [`${label} belongs to the Argo CD application ${app}, which may make it anew`] : []),
    ...(flux ? [`${label} belongs to Flux's ${flux}, which makes it anew`] : []),
  ];
}
