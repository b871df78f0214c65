import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PythonError } from '../../../shared/python/ast.ts';
import { parseExpression, parseModule } from '../../../shared/python/parse.ts';
import { tokenize } from '../../../shared/python/tokens.ts';
import { python } from './support.ts';

const folder = join(import.meta.dirname, 'functions');
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .filter((text) => !text.startsWith('# python:'));

/** `line:column message`, or undefined where it parses. */
function refusal(text: string): string | undefined {
  try {
    parseModule(text);
    return undefined;
  } catch (error) {
    assert.instance(error, PythonError);
    const before = text.slice(0, (error as PythonError).at).split('\n');
    return `${before.length}:${before.at(-1)!.length + 1} ${(error as PythonError).message}`;
  }
}

test('what Python refuses is refused where it goes wrong', () => {
  for (const [text, said] of [
    ['def f(a, b:\n    return 1\n', "1:6 '(' was never closed"],
    ['def f(a:\n  x = )\n', "2:7 ')' can't stand here"],
    ['x = [1, 2)\n', "1:10 closing ')' does not match opening '['"],
    ['x = 1)\n', "1:6 unmatched ')'"],
    ['def f(a)\n    return 1\n', "1:9 expected ':'"],
    ['def f(a):\nreturn 1\n', '2:1 expected an indented block'],
    ['def f(a):\n    x\n  y\n', '3:3 unindent does not match any outer indentation level'],
    ['  x\n', '1:3 unexpected indent'],
    ['def f(a=1, b): pass\n', '1:12 a parameter without a default follows one with a default'],
    ['def f(a, a): pass\n', '1:10 two parameters are called a'],
    ['def f(*, **k): pass\n', "1:7 a name must follow '*'"],
    ['def f(/, a): pass\n', "1:7 '/' can't stand here"],
    ['def f(*a, *b): pass\n', "1:11 '*' may appear only once"],
    ['def f(**k, a): pass\n', '1:12 nothing can follow **k'],
    ['def class(): pass\n', '1:5 class is a keyword, not the name of a function'],
    ['f(a=1, 2)\n', '1:8 a positional argument follows a keyword argument'],
    ['1 = x\n', "1:1 can't be assigned to"],
    ['x = "abc\n', '1:5 unterminated string'],
    ['x = """abc\n', '1:5 unterminated triple-quoted string'],
    ['x = f"{a}}"\n', "1:10 f-string: single '}' is not allowed"],
    ['print "x"\n', `1:7 '"x"' can't stand here`],
    ['x = 0777\n', '1:5 leading zeros in whole numbers are not permitted'],
    ['x = 1abc\n', '1:5 invalid number'],
    ['x = a ? b\n', "1:7 invalid character '?'"],
    ['x = \u201cquoted\u201d\n', "1:5 invalid character '\u201c'"],
    ['if x:\n\ty\n        z\n', '3:9 inconsistent use of tabs and spaces in indentation'],
    ['try:\n  x\ny\n', "3:1 expected 'except' or 'finally'"],
    ['@a\nx = 1\n', '2:1 a function or a class must follow its decorators'],
    ['from import x\n', '1:6 import is a keyword, not the name of a module'],
  ] as const) {
    const own = refusal(text);
    assert.is(own, said, text);
  }
});

test('a forward reference is one expression', () => {
  assert.is(parseExpression(' list[\n int ] ').kind, 'subscript');
  for (const text of ['', 'int str', 'x = 1', 'int)', 'a\nb', ') + ('])
    assert.throws(() => parseExpression(text), undefined, text);
});

const tokens = sources.flatMap((text) =>
  tokenize(text)
    .list.filter(({ at, end }) => end > at)
    .map(({ text: word }) => word),
);

/** Sources with a word taken out, put in, or changed for another. */
const spoilt = fc
  .tuple(fc.constantFrom(...sources), fc.nat(), fc.constantFrom('', ...tokens), fc.boolean())
  .map(([text, where, word, keep]) => {
    const list = tokenize(text).list.filter(({ at, end }) => end > at);
    const { at, end } = list[where % list.length] ?? { at: 0, end: 0 };
    return `${text.slice(0, at)}${word} ${text.slice(keep ? at : end)}`;
  });

const found = python();

test('of spoilt sources those are refused that Python refuses', () => {
  if (!found) return console.log('skipped: there is no python3 here to compare with');
  const texts = fc.sample(spoilt, 1500);
  const script = `import ast, json, sys, warnings
warnings.simplefilter("ignore")
def ok(text):
    try: ast.parse(text)
    except (SyntaxError, ValueError): return False
    return True
print(json.dumps([ok(each) for each in json.load(sys.stdin)]))`;
  const theirs = JSON.parse(
    execFileSync(found.path, ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' }),
  );
  const refused = texts.filter((_, i) => !theirs[i]).length;
  assert.ok(refused > 100 && refused < 1500, `${refused}`);
  for (const [i, text] of texts.entries()) {
    const own = refusal(text);
    // Python says these when it compiles.
    if (theirs[i] && /two parameters are called|can't be assigned to/.test(own ?? '')) continue;
    // What Python has since 3.12 is taken here, whatever Python there is.
    if (own === undefined && /\btype\b|\bf["']/.test(text) && found.minor < 12) continue;
    // Several exceptions without parentheses: since 3.14.
    if (own === undefined && /\bexcept\b[^:\n]*,/.test(text) && found.minor < 14) continue;
    assert.is(own === undefined, theirs[i], `${own}\n${text}`);
  }
});

test('nothing of a size that a source may have takes long, or goes too deep', () => {
  const many = (text: string) => text.repeat(200_000 / text.length);
  for (const text of [
    ...[
      '(',
      '[',
      '{',
      'f"{',
      "f'{x:{",
      '- ',
      'not ',
      'lambda:',
      '1**',
      '1 if 1 else ',
      '@a\n',
      'if x:\n ',
      '\\\n',
      '\0',
      '*',
    ].map(many),
    ...[
      `${many('1+')}1`,
      `a${many('(b)')}`,
      `x${many('.a')}`,
      many('a;'),
      many('a,'),
      `"${many('\\')}`,
      many('match a:\n'),
    ],
    ...[
      `${many('try:pass\nexcept:pass\n')}`,
      `${'(1+'.repeat(199)}1${')'.repeat(199)}`,
      `def f(x: ${many('int|')}int): pass`,
    ],
  ]) {
    const from = performance.now();
    refusal(text);
    assert.ok(performance.now() - from < 10_000, `${text.slice(0, 20)}: ${performance.now() - from} ms`);
  }
});

test.run();
