import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { firstAsk } from '../../../shared/cli/asks.ts';
import type { Group } from '../../../shared/cli/group.ts';

const never = () => Promise.reject(new Error('loaded'));
const group: Group = {
  name: 'kf-train',
  summary: '',
  description: '',
  verbs: ['train'],
  asks: { 'train list': async (namespace) => ({ path: `/of/${namespace ?? 'all'}` }) },
  commands: { train: never, 'train list|ls': never, 'train get': never },
};
/** The path that is asked ahead where the context's namespace is team-a. */
async function asked(line: string, of: Group = group): Promise<string | undefined> {
  const ahead = firstAsk(of, line.split(' '));
  return ahead && (await ahead.ask(ahead.namespace ?? 'team-a')).path;
}

test('what a command asks first is known by its words, without its being loaded', async () => {
  for (const line of ['train list', 'train ls', 'train list -o json', 'train list -oname --no-color'])
    assert.is(await asked(line), '/of/team-a', line);
  for (const line of [
    'train list -n b',
    'train ls -nb',
    'train list --namespace=b',
    'train list -n=b',
    'train list -n a -n b',
  ])
    assert.is(await asked(line), '/of/b', line);
  assert.is(await asked('train list -A'), '/of/all');
  for (const line of ['train get x', 'train x', 'train', 'no list']) assert.is(await asked(line), undefined, line);
  const { asks: _, ...without } = group;
  assert.is(await asked('train list', without), undefined);
});

test('not where a flag may change it, or whom it goes to', async () => {
  const flags = ['--context x', '--context=x', '--kubeconfig f', '--as bob', '--as-group=g', '--user=u', '--cluster c'];
  const more = [
    '-v=6',
    '-v 8',
    '--request-timeout=5s',
    '-h',
    '--help',
    '-l a=b',
    '--state Failed',
    'x',
    '-n',
    '-n -o',
    '-o',
  ];
  for (const flag of [...flags, ...more]) assert.is(await asked(`train list ${flag}`), undefined, flag);
});

test.run();
