import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shimText } from '../../../shared/completion/shim.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-shim-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

/** A shim beside an executable that writes down what it is called with. */
function place(verb = '') {
  const home = mkdtempSync(join(dir, 'h-'));
  const [shim, executable, config] = [
    join(home, 'kubectl_complete-kf'),
    join(home, 'kubectl-kf'),
    join(home, 'config'),
  ];
  writeFileSync(shim, shimText({ name: 'kf', executable: 'kubectl-kf', verb }), { mode: 0o755 });
  writeFileSync(
    executable,
    `#!/bin/sh\nfor w do printf '%s\\0' "$w"; done >>"${home}/asked$1"\necho from-executable\necho :4\n`,
  );
  chmodSync(executable, 0o755);
  writeFileSync(config, 'a');
  const past = Date.now() / 1000 - 100;
  for (const each of [config, executable, home]) utimesSync(each, past, past);
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: config };
  const run = (words: string[], more: object = {}) => {
    const { stdout, stderr, status } = spawnSync(shim, words, { env: { ...env, ...more }, encoding: 'utf8' });
    assert.equal([stderr, status], ['', 0], words.join(' '));
    return stdout.trimEnd().split('\n');
  };
  const asked = (order = '__complete') => {
    const file = join(home, `asked${order}`);
    const words = existsSync(file) ? readFileSync(file, 'utf8').split('\0').slice(0, -1) : [];
    rmSync(file, { force: true });
    utimesSync(home, past, past);
    return words;
  };
  /** Leaves an answer as the executable does; `fresh` for so many seconds. */
  const answer = (words: string[], lines: string[], fresh: number) => {
    run(words);
    const [, file = '', stamp = ''] = asked();
    assert.ok(file && stamp);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${stamp}\n${lines.join('\n')}\n`);
    writeFileSync(`${file}.n`, '');
    utimesSync(`${file}.n`, Date.now() / 1000 + fresh, Date.now() / 1000 + fresh);
    utimesSync(home, past, past);
    return file;
  };
  return { home, config, executable, run, asked, answer };
}

const lines = ['digits\tTrainJob', 'dog', 'web', ':4'];

test('without an answer the executable is asked, the words as they are', () => {
  const { run, asked } = place();
  const words = ['logs', '-n', 'a b', '$(id)`id`\'"\\', '*', ''];
  assert.equal(run(words), ['from-executable', ':4']);
  const [order, answer, stamp, ...rest] = asked();
  assert.equal([order, answer, stamp, rest], ['__complete', '', '', words], 'nor is an answer of such words kept');
});

test('an answer that it gave is read from its place, by what is typed', () => {
  const { run, asked, answer } = place();
  answer(['logs', ''], lines, 60);
  assert.equal(run(['logs', '']), lines);
  assert.equal(run(['logs', 'd']), ['digits\tTrainJob', 'dog', ':4']);
  assert.equal(run(['logs', 'x']), [':4']);
  assert.equal([asked(), asked('__behind')], [[], []]);
  assert.equal(run(['logs', '-f', '']), ['from-executable', ':4'], 'other words');
  assert.equal(run(['logs', '--since=']), ['from-executable', ':4']);
  assert.equal(run(['logs', 'pod/d']), ['from-executable', ':4']);
});

test('one that has aged is told, and renewed behind', () => {
  const { home, run, answer } = place();
  const file = answer(['logs', ''], lines, -60);
  assert.equal(run(['logs', '']), lines);
  const said = join(home, 'asked__behind');
  execFileSync('sh', ['-c', `i=0; while [ ! -s '${said}' ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); done`]);
  const [order, at, , ...words] = readFileSync(said, 'utf8').split('\0').slice(0, -1);
  assert.equal([order, at, words], ['__behind', file, ['logs', '']]);
});

test('another kubeconfig, an executable or a group that is newer: the executable is asked', () => {
  const ways: Record<string, (at: ReturnType<typeof place>) => object> = {
    changed: ({ config }) => writeFileSync(config, 'b') ?? {},
    'another size, as old': ({ config }) => {
      writeFileSync(config, 'longer');
      utimesSync(config, 1, 1);
      return {};
    },
    'another file, as old': ({ config }) => {
      writeFileSync(`${config}.new`, 'a');
      rmSync(config);
      execFileSync('mv', [`${config}.new`, config]);
      utimesSync(config, 1, 1);
      return {};
    },
    'another name': ({ config }) => {
      writeFileSync(`${config}-2`, 'a');
      return { KUBECONFIG: `${config}-2` };
    },
    'two of them': ({ config }) => ({ KUBECONFIG: `${config}:${config}` }),
    gone: ({ config }) => rmSync(config) ?? {},
    'a new executable': ({ executable }) => utimesSync(executable, Date.now() / 1000 + 5, Date.now() / 1000 + 5) ?? {},
    'a group more': ({ home }) => utimesSync(home, Date.now() / 1000 + 5, Date.now() / 1000 + 5) ?? {},
    'another cache': ({ home }) => ({ KUBECACHEDIR: join(home, 'elsewhere') }),
  };
  for (const [what, change] of Object.entries(ways)) {
    const at = place();
    at.answer(['logs', ''], lines, 60);
    assert.equal(at.run(['logs', ''], change(at)), ['from-executable', ':4'], what);
  }
});

test('no two lines of words have one place', () => {
  const { run, asked } = place();
  const places = new Map<string, string>();
  for (const words of [
    ['a/b', ''],
    ['a', 'b', ''],
    ['a', ''],
    ['a', '-'],
    ['a', '--'],
    ['a', '--x'],
    ['a', 'b'],
    ['', ''],
    ['a', '-n', ''],
  ]) {
    run(words);
    const [, at = ''] = asked();
    const same = places.get(at);
    // The last word is narrowed, not looked up.
    if (at !== '') assert.ok(same === undefined || same === words.slice(0, -1).join(' '), `${words.join(' ')}: ${at}`);
    places.set(at, words.slice(0, -1).join(' '));
  }
  for (const words of [
    ['..', ''],
    ['a/../b', ''],
    ['/etc', ''],
    ['a//b', ''],
    ['', 'x'],
    ['x'.repeat(300), ''],
  ]) {
    run(words);
    assert.is(asked()[1], '', words.join(' '));
  }
});

test('whatever is typed, nothing of it is run, and the executable gets it whole', () => {
  const { home, run, asked } = place();
  const bait = join(home, 'bait');
  const part = fc.constantFrom(
    `$(touch ${bait})`,
    `;touch ${bait};`,
    '`',
    '"',
    "'",
    '\\',
    '\n',
    '*',
    '-e',
    '--',
    ' ',
    'é',
    '[a',
    ')',
    '}',
  );
  const word = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      run(words);
      assert.equal(asked().slice(3), words);
      assert.not(existsSync(bait));
    }),
    { numRuns: 40 },
  );
});

test('a link for one of several verbs puts the verb first; without the executable nothing is offered', () => {
  const { executable, run, asked } = place('create');
  run(['$x', '']);
  assert.equal(asked().slice(3), ['create', '$x', '']);
  rmSync(executable);
  assert.equal(run(['']), [':4']);
});

test('an executable that is elsewhere is called by its path, whatever is in it', () => {
  const text = shimText({ name: 'kf', executable: "/opt/it's here/kubectl-kf", verb: '' });
  assert.match(text, "exe='/opt/it'\\''s here/kubectl-kf'");
});

test.run();
