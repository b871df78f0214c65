import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorText, KfError } from '../../../shared/cli/errors.ts';
import { factsOf, readBlock } from '../../../shared/registry/header.ts';
import { requirementOf } from '../../../shared/registry/requirement.ts';
import { learnPython } from '../../../shared/registry/source-python.ts';

const read = (text: string, type: 'script' | 'kf' = 'script', mark: '#' | '//' = '#') =>
  readBlock({ name: 'x', text }, type, mark);

async function refusal(made: Promise<unknown>): Promise<string> {
  const error = await made.then(
    () => undefined,
    (e) => e,
  );
  assert.instance(error, KfError);
  assert.is(error.exit, 2);
  return errorText(error);
}

test("PEP 723's block: from its line to the last close before what is no comment", async () => {
  const text =
    '#!/usr/bin/env python3\n# about\n\n# /// script\n# a = 1\n#\n# b = "# ///"\n# ///\n# ///\ncode\n# ///\n';
  // The last one closes; the first is in the block then, and no TOML.
  assert.match(await refusal(read(text)), /^x:8:\d+: not TOML: /);
  assert.equal({ ...(await read(text.replace('# ///\n# ///\n', '# ///\n')))!.table }, { a: 1, b: '# ///' });
  assert.is(await read('# /// other\n# a = 1\n# ///\n'), undefined);
  assert.is(await read('  # /// script\n  # ///\n'), undefined);
  assert.equal({ ...(await read('# /// script\r\n# a = 1\r\n# ///\r\n'))!.table }, { a: 1 });
  assert.equal({ ...(await read('package x\n// /// kf\n// a = 1\n// ///\n', 'kf', '//'))!.table }, { a: 1 });
});

test('what is wrong with a block is shown where it is', async () => {
  assert.is(
    await refusal(read('\n# /// script\n# a = [1,\n#  b\n# ///\n')),
    ['x:4:4: not TOML: invalid value', '  3 | # a = [1,', '  4 | #  b', '    |    ^', ''].join('\n'),
  );
  assert.match(
    await refusal(read('# /// script\n# a = 1\n')),
    /^x:1:1: this block is never closed\n[\s\S]*\nend it with a line "# \/\/\/"/,
  );
  assert.match(await refusal(read('# /// script\n#a\n# ///\n')), /never closed/);
  assert.match(await refusal(read('# /// script\n# ///\n\n# /// script\n# ///\n')), /^x:4:1: there is a block/);
});

test('the facts of a block', async () => {
  const facts = async (toml: string) =>
    factsOf((await read(`# /// kf\n# ${toml.replaceAll('\n', '\n# ')}\n# ///\n`, 'kf'))!);
  assert.equal(
    await facts('version = "1.2.3"\nsummary = "a\\n b"\nruns = ["cluster"]\nrequires = [" get pods "]\nimage = "x:1"'),
    {
      version: '1.2.3',
      summary: 'a b',
      image: 'x:1',
      requires: ['get pods'],
      runs: ['cluster'],
    },
  );
  for (const [toml, said] of [
    ['sumary = "x"', /^x:2:3: unknown key sumary\n.*\n.*\n.*\ndid you mean summary\?/],
    ['zzzzzzzzz = 1', /^x:2:3: unknown key zzzzzzzzz\n[\s\S]*\nthere are: version, /],
    ['version = "1"', /^x:2:3: "1" is no version\n[\s\S]*\nit has three numbers/],
    ['version = 1', /^x:2:3: version must be text/],
    ['runs = ["here"]', /^x:2:3: runs is a list of "local" and "cluster"/],
    ['a = 1', /unknown key a/],
    ['requires = "get pods"', /requires must be a list of texts/],
  ] as const) {
    assert.match(await refusal(facts(toml)), said);
  }
});

test("a Python source's own words for what its docstring says win; the rest of tool is others'", async () => {
  const text =
    '# /// script\n# requires-python = ">=3.10"\n# dependencies = ["a<2"]\n# [tool.uv]\n# x = 1\n# [tool.kf]\n# summary = "Mine."\n# ///\ndef x():\n  """Theirs.\n\n  More."""\n';
  const learned = await learnPython({ 'x.py': text }, { path: 'x.py', shown: 'x.py' });
  assert.equal(learned.facts, { summary: 'Mine.', description: 'More.' });
  assert.equal([learned.python, learned.dependencies], ['>=3.10', ['a<2']]);
});

test('requirements, as kubectl names resources', () => {
  assert.equal(requirementOf('create trainjobs.trainer.kubeflow.org'), {
    verbs: ['create'],
    group: 'trainer.kubeflow.org',
    resource: 'trainjobs',
  });
  assert.equal(requirementOf('get,list pods/log'), {
    verbs: ['get', 'list'],
    group: '',
    resource: 'pods',
    subresource: 'log',
  });
  assert.equal(requirementOf('update deployments.apps/scale web'), {
    ...{ verbs: ['update'], group: 'apps', resource: 'deployments', subresource: 'scale', name: 'web' },
  });
  for (const text of ['', 'pods', 'get', 'get pods web more', 'GET pods', 'get pods;rm']) {
    assert.is(requirementOf(text), undefined, text);
  }
});

test.run();
