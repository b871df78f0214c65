/** One thing and what hangs under it. Texts are made safe by whoever fills them in ({@link oneLine}), so that they may carry colour. */
export interface TreeNode {
  /** `jobset/gan`, `gan-node-0-0` */
  label: string;
  /** What stands beside it, a column each; '' leaves a gap. */
  details?: readonly string[];
  children?: readonly TreeNode[];
}

export interface TreeOptions {
  /** Children that one node shows at most; the rest is one line with their number. All unless given. */
  most?: number;
}

/**
 * The tree as lines without line breaks: the root first, what it has under `├─` and `└─`. Columns stand under each other among
 * the children of one node. Goes as deep as the nodes do, without recursion.
 */
export function treeLines(root: TreeNode, options: TreeOptions = {}): string[] {
  const lines: string[] = [];
  const most = options.most ?? Number.POSITIVE_INFINITY;
  // Each waits with the column widths of its siblings and what stands left of it and of what is under it.
  const waiting: { node: TreeNode; widths: number[]; branch: string; under: string }[] = [
    { node: root, widths: [], branch: '', under: '' },
  ];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, widths, branch, under } = next;
    lines.push(`${branch}${rowOf(node, widths)}`.trimEnd());
    const all = node.children ?? [];
    const children = all.length > most ? [...all.slice(0, most), { label: `… and ${all.length - most} more` }] : all;
    const columns = widthsOf(children.length > most ? children.slice(0, -1) : children);
    for (const [i, child] of [...children.entries()].reverse()) {
      const last = i === children.length - 1;
      const left = { branch: `${under}${last ? '└─ ' : '├─ '}`, under: `${under}${last ? '   ' : '│  '}` };
      waiting.push({ node: child, widths: columns, ...left });
    }
  }
  return lines;
}

const cells = ({ label, details = [] }: TreeNode) => [label, ...details];

function rowOf(node: TreeNode, widths: readonly number[]): string {
  return cells(node)
    .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)) + 3))
    .join('')
    .trimEnd();
}

/** The widest of each column; the last column of a row has nothing after it, and does not count. */
function widthsOf(nodes: readonly TreeNode[]): number[] {
  const widths: number[] = [];
  for (const node of nodes) {
    for (const [i, cell] of cells(node).slice(0, -1).entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  return widths;
}

const colour = /\u001b\[[\d;]*m/g;
const widthOf = (text: string) => text.replace(colour, '').length;
