import type { Context } from '../cli/context.ts';
import type { Kube, KubeFlags } from './kube.ts';
import { open } from './open.ts';

/**
 * Opens the kubeconfig as it is and begins to connect. What is wrong with either is left to whoever opens it next, to say.
 * @returns the cluster for flags that choose no other, with their namespace
 */
export async function connectEarly(context: Context): Promise<((flags: KubeFlags) => Kube | undefined) | undefined> {
  try {
    const { kube, connect } = await open({}, context);
    if (!(await connect())) return undefined;
    return ({ namespace, verbosity, ...others }) => {
      if (verbosity || Object.values(others).some((value) => value !== undefined)) return undefined;
      return namespace ? { ...kube, namespace, namespaceGiven: true } : kube;
    };
  } catch {
    return undefined;
  }
}
