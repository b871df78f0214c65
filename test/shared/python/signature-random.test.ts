import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Parameter } from '../../../shared/registry/entry.ts';
import { readSource } from '../../../shared/registry/source.ts';
import { context } from '../../support/command.ts';
import { python } from './support.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-signatures-'));
test.after(() => rmSync(dir, { recursive: true }));

const head = `import enum, typing as t
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Dict, List, Literal, Optional as Opt, Union

class Colour(enum.Enum):
    RED = 1
    BLUE = 2

Alias = Literal["p", "q"]
`;

/** Types, with a default of each; all that a command line can give. */
const leaf: fc.Arbitrary<string> = fc.constantFrom(
  ...['int', 'float', 'str', 'bool', 'Path', 'date', 'datetime', 'Colour', 'Alias', 'Any', 'list', 'dict', 'object'],
  ...[
    'Literal["a", "b"]',
    'Literal[1, 2]',
    'Literal["a", 1]',
    'Literal[True]',
    't.Literal["x", None]',
    '"int"',
    '"Colour"',
  ],
);
const { type } = fc.letrec<{ type: string }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    tie('type').map((of) => `Opt[${of}]`),
    tie('type').map((of) => `list[${of}]`),
    tie('type').map((of) => `t.Sequence[${of}]`),
    tie('type').map((of) => `Dict[str, ${of}]`),
    tie('type').map((of) => `Annotated[${of}, 1]`),
    tie('type').map((of) => `tuple[${of}, ...]`),
    fc.tuple(tie('type'), tie('type')).map(([a, b]) => `Union[${a}, ${b}]`),
  ),
}));
const value = fc.constantFrom(
  ...[
    'None',
    '1',
    '-2',
    '2.5',
    'True',
    '"s"',
    "'it''s'",
    '[]',
    '[1, 2]',
    '["a", 1]',
    '[1, 2.5]',
    '{}',
    '{"a": 1}',
    '()',
    '(1, "x")',
  ],
  ...[
    'Colour.RED',
    'Path("a")',
    'date(2024, 1, 2)',
    'len',
    '1 + 2',
    '{1: 2}',
    '0x1F',
    '1_0',
    '[[1], [2]]',
    '{"a": {"b": 1}}',
  ],
);
const name = fc.stringMatching(/^[a-z]{3,6}(_[a-z]{2,4})?$/).map((text) => `x${text}`);
const param = fc.record({ type: fc.option(type), value: fc.option(value) });

/** A parameter as Python writes it. */
const written = (own: string, { type: of, value: usual }: { type: string | null; value: string | null }, stars = '') =>
  `${stars}${own}${of === null ? '' : `: ${of}`}${usual === null || stars ? '' : ` = ${usual}`}`;

const signature = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 9, maxLength: 9 }),
    places: fc.array(param, { maxLength: 4 }),
    slash: fc.nat(4),
    rest: fc.option(param),
    keys: fc.array(param, { maxLength: 3 }),
    kwargs: fc.option(param),
  })
  .map(({ names, places, slash, rest, keys, kwargs }) => {
    const next = () => names.pop()!;
    // Those with a default come last.
    const sorted = [...places.filter((each) => each.value === null), ...places.filter((each) => each.value !== null)];
    const words = sorted.map((each) => written(next(), each));
    if (slash > 0 && slash <= words.length) words.splice(slash, 0, '/');
    if (rest) words.push(written(next(), rest, '*'));
    else if (keys.length > 0) words.push('*');
    words.push(...keys.map((each) => written(next(), each)));
    if (kwargs) words.push(written(next(), kwargs, '**'));
    return words.join(', ');
  });

/** typing takes two unions for one whatever their order, and gives one of before for the other: what comes first in it is chance. */
const sorted = (parameter: Parameter): Parameter =>
  parameter.choices ? { ...parameter, choices: parameter.choices.toSorted() } : parameter;

test('random signatures are what Python says they are', async () => {
  const found = python();
  if (!found) return console.log('skipped: there is no python3 here to compare with');
  const texts = fc.sample(signature, 400);
  const paths = texts.map((text, i) => {
    const path = join(dir, `f${i}.py`);
    writeFileSync(path, `${head}\n\ndef f${i}(${text}): pass\n`);
    return path;
  });
  const script = join(import.meta.dirname, 'signatures.py');
  const theirs = JSON.parse(
    execFileSync(found.path, ['-B', script, ...paths], { encoding: 'utf8', maxBuffer: 1 << 26 }),
  ) as Record<string, Parameter[]>;
  for (const [i, path] of paths.entries()) {
    const { version } = await readSource(basename(path), context({ cwd: dir }).context);
    for (const [j, own] of version.parameters.entries()) {
      const other = theirs[path]![j];
      assert.equal(sorted(own), other && sorted(other), texts[i]!);
    }
    assert.is(version.parameters.length, theirs[path]!.length, texts[i]!);
  }
});

test.run();
