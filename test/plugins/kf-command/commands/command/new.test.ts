import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { templateFor } from '../../../../../shared/registry/templates.ts';
import { person } from '../../support.ts';

const test = suite('kubectl kf command new');

test('writes a file, and says what comes next; another time it leaves it alone', async () => {
  const one = person();
  const first = await one.command(['new', 'my-tune']);
  assert.deepEqual(first, {
    code: 0,
    stdout: '',
    stderr: `wrote my_tune.py
try it:  kubectl kf command test my_tune.py -- World --count 2
add it:  kubectl kf command add my_tune.py
`,
  });
  const text = readFileSync(join(one.home, 'my_tune.py'), 'utf8');
  assert.equal(text, templateFor('my-tune', 'python').text);
  one.write('my_tune.py', 'mine');
  const again = await one.command(['new', 'my-tune']);
  assert.deepEqual(again, {
    code: 2,
    stdout: '',
    stderr: 'my_tune.py is there already\nchoose another name, or move it away\n',
  });
  assert.equal(readFileSync(join(one.home, 'my_tune.py'), 'utf8'), 'mine');
});

test('--bash and --go; for a built-in verb the next step is replace', async () => {
  const one = person();
  assert.equal((await one.command(['new', 'up', '--bash'])).code, 0);
  const { stderr } = await one.command(['new', 'train', '--go']);
  assert.match(stderr, /^wrote train\.go\n[\s\S]*add it: {2}kubectl kf command replace train train\.go\n$/);
  assert.match(readFileSync(join(one.home, 'up.sh'), 'utf8'), /^#!\/usr\/bin\/env bash\n# \/\/\/ kf\n/);
  assert.match(readFileSync(join(one.home, 'train.go'), 'utf8'), /^\/\/ \/\/\/ kf\n/);
});

test('names that can be no verb, and two languages, are refused before anything is written', async () => {
  const one = person();
  for (const [words, said] of [
    [['new', 'Tune'], /^"Tune" can be no subcommand's name/],
    [['new', 'login'], /^login is a verb that can't be replaced/],
    [['new', '../x'], /^"\.\.\/x" can be no subcommand's name/],
    [['new', 'x', '--bash', '--go'], /^--bash and --go are two languages\nchoose one\n/],
  ] as const) {
    const { code, stdout, stderr } = await one.command([...words]);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, said);
  }
});

test.run();
