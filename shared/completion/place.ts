import { createHash } from 'node:crypto';
import type { Context } from '../cli/context.ts';
import { choose } from '../kube/config.ts';
import type { KubeFlags } from '../kube/kube.ts';
import { loadMerged, stringField } from '../kube/merge.ts';
import type { Place } from './store.ts';

/** Reads the kubeconfig: what it names, and where names of its cluster are kept. Throws KfError where it chooses none. */
export async function placeOf(flags: KubeFlags, context: Context): Promise<Place> {
  const merged = await loadMerged(flags.kubeconfig, context);
  const names = (entries: Iterable<string>, what: (name: string) => string) =>
    [...entries].map((value) => ({ value, what: what(value) }));
  const field = (name: string, key: string) => stringField(merged.contexts.get(name)?.fields ?? {}, key) ?? '';
  const found = {
    contexts: names(merged.contexts.keys(), (name) => field(name, 'cluster')),
    clusters: names(merged.clusters.keys(), (name) => stringField(merged.clusters.get(name)!.fields, 'server') ?? ''),
    users: names(merged.users.keys(), () => ''),
  };
  const nowhere = { own: '', wide: '', namespaces: [], ...found };
  const chosen = await choose(flags, context).catch(() => undefined);
  if (!chosen) return nowhere;
  // The person by all that the kubeconfig says of them: another token is another person.
  const person = JSON.stringify([chosen.cluster.server, chosen.user]);
  const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24);
  const here = [...merged.contexts.keys()].filter((name) => field(name, 'cluster') === chosen.cluster.name);
  return {
    ...found,
    own: digest(`${person} ${chosen.namespace}`),
    wide: digest(person),
    namespaces: [...new Set([chosen.namespace, ...here.map((name) => field(name, 'namespace'))])].filter(Boolean),
  };
}
