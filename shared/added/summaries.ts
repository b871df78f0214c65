import type { KubeObject } from '../kube/kube.ts';
import { apiVersion, kind, type Level, levels, type Summary } from '../registry/entry.ts';

/** By name; of one name the nearest first. */
export const summaryOrder = (a: Summary, b: Summary): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : levels.indexOf(a.level) - levels.indexOf(b.level);

/** Those that another of the same name stands before, and its level. One that replaces a built-in comes before one that does not. */
export function shadowed(summaries: readonly Summary[]): Map<Summary, Level> {
  const first = new Map<string, Summary>();
  const hidden = new Map<Summary, Level>();
  for (const each of [...summaries].sort(summaryOrder)) {
    const before = first.get(each.name);
    if (before) hidden.set(each, before.level);
    else first.set(each.name, each);
  }
  return hidden;
}

/** What `-o json` has of one. */
export const summaryData = (summary: Summary): object => ({ ...summary });

/** What `-o name` names. */
export const summaryObject = ({ name }: Summary): Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'> => ({
  apiVersion,
  kind,
  metadata: { name },
});
