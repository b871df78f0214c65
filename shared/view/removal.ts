import type { Context } from '../cli/context.ts';
import type { Kube } from '../kube/kube.ts';
import type { ComponentState } from '../resources/component.ts';
import { holding } from '../resources/finalizers.ts';
import { waitUntilGone } from '../resources/gone.ts';
import type { OwnedNode } from '../resources/owned.ts';
import { nodesOf, type Removal } from '../resources/removal.ts';
import { componentLabel } from '../resources/resolve.ts';
import { age, duration } from './age.ts';
import { Notice } from './notice.ts';
import { oneLine } from './text.ts';
import { type TreeNode, treeLines } from './tree.ts';

/** Branches of one node that are shown. */
const most = 20;

/** The tree that goes, then what a person should know before it does; safe for a terminal. */
export function removalLines({ component, tree, notes }: Removal, now: number): string[] {
  const state: ComponentState = component.kind.state(component.object);
  const [root, ...lines] = treeLines(treeNode(tree.root, now, state), { most });
  const unseen = [...tree.refused.map((kind) => `you may not list ${kind}: what it has of them goes too`)];
  if (tree.cut.length > 0) unseen.push(`there are too many ${tree.cut.join(', ')} to show all that go`);
  return [root!, ...lines, ...[...unseen, ...notes].map((note) => `  ${oneLine(note)}`)];
}

function treeNode(node: OwnedNode, now: number, state?: ComponentState): TreeNode {
  const { metadata } = node.object;
  const going = metadata.deletionTimestamp ? `being deleted since ${age(metadata.deletionTimestamp, now)}` : '';
  const finalizers = holding(node.object).filter((name) => name !== 'batch.kubernetes.io/job-tracking');
  const held = finalizers.length > 0 ? `finalizer ${finalizers.join(', ')}` : '';
  return {
    label: oneLine(`${node.kind.toLowerCase()}/${node.name}`),
    details: [state && !going ? state.phase : '', going, held].filter(Boolean).map(oneLine),
    children: node.children.map((child) => treeNode(child, now)),
  };
}

/** `trainjob/digits and 4 objects under it` */
export function removalText({ component, tree, targets }: Removal): string {
  const under = nodesOf(tree.root).length - (tree.root.path === '' ? 0 : 1);
  const label = oneLine(componentLabel(component));
  if (under === 0) return label;
  const what = `${under} ${under === 1 ? 'object' : 'objects'}`;
  return tree.root.path === ''
    ? `${label}, ${what} of which ${targets.length} bear its name`
    : `${label} and ${what} under it`;
}

/** Waits until all of them are gone; tells what is left and what holds it. Throws KfError: exit 5 when timeoutMs has passed, 130 on Ctrl-C. */
export async function waitRemoved(
  kube: Kube,
  context: Context,
  removals: readonly Removal[],
  timeoutMs: number,
): Promise<void> {
  const notice = new Notice(context);
  const what = removals.map(({ component }) => componentLabel(component)).join(', ');
  const nodes = removals.flatMap(({ tree }) => nodesOf(tree.root));
  const told = new Set<string>();
  try {
    await waitUntilGone(kube, context, what, nodes, {
      timeoutMs,
      onTrouble: (message) => notice.say(message),
      onLeft: ({ held, text }, waited) => {
        // What goes by itself in a moment is not worth a word.
        if (waited < 1000) return;
        for (const line of held) {
          if (!told.has(line)) notice.say(line);
          told.add(line);
        }
        notice.show(`waiting ${duration(waited / 1000)}: ${text}`, text);
      },
    });
  } finally {
    notice.clear();
  }
}
