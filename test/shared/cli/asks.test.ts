import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asksAtOnce } from '../../../shared/cli/asks.ts';
import type { Group } from '../../../shared/cli/group.ts';

const never = () => Promise.reject(new Error('loaded'));
const group: Group = {
  name: 'kf-train',
  summary: '',
  description: '',
  verbs: ['train'],
  asks: ['train list|ls'],
  commands: { train: never, 'train list|ls': never, 'train get': never },
};
const asks = (line: string, of: Group = group) => asksAtOnce(of, line.split(' '));

test('a command that asks the cluster first of all is known by its words, without being loaded', () => {
  for (const line of ['train list', 'train ls', 'train list -A', 'train list -n x -o json', 'train list -l user=x'])
    assert.ok(asks(line), line);
  for (const line of ['train get x', 'train x', 'train', 'no list']) assert.not(asks(line), line);
  assert.not(asks('train list', { ...group, asks: [] }));
});

test('not where another cluster or person may be meant, nor where nothing is asked', () => {
  const flags = ['--context x', '--context=x', '--kubeconfig f', '--as bob', '--as-group=g', '--user=u', '--cluster c'];
  for (const flag of [...flags, '-v=6', '-v 8', '-v6', '--v=7', '--request-timeout=5s', '-h', '--help'])
    assert.not(asks(`train list ${flag}`), flag);
});

test.run();
