import type { Context } from '../cli/context.ts';
import type { Kube, KubeFlags } from '../kube/kube.ts';

/** The context, with the cluster open that these flags choose: who opens the same gets this one. */
export function withKube(context: Context, flags: KubeFlags, kube: Kube): Context {
  const key = keyOf(flags);
  const open = async (wanted: KubeFlags) => (keyOf(wanted) === key ? kube : context.kube(wanted));
  // What it opens when it is first asked for stays so.
  return Object.defineProperties({} as Context, {
    ...Object.getOwnPropertyDescriptors(context),
    kube: { value: open, enumerable: true },
  });
}

const keyOf = (flags: KubeFlags): string =>
  JSON.stringify(
    Object.entries(flags)
      .filter(([, value]) => value !== undefined && value !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
