import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { checkSubcommand, isInside } from '../../../shared/registry/check.ts';
import type { Subcommand } from '../../../shared/registry/entry.ts';
import { specOf, subcommandOf } from '../../support/subcommands.ts';

const whatOf = (value: unknown): string => {
  try {
    checkSubcommand(value, 'team-a');
  } catch (error) {
    assert.instance(error, KfError);
    return (error as KfError).message.replace(/^(.*) in team-a is no subcommand that can be used: /, '$1: ');
  }
  return '';
};

const tune = subcommandOf('tune');
const withSpec = (change: object): object => ({ ...tune, spec: { ...tune.spec, ...change } });

test('a whole one passes, with its history and fields of a later version', () => {
  const { history: _, ...version } = specOf();
  assert.is(whatOf(tune), '');
  assert.is(whatOf(withSpec({ history: [version], novel: 1, image: 'a:1', replaces: 'tune' })), '');
  assert.is(whatOf(withSpec({ parameters: [{ ...tune.spec.parameters[0], default: null, choices: [1, true] }] })), '');
});

test('what is wrong is named, and where', () => {
  const cases: [unknown, string][] = [
    [undefined, 'something: it is no Subcommand of kf.kubeflow.org'],
    [{ ...tune, kind: 'Pod' }, 'tune: it is no Subcommand of kf.kubeflow.org'],
    [{ ...tune, apiVersion: 'v1' }, 'tune: it is no Subcommand of kf.kubeflow.org'],
    [{ ...tune, metadata: { name: '../x' } }, '../x: its name can be no verb'],
    [{ ...tune, spec: undefined }, 'tune: spec is missing'],
    [withSpec({ runtime: 'perl' }), 'tune: spec.runtime is none of python, bash, go'],
    [withSpec({ handler: 3 }), 'tune: spec.handler is no string'],
    [withSpec({ digest: 'sha256:xyz' }), 'tune: spec.digest is "sha256:xyz"'],
    [withSpec({ version: '1' }), 'tune: spec.version is "1"'],
    [withSpec({ files: {} }), 'tune: spec.files has 0 entries'],
    [withSpec({ files: { 'a.py': 1 } }), 'tune: spec.files.a.py is no string'],
    [withSpec({ files: { '../a.py': '' } }), 'tune: "../a.py" is no path for a file of its source'],
    [withSpec({ files: { '/etc/passwd': '' } }), 'tune: "/etc/passwd" is no path for a file of its source'],
    [withSpec({ files: { 'a.py': 'x'.repeat(300_000), 'b.py': 'x'.repeat(300_000) } }), 'at most 524288'],
    [withSpec({ parameters: [{ name: 'x' }] }), 'tune: spec.parameters[0].typed is missing'],
    [withSpec({ parameters: 'x' }), 'tune: spec.parameters is no array'],
    [withSpec({ runs: [] }), 'tune: spec.runs has 0 entries'],
    [withSpec({ replaces: 'train' }), 'tune: spec.replaces is train, not its own name'],
    [withSpec({ history: [{ ...tune.spec, files: { '..': '' } }] }), 'no path for a file'],
  ];
  for (const [value, says] of cases) assert.match(whatOf(value), says, says);
});

test('anything at all gives an error of ours or passes', () => {
  const field = fc.constantFrom(...Object.keys(tune.spec));
  fc.assert(fc.property(fc.anything(), (value) => void whatOf(value)));
  fc.assert(fc.property(field, fc.jsonValue(), (name, value) => void whatOf(withSpec({ [name]: value }))));
});

test("no escape sequence of an object's gets into the error", () => {
  const evil = { ...tune, metadata: { name: '\u001b]0;owned\u0007x\nfaked: yes' } } as Subcommand;
  assert.is(whatOf(evil), 'x faked: yes: its name can be no verb');
});

test('paths stay inside', () => {
  for (const path of ['a.py', 'a/b.py', '.env', 'a b/ü.py', 'a..b', '...']) assert.ok(isInside(path), path);
  for (const path of ['', '.', '..', '/a', 'a/', 'a//b', 'a/../b', './a', 'a\\b', 'c:a', 'a\nb', 'x'.repeat(251)])
    assert.not.ok(isInside(path), path);
});

test.run();
