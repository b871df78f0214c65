import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { changes } from '../../../shared/registry/difference.ts';
import type { Parameter, Version } from '../../../shared/registry/entry.ts';
import { parameter, version } from '../../support/registry.ts';

const test = suite('how two versions differ');

const between = (before: Parameter[], after: Parameter[]) =>
  changes(version('0.1.0', { parameters: before }), version('0.2.0', { parameters: after }));

test('nothing, where only the source differs', () => {
  const parameters = [parameter('trials', { type: 'integer', default: 10 })];
  assert.deepEqual(between(parameters, parameters), []);
});

test('parameters that come and go', () => {
  const name = parameter('name', { typed: 'word', required: true });
  assert.deepEqual(between([parameter('old_one')], [name, parameter('seed'), parameter('must', { required: true })]), [
    'new word name, required',
    'new option --seed',
    'new option --must, required',
    'option --old-one is gone',
  ]);
});

test('types, defaults, need and choices', () => {
  const was = [
    parameter('trials', { type: 'integer', default: 10 }),
    parameter('metric', { choices: ['loss', 'acc'], default: 'loss' }),
    parameter('data', { type: 'path', required: true }),
    parameter('out', { defaultText: 'Path.cwd()', type: 'path' }),
    parameter('mode', { choices: ['a', 'b'] }),
  ];
  const is = [
    parameter('trials', { type: 'list', items: 'number', default: 20, optional: true }),
    parameter('metric', { choices: ['loss', 'f1', 'auc'], default: 'loss' }),
    parameter('data', { type: 'path' }),
    parameter('out', { defaultText: 'Path.home()', type: 'path' }),
    parameter('mode'),
  ];
  assert.deepEqual(between(was, is), [
    '--trials takes list of number or none, was integer',
    '--trials is 20 where not given, was 10',
    '--metric gains the choices f1, auc',
    '--metric loses the choice acc',
    '--data is not required now',
    '--out is Path.home() where not given, was Path.cwd()',
    '--mode takes any value',
  ]);
});

test('how it is typed, under which flag, and the order of words', () => {
  const word = (name: string) => parameter(name, { typed: 'word', required: true });
  assert.deepEqual(
    between(
      [word('a'), word('b'), parameter('c'), parameter('d')],
      [word('b'), word('a'), word('c'), parameter('d', { flag: '--arg-d' })],
    ),
    ['c is word now, was option', 'c is required now', '--d is called --arg-d now', 'words in another order: b a'],
  );
});

test('what it runs on and needs', () => {
  const before: Partial<Version> = {
    requires: [{ verbs: ['create'], group: 'trainer.kubeflow.org', resource: 'trainjobs' }],
    dependencies: ['numpy'],
    python: '>=3.10',
  };
  const after: Partial<Version> = {
    requires: [{ verbs: ['get', 'list'], group: '', resource: 'pods', subresource: 'log' }],
    dependencies: ['numpy', 'torch>=2'],
    runs: ['cluster'],
    image: 'ghcr.io/x/y:1',
    handler: 'tune.main',
  };
  assert.deepEqual(changes(version('0.1.0', before), version('0.2.0', after)), [
    'needs get,list pods/log',
    'no longer needs create trainjobs.trainer.kubeflow.org',
    'no longer runs here',
    'runs in the cluster where nothing else is said',
    'uses torch>=2',
    'what is run: tune.main, was tune.tune',
    'Python: not said, was >=3.10',
    'image: ghcr.io/x/y:1, was not said',
  ]);
});

test('a line stays one line, whatever is in a name', () => {
  const [line] = between([], [parameter('x', { flag: '--x\n\u001b[2Jfine' })]);
  assert.equal(line, 'new option --x fine');
});

test.run();
