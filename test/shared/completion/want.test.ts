import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Table, TableFlag } from '../../../shared/completion/table.ts';
import { want } from '../../../shared/completion/want.ts';

const flag = (key: string, names: string[], more: Partial<TableFlag> = {}): TableFlag => ({
  key,
  names,
  takesValue: true,
  repeats: false,
  hidden: false,
  what: `the ${key}`,
  by: 'none',
  ...more,
});
const kube = [
  flag('namespace', ['-n', '--namespace'], { by: 'namespace' }),
  flag('contextName', ['--context'], { by: 'context' }),
  flag('asGroup', ['--as-group'], { hidden: true, repeats: true }),
];
const output = flag('output', ['-o', '--output'], { by: ['json', 'yaml'] });
const follow = flag('follow', ['-f', '--follow'], { takesValue: false });

const table: Table = [
  {
    words: ['train'],
    aliases: [],
    what: 'run a job',
    flags: [...kube, flag('runtime', ['--runtime'], { by: 'runtime' })],
    args: [
      { by: 'none', rest: false },
      { by: 'file', rest: false },
    ],
  },
  { words: ['train', 'list'], aliases: ['ls'], what: 'list jobs', flags: [...kube, output], args: [] },
  {
    words: ['train', 'logs'],
    aliases: [],
    what: 'show logs',
    flags: [...kube, follow, flag('rank', ['--rank'], { by: 'rank', repeats: true })],
    args: [{ by: 'job', rest: false }],
  },
  { words: ['train', 'delete'], aliases: [], what: 'delete jobs', flags: kube, args: [{ by: 'job', rest: true }] },
  {
    words: ['logs'],
    aliases: [],
    what: 'logs of anything',
    flags: [...kube, follow],
    args: [
      { by: 'component', rest: false },
      { by: 'container', rest: false },
    ],
  },
  { words: ['services', 'open'], aliases: [], what: 'open one', flags: kube, args: [{ by: 'service', rest: false }] },
];

const of = (...words: string[]) => want(table, words);
const values = (...words: string[]) => of(...words).fixed.map(({ value }) => value);

test('nothing typed: the verbs, and those of other groups', () => {
  assert.equal(values(''), ['train', 'logs', 'services']);
  assert.is(of('').first, true);
  assert.is(of('-n', 'team-a', 'tr').first, true);
  assert.is(of('-n', 'team-a', 'tr').kube.namespace, 'team-a');
  assert.equal(values('help', 't'), ['train', 'logs', 'services']);
});

test('a verb of several: its words, until another word stands there', () => {
  assert.equal(values('train', ''), ['list', 'logs', 'delete']);
  assert.equal(values('train', '-n', 'x', 'l'), ['list', 'logs', 'delete']);
  assert.equal(values('services', ''), ['open']);
  assert.equal(values('train', 'digits', ''), []);
  assert.is(of('train', 'digits', '').by, 'file');
});

test('words by their place; the last may be many, each once', () => {
  assert.is(of('train', 'logs', '').by, 'job');
  assert.is(of('train', 'logs', 'digits', '').by, 'none');
  assert.equal([of('train', 'delete', 'a', 'b', '').by, of('train', 'delete', 'a', 'b', '').not], ['job', ['a', 'b']]);
  assert.equal([of('logs', '-f', 'web', '').by, of('logs', '-f', 'web', '').of], ['container', 'web']);
});

test("options: their names, without those typed; kubectl's own where a letter is there", () => {
  assert.equal(values('train', 'ls', '-'), ['--namespace', '--context', '--output', '--help']);
  assert.equal(values('train', 'ls', '-ojson', '-n', 'x', '--'), ['--context', '--help']);
  assert.ok(values('train', 'ls', '--as').includes('--as-group'));
  assert.ok(values('train', 'logs', '--rank', '0', '--').includes('--rank'), 'may be repeated');
});

test('values of options, in all forms', () => {
  assert.equal(of('train', 'list', '--output', 'j').by, ['json', 'yaml']);
  const equals = of('train', 'list', '--output=j');
  assert.equal([equals.by, equals.typed, equals.prefix], [['json', 'yaml'], 'j', '']);
  const short = of('train', 'list', '-oj');
  assert.equal([short.by, short.typed, short.prefix], [['json', 'yaml'], 'j', '-o']);
  assert.is(of('-n', '').by, 'namespace');
  assert.is(of('train', 'logs', 'digits', '--rank', '').of, 'digits');
  assert.equal(of('train', 'logs', 'digits', '--rank', '0', '--rank', '').not, ['0']);
});

test('after -- nothing is an option', () => {
  assert.is(of('train', 'delete', '--', '--na').by, 'job');
  assert.equal(of('logs', '--', '-').fixed, []);
});

test('a word that no command begins with is strange', () => {
  assert.is(of('trian', '').strange, 'trian');
  assert.is(of('train', 'x', '').strange, undefined);
  assert.is(of('services', 'x', '').strange, undefined);
});

test("kubectl's flags go along, wherever they stand", () => {
  const { kube } = of('train', 'logs', '--context=gpu', '-nteam', '--as-group', 'a', '--as-group', 'b', '');
  assert.equal([kube.context, kube.namespace, kube.asGroup], ['gpu', 'team', ['a', 'b']]);
});

test.run();
