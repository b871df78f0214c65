import type { Context } from '../cli/context.ts';
import { nodesOf, type Removal } from '../resources/removal.ts';
import { DataList } from './data-list.ts';
import { ListPrinter } from './print.ts';

/** The schema of `remove -o json` and `-o yaml`: fields are added, never taken away or renamed. */
export const removalVersion = 'kf.kubeflow.org/removal-v1';

/** One item of it. */
export interface RemovalData {
  component: { apiVersion: string; kind: string; name: string; namespace: string };
  /** `would` of a dry run; `begun` where it was not waited for. */
  removed: 'would' | 'begun' | 'gone';
  /** What went with it, each with the one that owned it. */
  owns: { apiVersion: string; kind: string; name: string; owner: string }[];
  notes: string[];
}

export function removalData({ component, tree, notes }: Removal, removed: RemovalData['removed']): RemovalData {
  const { root } = tree;
  const parents = root.path === '' ? [root, ...nodesOf(root)] : nodesOf(root);
  return {
    component: { apiVersion: root.apiVersion, kind: root.kind, name: component.name, namespace: component.namespace },
    removed,
    owns: parents.flatMap((parent) =>
      parent.children.map(({ apiVersion, kind, name }) => ({
        apiVersion,
        kind,
        name,
        owner: `${parent.kind.toLowerCase()}/${parent.name}`,
      })),
    ),
    notes,
  };
}

/** What was removed: data of each component, or the names of the objects that were asked to go. */
export async function printRemovals(
  context: Pick<Context, 'stdout'>,
  format: 'json' | 'yaml' | 'name',
  removals: readonly Removal[],
  removed: RemovalData['removed'],
): Promise<void> {
  if (format === 'name') {
    const named = removals.flatMap(({ targets }) =>
      targets.map(({ apiVersion, kind, object }) => ({ apiVersion, kind, metadata: object.metadata })),
    );
    return new ListPrinter(context, format).add(named);
  }
  const list = new DataList(context, format, { apiVersion: removalVersion, kind: 'RemovalList' });
  await list.add(removals.map((removal) => removalData(removal, removed)));
  await list.end();
}
