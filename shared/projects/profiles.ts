import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { served } from '../kube/discovery.ts';
import type { Kube } from '../kube/kube.ts';
import type { Served } from '../resources/resource.ts';

/** Where the cluster serves Kubeflow's Profiles; undefined where it has none, or does not say what it serves. */
export const profilesServed = (
  kube: Kube,
  context: Pick<Context, 'env' | 'home' | 'now'>,
): Promise<Served | undefined> =>
  served(kube, context, 'kubeflow.org', 'profiles').catch((error: unknown) => {
    if (error instanceof KfError && error.exit === Exit.forbidden) return undefined;
    throw error;
  });
