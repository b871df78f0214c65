import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type TreeNode, treeLines } from '../../../shared/view/tree.ts';

test('branches, and columns under each other among siblings', () => {
  const tree = {
    label: 'trainjob/gan',
    details: ['Failed 57m ago', 'node-1 exited 1'],
    children: [
      {
        label: 'jobset/gan',
        details: ['Failed', '0 restarts'],
        children: [
          { label: 'gan-node-0-0', details: ['Succeeded', '3m12s on node1'] },
          { label: 'gan-node-0-1', details: ['Failed', 'exit 1 after 3m10s'], children: [{ label: 'deep' }] },
        ],
      },
      { label: 'configmap/gan-code' },
    ],
  };
  assert.equal(treeLines(tree), [
    'trainjob/gan   Failed 57m ago   node-1 exited 1',
    '├─ jobset/gan   Failed   0 restarts',
    '│  ├─ gan-node-0-0   Succeeded   3m12s on node1',
    '│  └─ gan-node-0-1   Failed      exit 1 after 3m10s',
    '│     └─ deep',
    '└─ configmap/gan-code',
  ]);
});

test('colour takes no room; a gap stays a gap', () => {
  const red = '\u001b[31mFailed\u001b[39m';
  const children = [
    { label: 'a', details: [red, 'x'] },
    { label: 'bb', details: ['Succeeded', 'y'] },
    { label: 'c', details: ['', 'z'] },
  ];
  const lines = treeLines({ label: 'root', children });
  assert.equal(lines, ['root', `├─ a    ${red}      x`, '├─ bb   Succeeded   y', '└─ c                z']);
});

test('no more children than asked for', () => {
  const children = Array.from({ length: 5 }, (_, i) => ({ label: `p${i}`, details: ['x'] }));
  assert.equal(treeLines({ label: 'root', children }, { most: 2 }), [
    'root',
    '├─ p0   x',
    '├─ p1   x',
    '└─ … and 3 more',
  ]);
  assert.is(treeLines({ label: 'root', children }, { most: 5 }).length, 6);
});

test('a chain of a thousand', () => {
  let node: TreeNode = { label: 'end' };
  for (let i = 0; i < 1000; i++) node = { label: `${i}`, children: [node] };
  assert.is(treeLines(node).length, 1001);
});

test.run();
