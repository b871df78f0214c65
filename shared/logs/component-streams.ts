import { Exit, KfError } from '../cli/errors.ts';
import type { Component } from '../resources/component.ts';
import type { Pod } from '../resources/pod.ts';
import { componentLabel } from '../resources/resolve.ts';
import type { Stream } from './instances.ts';

const containersOf = (pod: Pod): string[] =>
  [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map((each) => each.name);

/**
 * The containers of a pod whose logs are wanted, those that prepare it first: all of them, or the one that is named. A name is the pod's,
 * or its rank, with the container's where the pod has several.
 */
export function componentStreams({ kind }: Component, pod: Pod, container?: string): Stream[] {
  const all = containersOf(pod);
  const name = kind.rank(pod);
  return all
    .filter((each) => container === undefined || each === container)
    .map((each) => ({ name: all.length > 1 ? `${name}/${each}` : name, pod, container: each }));
}

/** Where no pod has a container of that name (exit 3). */
export function unknownContainer(
  component: Component,
  pods: readonly Pod[],
  container: string | undefined,
): KfError | undefined {
  const there = [...new Set(pods.flatMap(containersOf))];
  if (container === undefined || pods.length === 0 || there.includes(container)) return undefined;
  return new KfError(Exit.notFound, `${componentLabel(component)} has no container "${container}"`, {
    hint: `there are: ${there.join(', ')}`,
  });
}
