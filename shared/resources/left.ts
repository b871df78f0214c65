import type { KubeObject } from '../kube/kube.ts';
import { finalizerOwner, holding } from './finalizers.ts';

/** What is still there, and why. */
export interface Left {
  /** Objects that are still there. */
  count: number;
  /** A sentence for each finalizer that holds one: `pod/x is held by the finalizer a.b/c (who must take it away)`. */
  held: string[];
  /** In short: `2 pods, 1 job still to go`. */
  text: string;
}

/** @param still what is left; each with its kind */
export function describeLeft(still: readonly KubeObject[]): Left {
  const kinds = new Map<string, number>();
  const held: string[] = [];
  for (const object of still) {
    const { metadata, kind } = object;
    const finalizers = metadata.deletionTimestamp ? holding(object) : [];
    const label = `${kind.toLowerCase()}/${metadata.name}`;
    for (const each of finalizers) {
      held.push(`${label} is held by the finalizer ${each} (${finalizerOwner(each, object)})`);
    }
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const counts = [...kinds].map(([kind, n]) => `${n} ${kind.toLowerCase()}${n === 1 ? '' : 's'}`);
  return { count: still.length, held, text: `${counts.join(', ')} still to go` };
}
