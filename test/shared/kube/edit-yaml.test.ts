import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { setValue } from '../../../shared/kube/edit-yaml.ts';
import { parseConfig } from '../../../shared/kube/merge.ts';

const set = (text: string, name: string, namespace: string) =>
  setValue(text, { list: 'contexts', name, path: ['context', 'namespace'] }, namespace, 'config');

test('only the namespace changes: block style with comments', async () => {
  const text = `# mine
contexts:
- context:   # the first
    cluster: c1 # where
    # who
    user: u1
  name: x1
- name: x2
  context:
      namespace:   team-a   # my project
      user: "u2"
current-context: x1 # keep
`;
  assert.is(await set(text, 'x2', 'team-b'), text.replace('team-a', 'team-b'));
  assert.is(await set(text, 'x1', 'team-b'), text.replace('# where\n', '# where\n    namespace: team-b\n'));
});

for (const [what, before, after] of [
  [
    'a flow mapping',
    'contexts: [{name: x, context: {cluster: c}}]\n',
    'contexts: [{name: x, context: {namespace: new, cluster: c}}]\n',
  ],
  ['an empty mapping', 'contexts:\n- name: x\n  context: {}\n', 'contexts:\n- name: x\n  context: {namespace: new}\n'],
  ['no value', 'contexts:\n- name: x\n  context:\n', 'contexts:\n- name: x\n  context: {namespace: new}\n'],
  ['no context', 'contexts:\n- name: x\n', 'contexts:\n- context: {namespace: new}\n  name: x\n'],
  [
    'a null',
    'contexts:\n- name: x\n  context:\n    namespace: ~\n',
    'contexts:\n- name: x\n  context:\n    namespace: new\n',
  ],
  [
    'nothing after the colon',
    'contexts:\n- name: x\n  context:\n    namespace:\n    user: u\n',
    'contexts:\n- name: x\n  context:\n    namespace: new\n    user: u\n',
  ],
  [
    'single quotes',
    "contexts:\n- name: x\n  context:\n    namespace: 'old'\n",
    "contexts:\n- name: x\n  context:\n    namespace: 'new'\n",
  ],
  [
    'a block scalar',
    'contexts:\n- name: x\n  context:\n    namespace: |-\n      old\n    user: u\n',
    'contexts:\n- name: x\n  context:\n    namespace: new\n    user: u\n',
  ],
  [
    'an alias',
    'contexts:\n- name: &n x\n  context:\n    namespace: *n\n',
    'contexts:\n- name: &n x\n  context:\n    namespace: new\n',
  ],
  [
    'no line end',
    'contexts:\n- name: x\n  context:\n    cluster: c',
    'contexts:\n- name: x\n  context:\n    cluster: c\n    namespace: new',
  ],
  [
    'CRLF',
    'contexts:\r\n- name: x\r\n  context:\r\n    cluster: c\r\n    user: u\r\n',
    'contexts:\r\n- name: x\r\n  context:\r\n    cluster: c\r\n    namespace: new\r\n    user: u\r\n',
  ],
  [
    'JSON',
    '{"contexts": [\n  {"name": "x",\n   "context": {\n    "cluster": "c"}}]}',
    '{"contexts": [\n  {"name": "x",\n   "context": {\n    "namespace": "new",\n    "cluster": "c"}}]}',
  ],
  [
    'a byte order mark',
    '\ufeffcontexts:\n- name: x\n  context:\n    namespace: old\n',
    '\ufeffcontexts:\n- name: x\n  context:\n    namespace: new\n',
  ],
  ['a number for a name', 'contexts:\n- name: 12\n  context:\n    namespace: old\n', undefined],
] as const) {
  test(`only the namespace changes: ${what}`, async () => {
    if (after === undefined) assert.match(await set(before, '12', 'new'), 'namespace: new');
    else assert.is(await set(before, 'x', 'new'), after);
  });
}

test('names that YAML would not take for text are quoted', async () => {
  const text = 'contexts:\n- name: x\n  context:\n    namespace: old\n';
  for (const name of ['123', '1e3', 'true', 'no', 'y', 'null', '0x1f', '2024-01-01']) {
    assert.match(await set(text, 'x', name), `namespace: "${name}"\n`);
  }
});

test('an anchor that another context uses is refused, not changed with it', async () => {
  const text = 'contexts:\n- name: x\n  context:\n    namespace: &n old\n- name: y\n  context:\n    namespace: *n\n';
  try {
    await set(text, 'x', 'new');
    assert.unreachable();
  } catch (error) {
    assert.match(String(error), 'other values hang on it');
  }
});

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const anyName = fc.oneof(
  word,
  fc.constantFrom('arn:aws:eks:eu:1:cluster/x', 'a b', '# c', "it's", '"q"', '1', 'true', 'ü:x', '-', '{x}'),
);
const contextFields = fc.record(
  { cluster: anyName, user: anyName, namespace: anyName, extra: fc.array(word, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const config = fc
  .record({
    contexts: fc.uniqueArray(fc.record({ name: anyName, context: contextFields }), {
      selector: (c) => c.name,
      minLength: 1,
      maxLength: 4,
    }),
    users: fc.array(fc.record({ name: anyName, user: fc.record({ token: anyName }) }), { maxLength: 2 }),
    'current-context': anyName,
  })
  .chain((value) => fc.record({ value: fc.constant(value), at: fc.nat(value.contexts.length - 1) }));
const style = fc.record({
  indent: fc.constantFrom(2, 4, 7),
  indentSeq: fc.boolean(),
  flow: fc.boolean(),
  json: fc.boolean(),
  crlf: fc.boolean(),
  comments: fc.boolean(),
  quote: fc.constantFrom('QUOTE_SINGLE' as const, 'QUOTE_DOUBLE' as const, 'PLAIN' as const),
});

test('property: whatever the file looks like, it reads the same but for that one value', async () => {
  await fc.assert(
    fc.asyncProperty(config, style, anyName, async ({ value, at }, how, namespace) => {
      let text = how.json
        ? JSON.stringify(value, null, how.indentSeq ? how.indent : undefined)
        : stringify(value, {
            indent: how.indent,
            indentSeq: how.indentSeq,
            collectionStyle: how.flow ? 'flow' : 'any',
            defaultStringType: how.quote,
            lineWidth: how.flow ? 60 : 0,
          });
      if (how.comments && !how.json) text = `# top\n${text.replace(/(: \w+)\n/g, '$1 # c: {x}\n')}`;
      if (how.crlf) text = text.replace(/\n/g, '\r\n');
      const before = (await parseConfig(text, 'config')) as typeof value;
      const chosen = value.contexts[at]!;
      const after = await set(text, chosen.name, namespace);
      const wanted = structuredClone(before);
      (wanted.contexts[at]!.context as Record<string, unknown>).namespace = namespace;
      assert.equal(await parseConfig(after, 'config'), wanted);
      // What surrounds the change is there byte for byte.
      let head = 0;
      while (head < text.length && text[head] === after[head]) head++;
      let tail = 0;
      while (tail < text.length - head && text[text.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
      const gone = text.slice(head, text.length - tail);
      assert.ok(
        gone.length <= String(chosen.context.namespace ?? '').length + 4,
        `too much went: ${JSON.stringify(gone)}`,
      );
    }),
    { numRuns: 400 },
  );
});

test.run();
