import type { Requirement } from './entry.ts';

/**
 * `create trainjobs.trainer.kubeflow.org`, `get,list pods/log`, `update deployments.apps/scale web`: as kubectl names resources.
 * Undefined where it says no such thing.
 */
export function requirementOf(text: string): Requirement | undefined {
  const found =
    /^([a-z]+(?:, ?[a-z]+)*|\*) +([a-z0-9-]+|\*)((?:\.[a-z0-9-]+)*)(?:\/([a-z0-9-]+))?(?: +([\w.:-]+))?$/.exec(
      text.trim(),
    );
  if (!found) return undefined;
  const [, verbs, resource, group, subresource, name] = found;
  return {
    verbs: verbs!.split(/, ?/),
    group: group!.slice(1),
    resource: resource!,
    ...(subresource && { subresource }),
    ...(name && { name }),
  };
}

/** As it is written: `create trainjobs.trainer.kubeflow.org`, `get pods/log digits-0`. */
export function requirementText({ verbs, group, resource, subresource, name }: Requirement): string {
  const type = `${resource}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}`;
  return `${verbs.join(',')} ${type}${name ? ` ${name}` : ''}`;
}
