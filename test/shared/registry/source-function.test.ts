import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorText, KfError } from '../../../shared/cli/errors.ts';
import { learnFunction } from '../../../shared/registry/source-function.ts';

/** As Kubeless' own examples have it. */
const manifest = `apiVersion: kubeless.io/v1beta1
kind: Function
metadata:
  name: get-python
  labels: {created-by: kubeless}
spec:
  runtime: python3.7
  timeout: "180"
  handler: helloget.foo
  deps: |
    # what it needs
    bs4
    Flask==1.1.2  # web
    --index-url https://example.org/simple
  function: |
    def foo(event, context):
        """Say hello."""
        return "hello " + event["data"]["name"]
  function-content-type: text
`;

const learn = (text: string) => learnFunction({ name: 'f.yaml', text });

async function refusal(text: string): Promise<string> {
  const error = await learn(text).catch((e) => e);
  assert.instance(error, KfError);
  assert.is(error.exit, 2);
  return errorText(error);
}

test("a Function is taken as it is: its file, function, packages; its data is the command line's", async () => {
  const { name, runtime, files, learned } = await learn(manifest);
  assert.equal([name, runtime, Object.keys(files)], ['get-python', 'python', ['helloget.py']]);
  assert.equal([learned.handler, learned.calling, learned.facts.summary], ['helloget.foo', 'event', 'Say hello.']);
  assert.equal(learned.dependencies, ['bs4', 'Flask==1.1.2']);
  assert.equal(learned.notes, ['spec.deps: --index-url https://example.org/simple is left out']);
  assert.equal(
    learned.parameters.map(({ help: _, ...rest }) => rest),
    [{ name: 'data', typed: 'option', flag: '--data', type: 'json', required: false }],
  );
});

test('base64, another document beside it, a bash one', async () => {
  const code = Buffer.from('def foo(event, context): return 1\n').toString('base64');
  const encoded = manifest
    .replace(/function: \|\n( {4}.*\n)+/, `function: ${code}\n`)
    .replace('type: text', 'type: base64');
  assert.equal((await learn(`${encoded}---\nkind: Service\napiVersion: v1\n`)).files, {
    'helloget.py': 'def foo(event, context): return 1\n',
  });
  const bash = await learn(
    manifest.replace('python3.7', 'bash').replace(/function: \|\n( {4}.*\n)+/, 'function: "echo $ARG_DATA"\n'),
  );
  assert.equal(
    [bash.runtime, bash.files, bash.learned.handler],
    ['bash', { 'helloget.sh': 'echo $ARG_DATA' }, 'helloget.sh'],
  );
});

test('what it can not be', async () => {
  for (const [from, to, said] of [
    ['kind: Function', 'kind: Pod', /^f\.yaml has no Kubeless Function\n/],
    ['python3.7', 'nodejs14', /^f\.yaml:7:12: no runtime nodejs14 here\n/],
    ['helloget.foo', 'foo', /^f\.yaml:9:12: spec\.handler is a file and its function/],
    ['helloget.foo', '../x.foo', /^f\.yaml:9:12: spec\.handler is a file and its function/],
    ['helloget.foo', 'helloget.bar', /^f\.yaml \(helloget\.py\) has no function bar\nit has foo\n/],
    ['type: text', 'type: base64+zip', /^f\.yaml:19:26: a function that is given as base64\+zip can't be taken\n/],
    ['  name: get-python', '  title: x', /metadata\.name is missing/],
    ['def foo(event, context):', 'def foo(event, context)', /^f\.yaml \(helloget\.py\):1:24: not Python: expected ':'/],
    ['kind: Function', 'kind: [', /^f\.yaml:\d+:\d+: not YAML: /],
  ] as const) {
    assert.match(await refusal(manifest.replace(from, to)), said);
  }
  assert.match(await refusal(`${manifest}---\n${manifest}`), /^f\.yaml has 2 Functions\n/);
  const go = manifest
    .replace('python3.7', 'go1.14')
    .replace(/function: \|\n( {4}.*\n)+/, 'function: package kubeless\n');
  assert.match(await refusal(go), /is no program of its own\nmake it one: package main/);
});

test.run();
