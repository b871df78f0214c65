import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { Component } from '../resources/component.ts';
import { componentLabel, componentPods } from '../resources/resolve.ts';
import { whyPending } from '../resources/why.ts';
import { safe } from '../view/text.ts';
import { byName } from './colours.ts';
import { componentStreams, unknownContainer } from './component-streams.ts';
import type { LogsOptions } from './options.ts';
import { readStreams } from './read.ts';

/** What of a component's logs is wanted. */
export interface ComponentLogs extends LogsOptions {
  /** All where not given. */
  container?: string | undefined;
}

/** Writes all there is of a component's logs. Throws KfError: 3 where there is none any more, 4 where pods may not be listed. */
export async function readComponent(
  kube: Kube,
  context: Context,
  component: Component,
  options: ComponentLogs & { previous: boolean },
): Promise<number> {
  const { namespace } = component;
  const name = componentLabel(component);
  const pods = await componentPods(kube, component);
  if (!pods) throw mayNotList(namespace);
  const wrong = unknownContainer(component, pods, options.container);
  if (wrong) throw wrong;
  if (pods.length === 0) return noPods(kube, context, component);
  const streams = pods.flatMap((pod) => componentStreams(component, pod, options.container));
  return readStreams(kube, context, { name, namespace, streams, colour: byName }, options);
}

export const mayNotList = (namespace: string): KfError =>
  new KfError(Exit.forbidden, `not allowed: you may not list pods in ${namespace}`, {
    hint: 'kubectl kf whoami says what you may do',
  });

/** Not begun, stopped, or long over. */
async function noPods(kube: Kube, context: Context, component: Component): Promise<number> {
  const { kind, object, namespace } = component;
  const name = componentLabel(component);
  const state = kind.state(object, []);
  if (state.phase === 'Succeeded' || state.phase === 'Failed')
    throw new KfError(
      Exit.notFound,
      `the logs of ${name} are gone: it ${state.phase.toLowerCase()} and its pods were deleted`,
      { hint: `what is known of it: kubectl kf status ${name}` },
    );
  const why = (await whyPending(kube, namespace, [], object)) || state.why;
  const phase = state.phase === 'Pending' ? '' : ` (${state.phase})`;
  context.stderr.write(`${safe(`${name} has no pods${phase}${why ? `: ${why}` : ''}`)}\n`);
  return Exit.ok;
}
