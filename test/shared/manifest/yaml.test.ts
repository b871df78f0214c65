import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { toJson } from '../../../shared/manifest/scalars.ts';
import { lineOf, placeName } from '../../../shared/manifest/source.ts';
import { parseYaml } from '../../../shared/manifest/yaml.ts';

const read = (text: string) => parseYaml({ name: 'f.yaml', text });
const value = (text: string) => {
  const { documents, problems } = read(text);
  assert.equal(problems, []);
  return documents[0]?.value;
};
const wrong = (text: string) => {
  const [problem] = read(text).problems;
  assert.ok(problem, text);
  return `${problem.place ? placeName(problem.place) : '-'} ${problem.message}`;
};

test('scalars are what kubectl makes of them', () => {
  const text =
    'a: yes\nb: 0644\nc: 12:30:45\nd: 2001-12-14\ne: 1_000\nf: "no"\ng: 0o17\nh: 0x1F\ni: off\nj: ~\nk:\nl: 1e3\nm: .5\nn: 09\n';
  assert.equal(value(text), {
    ...{ a: true, b: 420, c: '12:30:45', d: '2001-12-14', e: 1000, f: 'no', g: 15, h: 31, i: false, j: null, k: null },
    // go.yaml.in/yaml/v2 reads a lone n, like no, as false; as a name that is its text.
    ...{ l: 1000, m: 0.5, false: 9 },
  });
});

test('tags say what a value is', () => {
  assert.equal(value('[!!str 12, !!int "7", !!float 1, !!binary aGk=, ! 5]'), ['12', 7, 1, 'hi', '5']);
  assert.is(wrong('a: !!int x\n'), "f.yaml:1:10 x can't be read as !!int");
  assert.is(wrong('a: .inf\n'), "f.yaml:1:4 .inf can't be said in JSON");
});

test('integers keep all their digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (n) => {
      assert.is(toJson(value(`n: ${n}\n`.replace('n:', 'x:'))), `{"x":${n}}`);
    }),
  );
});

test('several documents, empty ones and comments left out; JSON with tabs', () => {
  assert.equal(
    read('---\na: 1\n---\n# only words\n---\nb: 2\n...\n').documents.map((d) => d.value),
    [{ a: 1 }, { b: 2 }],
  );
  assert.equal(value('{"a":\t[1,\n\t2]}'), { a: [1, 2] });
  assert.equal(read('').documents, []);
});

test('merges and aliases', () => {
  const text = 'base: &b {x: 1, v: 2}\nother: &o {v: 3, z: 4}\nm:\n  <<: [*b, *o]\n  x: 0\n';
  assert.equal((value(text) as { m: unknown }).m, { x: 0, v: 2, z: 4 });
  assert.is(wrong('a: *x\n'), 'f.yaml:1:4 no anchor &x before it');
  assert.is(wrong('a:\n  <<: 3\n'), 'f.yaml:2:3 << takes a mapping, or a list of them');
});

test('what is given twice is refused, at the second', () => {
  assert.is(wrong('a:\n  b: 1\n  b: 2\n'), 'f.yaml:3:3 a.b is given twice');
});

test('names cannot reach the prototype', () => {
  const made = value('__proto__: {polluted: 1}\n') as object;
  assert.equal(Object.keys(made), ['__proto__']);
  assert.is(({} as { polluted?: number }).polluted, undefined);
});

test('bombs are refused where they begin', () => {
  let bomb = 'a: &a [x,x,x,x,x,x,x,x,x]\n';
  for (let i = 1; i < 9; i++)
    bomb += `${'abcdefghij'[i]}: &${'abcdefghij'[i]} [${Array(9).fill(`*${'abcdefghij'[i - 1]}`)}]\n`;
  assert.match(wrong(bomb), /^f\.yaml:6:11 its aliases make it grow beyond 200,000 values/);
  assert.match(wrong('['.repeat(20_000)), /nested too deep/);
  assert.match(wrong(`${'['.repeat(150)}${']'.repeat(150)}`), /nested deeper than 100 levels/);
  assert.match(wrong(`a: ${'x'.repeat(4 << 20)}`), /larger than the 3 MiB/);
  assert.match(wrong('a: \0'), /NUL bytes/);
});

/** Objects such as manifests hold; names that YAML 1.1 would read as something else included. */
const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z0-9./_-]{0,8}$/),
  fc.constantFrom('on', 'no', '1', 'a b', '"', '#'),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('yes', '0644', '1e3', '~', ''),
    ),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

const leaves = (at: unknown, path: (string | number)[] = []): [(string | number)[], unknown][] =>
  at !== null && typeof at === 'object'
    ? Object.entries(at).flatMap(([key, item]) => leaves(item, [...path, Array.isArray(at) ? Number(key) : key]))
    : [[path, at]];

test('what YAML 1.1 writes is read back', () => {
  fc.assert(
    fc.property(tree, (object) => {
      const text = stringify({ object }, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
      assert.equal(value(text), { object });
    }),
  );
});

test('every value stands where its place says, in YAML and in JSON', () => {
  fc.assert(
    fc.property(tree, fc.integer({ min: 0, max: 4 }), (object, indent) => {
      const text = JSON.stringify({ object }, null, indent);
      const { documents } = read(text);
      for (const [path, leaf] of leaves({ object })) {
        const { source, line, column } = documents[0]!.place(path);
        const written = JSON.stringify(leaf);
        assert.is(lineOf(source, line).slice(column - 1, column - 1 + written.length), written);
      }
    }),
  );
});

test('any text at all: documents or problems, never a throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab:-[]{}&*!|>\'"%@`#?,\n\t <~0.'), maxLength: 60 }), (text) => {
      const { documents, problems } = read(text);
      for (const { place } of problems) if (place) assert.ok(place.line >= 1 && place.column >= 1 && place.length >= 1);
      for (const { place } of documents) assert.ok(place(['nowhere', 3]).line >= 1);
    }),
    { numRuns: 2000 },
  );
});

test.run();
