import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { harnessCall, harnessText, pythonFlags, readOutcome } from '../../../shared/added/harness.ts';
import type { Json, Parameter, SubcommandSpec } from '../../../shared/registry/entry.ts';
import { parameter } from '../../support/registry.ts';
import { has } from '../../support/run-added.ts';
import { specOf } from '../../support/subcommands.ts';

const text = await harnessText();
const nonce = 'n'.repeat(32);
const folders: string[] = [];
process.on('exit', () => folders.forEach((each) => void rmSync(each, { recursive: true })));

interface Given extends Partial<SubcommandSpec> {
  values?: Record<string, Json>;
  stdin?: string;
  /** How the call is handed over. */
  by?: 'word' | 'file' | 'stdin';
}

/** Runs `f` of m.py. */
function harness(source: string, { values = {}, stdin = '', by = 'word', ...spec }: Given = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kf-harness-'));
  folders.push(folder);
  for (const [path, content] of Object.entries({ 'm.py': source, ...spec.files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const whole = specOf({ handler: 'm.f', parameters: [], ...spec });
  const call = harnessCall('verb', whole, { values }, { folder, result: { frame: nonce } });
  writeFileSync(`${folder}.call`, call);
  folders.push(`${folder}.call`);
  const word = { word: call, file: `@${folder}.call`, stdin: `-${Buffer.byteLength(call)}` }[by];
  const input = by === 'stdin' ? call + stdin : stdin;
  const ran = spawnSync('python3', [...pythonFlags(false), '-c', text, word], { input, encoding: 'utf8', cwd: folder });
  const [stdout = '', frame = ''] = ran.stdout.split(`\x1e${nonce}:`);
  return { code: ran.status, stdout, stderr: ran.stderr.replaceAll(folder, ''), ...readOutcome(frame) };
}

const value = (source: string, given: Given = {}): Json | undefined => {
  const ran = harness(source, given);
  assert.is(ran.stderr, '');
  assert.is(ran.code, 0);
  return ran.result?.value;
};

const here = (name: string, run: () => void) =>
  has('python3') ? test(name, run) : test.skip(`${name}: no python3 here`, () => {});

here('what it prints is its own, what it returns comes apart; nothing where it returns None', () => {
  const ran = harness('def f():\n    print("a", end="")\n    return 1\n');
  assert.equal(ran, { code: 0, stdout: 'a', stderr: '', result: { value: 1 } });
  assert.equal(harness('def f():\n    pass\n'), { code: 0, stdout: '', stderr: '' });
});

here('values are of the types that the function asks for', () => {
  const source = `import datetime, enum, pathlib, typing
class Colour(enum.Enum):
    RED = "r"
    BLUE = "b"
def f(a, b, c, d, e, g, *rest, h, i: "typing.Set[int]" = (), j: typing.Optional[typing.Tuple[int, ...]] = None, **more):
    assert a == pathlib.Path("x/y") and b == datetime.date(2024, 2, 29), (a, b)
    assert c == datetime.datetime(2024, 2, 29, 7, tzinfo=datetime.timezone.utc), c
    assert d is Colour.BLUE and e == [Colour.RED], (d, e)
    assert isinstance(g, float) and g == 3, g
    assert rest == (1, 2) and h == {"k": pathlib.Path("p")} and i == {1} and j == (4, 5) and more == {"z": "q"}
    return "all"
`;
  const either = { typed: 'word', passed: 'either', required: true } as const;
  const parameters: Parameter[] = [
    parameter('a', { ...either, type: 'path' }),
    parameter('b', { ...either, type: 'date' }),
    parameter('c', { ...either, type: 'datetime' }),
    parameter('d', { ...either, enum: 'Colour', choices: ['RED', 'BLUE'] }),
    parameter('e', { ...either, type: 'list', items: 'text', enum: 'Colour' }),
    parameter('g', { ...either, type: 'number' }),
    parameter('rest', { typed: 'words', type: 'list', items: 'integer', passed: 'args' }),
    parameter('h', { type: 'map', items: 'path', passed: 'keyword' }),
    parameter('i', { type: 'list', items: 'integer', passed: 'keyword' }),
    parameter('j', { type: 'list', items: 'integer', passed: 'keyword' }),
    parameter('more', { type: 'map', passed: 'kwargs' }),
  ];
  const values = {
    ...{ a: 'x/y', b: '2024-02-29', c: '2024-02-29T07:00:00+00:00', d: 'BLUE', e: ['RED'], g: 3, rest: [1, 2] },
    ...{ h: { k: 'p' }, i: [1, 1], j: [4, 5], more: { z: 'q' } },
  };
  assert.is(value(source, { parameters, values }), 'all');
});

here('a default before a word by place stays the default', () => {
  const parameters = [
    parameter('a', { passed: 'position' }),
    parameter('b', { passed: 'position' }),
    parameter('c', { passed: 'either' }),
  ];
  const source = 'def f(a=1, b=2, /, c=3):\n    return [a, b, c]\n';
  assert.equal(value(source, { parameters, values: { b: 'x' } }), [1, 'x', 3]);
  assert.equal(value(source, { parameters, values: { c: 'x' } }), [1, 2, 'x']);
  const args = [parameter('a', { passed: 'either' }), parameter('rest', { typed: 'words', passed: 'args' })];
  const rest = 'def f(a=1, *rest):\n    return [a, *rest]\n';
  assert.equal(value(rest, { parameters: args, values: { rest: ['x'] } }), [1, 'x']);
});

here('decorated, awaited and generating functions', () => {
  const wrapped =
    'import functools\ndef d(g):\n    @functools.wraps(g)\n    def w(*a, **k):\n        return g(*a, **k) + 1\n    return w\n@d\ndef f(x):\n    return x\n';
  const parameters = [parameter('x', { type: 'integer', passed: 'either' })];
  assert.is(value(wrapped, { parameters, values: { x: 1 } }), 2);
  assert.is(value('import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return "late"\n'), 'late');
  assert.equal(value('async def f():\n    yield 1\n    yield 2\n'), [1, 2]);
  assert.equal(value('def f():\n    yield 1\n    yield 2\n'), [1, 2]);
});

here('what is no JSON by itself has a plain form', () => {
  const source = `import collections, dataclasses, datetime, decimal, enum, pathlib, uuid
class E(enum.Enum):
    ONE = object()
@dataclasses.dataclass
class D:
    a: int
    b: pathlib.Path
P = collections.namedtuple("P", "x y")
class Array:
    def tolist(self): return [1, 2]
class Frame:
    columns = ["a"]
    def to_dict(self, orient): return [{"a": orient}]
def f():
    return {
        "e": E.ONE, "d": D(1, pathlib.Path("p")), "p": P(1, 2), "s": {3, 1, 2}, "n": float("nan"), "i": float("-inf"),
        "day": datetime.date(2024, 1, 2), "at": datetime.datetime(2024, 1, 2, 3), "dec": decimal.Decimal("1.10"),
        "u": uuid.UUID(int=1), "t": (1, None, True), "array": Array(), "frame": Frame(), 1: "one", None: "none",
        "r": range(2), "od": collections.OrderedDict(a=1), "big": 2 ** 70, "f": 1.5, "text": "é\\ud800\\u2028\\n",
    }
`;
  assert.equal(value(source), {
    ...{ e: 'ONE', d: { a: 1, b: 'p' }, p: { x: 1, y: 2 }, s: [1, 2, 3], n: 'nan', i: '-inf', day: '2024-01-02' },
    ...{ at: '2024-01-02T03:00:00', dec: '1.10', u: '00000000-0000-0000-0000-000000000001', t: [1, null, true] },
    ...{ array: [1, 2], frame: [{ a: 'records' }], 1: 'one', null: 'none', r: [0, 1], od: { a: 1 } },
    ...{ big: 2n ** 70n, f: 1.5, text: 'é\ud800\u2028\n' },
  } as unknown as Json);
});

here('what has no such form is named, with its place', () => {
  const says = (source: string) => {
    const ran = harness(source);
    assert.equal([ran.code, ran.stdout, ran.result], [1, '', undefined]);
    return ran.stderr.split('\n')[0]!;
  };
  const start = "verb returned what can't be printed: ";
  assert.is(says('def f():\n    return {"m": [object()]}\n'), `${start}it['m'][0] is a object`);
  assert.is(says('def f():\n    return b"x"\n'), `${start}it is a bytes`);
  assert.is(says('def f():\n    a = []\n    a.append(a)\n    return a\n'), `${start}it[0] holds itself`);
  assert.match(says('def f():\n    a = 1\n    for _ in range(9999): a = [a]\n    return a\n'), 'is nested too deeply');
});

here('an error is its traceback, without frames of the harness', () => {
  const ran = harness('def f():\n    g()\ndef g():\n    raise ValueError("no such model")\n');
  assert.is(ran.code, 1);
  assert.match(ran.stderr, /^Traceback \(most recent call last\):\n {2}File "\/m\.py", line 2, in f\n/);
  assert.match(
    ran.stderr,
    /File "\/m\.py", line 4, in g\n {4}raise ValueError\("no such model"\)\nValueError: no such model\n$/,
  );
  assert.not.match(ran.stderr, /<string>/);
  const late = harness('async def f():\n    raise ValueError("late")\n');
  assert.match(late.stderr, /^Traceback \(most recent call last\):\n {2}File "\/m\.py", line 2, in f\n/);
  const broken = harness('def f(:\n');
  assert.match(broken.stderr, /File "\/m\.py", line 1\n/);
  assert.not.match(broken.stderr, /<string>/);
});

here('a module that is missing says how it comes', () => {
  const ran = harness('import no_such_thing\ndef f(): pass\n');
  assert.is(ran.code, 1);
  assert.match(
    ran.stderr,
    'verb runs without packages but those that its file names: # dependencies = ["no_such_thing"]',
  );
});

here('its exit code is its own', () => {
  const code = (what: string) => harness(`import sys\ndef f():\n    ${what}\n`);
  assert.is(code('sys.exit(7)').code, 7);
  assert.is(code('exit(3)').code, 3);
  assert.is(code('sys.exit()').code, 0);
  assert.equal(code('sys.exit("no luck")'), { code: 1, stdout: '', stderr: 'no luck\n' });
  assert.is(code('raise KeyboardInterrupt').code, 130);
});

here('the call comes in a word, in a file or before the rest of stdin', () => {
  const source = 'import sys\ndef f(x):\n    return [x, sys.stdin.read()]\n';
  const parameters = [parameter('x', { passed: 'either' })];
  for (const by of ['word', 'file', 'stdin'] as const)
    assert.equal(value(source, { parameters, values: { x: 'é' }, stdin: 'rest é', by }), ['é', 'rest é']);
});

here('a module named as one of Python itself, packages, and files beside it', () => {
  for (const name of ['select', 'json', 'time', 'test', 'sys2']) {
    const files = {
      [`${name}.py`]: 'import json, beside\ndef g():\n    return json.dumps([beside.x])\n',
      'beside.py': 'x = 1\n',
    };
    if (name === 'json') files['json.py'] = 'import beside\ndef g():\n    return "[%d]" % beside.x\n';
    assert.is(value('', { handler: `${name}.g`, files }), '[1]', name);
  }
  const files = { 'p/__init__.py': '', 'p/a.py': 'from . import b\ndef g():\n    return b.x\n', 'p/b.py': 'x = 2\n' };
  assert.is(value('', { handler: 'p.a.g', files }), 2);
});

here("Python's version is looked at before anything runs", () => {
  const source = 'print("ran")\ndef f():\n    return 1\n';
  for (const python of ['>=3.6', '>=3', '>2,<4', '~=3.6', '==3.*', '!=2.7', '>=3.6, !=3.7.*, <4', ''])
    assert.is(harness(source, { python }).code, 0, python);
  for (const python of ['>=3.99', '<3', '==3.6.0', '~=4.0', '==2.*', '>=3.6,<3.7', 'nonsense>1', '!=3.*']) {
    const ran = harness(source, { python });
    assert.equal([ran.code, ran.stdout, ran.stderr], [3, '', ''], python);
    assert.match(ran.unsuitable ?? '', /^3\.\d+\.\d+ \(.+\)$/);
  }
});

here('a Kubeless function gets its event and context', () => {
  const source = 'def f(event, context):\n    return [event["data"], context["function-name"], sorted(event)[0]]\n';
  assert.equal(value(source, { calling: 'event', values: { data: { a: 1 } } }), [{ a: 1 }, 'm.f', 'data']);
  assert.equal(value(source, { calling: 'event' }), ['', 'm.f', 'data']);
});

here('any text reaches the function as it is, and comes back so', () => {
  const parameters = [parameter('x', { type: 'list', items: 'text', passed: 'either' })];
  const words = fc.sample(fc.string({ unit: 'binary' }), 200);
  const odd = [
    '$(touch /tmp/x)',
    '`id`',
    '"; rm -rf /',
    "'",
    '\\',
    '\n',
    '\r',
    '\u2028',
    '\ud800',
    '%s {}',
    '\x1e',
    '\0',
  ];
  const all = [...words, ...odd];
  assert.equal(value('def f(x):\n    return x\n', { parameters, values: { x: all } }), all);
});

test.run();
