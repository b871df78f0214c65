import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../../../plugins/kf-command/index.ts';
import { has, home, runGroup } from '../../../../support/run-added.ts';

const here = (program: string, name: string, run: () => Promise<void>) =>
  has(program) ? test(name, run) : test.skip(`${name}: no ${program} here`, () => {});

const tune = `from typing import Literal

def tune(name: str, trials: int = 10, metric: Literal["loss", "acc"] = "loss") -> list:
    """Tune a model.

    Args:
        trials: how often
    """
    print("at work")
    return [{"name": name, "trials": trials, "metric": metric}]
`;

const tried = (file: string, text: string, ...words: string[]) => {
  const dir = home();
  writeFileSync(join(dir, file), text);
  return runGroup(group, ['command', 'test', file, '--', ...words], { home: dir });
};

here('python3', 'a file runs as the verb that it would be, without a question, and nothing of it is kept', async () => {
  const ran = await tried('tune.py', tune, 'bert', '--trials', '3', '-o', 'json');
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.equal(JSON.parse(ran.stdout.replace('at work\n', '')), [{ name: 'bert', trials: 3, metric: 'loss' }]);
  assert.equal(readdirSync(join(ran.home, '.cache', 'kubectl-kf', 'source')), []);
  assert.not(existsSync(join(ran.home, '.config')));
});

here('python3', 'its mistakes and its help are those that people will see', async () => {
  const wrong = await tried('tune.py', tune, 'bert', '--metric', 'x');
  assert.equal([wrong.code, wrong.stdout, wrong.stderr], [2, '', '--metric takes one of loss, acc, not "x"\n']);
  const help = await tried('tune.py', tune, '--help');
  assert.match(help.stdout, /^Tune a model\.?\n/);
  assert.match(help.stdout, '--trials TRIALS            how often (whole number; default 10)\n');
  assert.match(help.stdout, 'kubectl kf tune <name> [options]');
});

const hello = `#!/usr/bin/env bash
# /// kf
# [[parameters]]
# name = "who"
# [[parameters]]
# name = "loud"
# type = "boolean"
# default = false
# ///
echo "hello $1, $ARG_LOUD"
echo said >&2
exit 5
`;

here('bash', 'a script too, by its header: its words, streams and exit code are its own', async () => {
  const ran = await tried('hello.sh', hello, 'you', '--loud');
  assert.equal([ran.code, ran.stdout, ran.stderr], [5, 'hello you, true\n', 'said\n']);
  const none = await tried('hello.sh', hello);
  assert.equal([none.code, none.stdout], [2, '']);
  assert.match(none.stderr, /^too few words: kubectl kf hello <who>\n/);
});

test('what can not be read is said before anything runs', async () => {
  const none = await runGroup(group, ['command', 'test', 'none.py']);
  assert.equal([none.code, none.stdout], [2, '']);
  assert.match(none.stderr, 'none.py');
  const broken = await tried('tune.py', 'def tune(:\n');
  assert.is(broken.code, 2);
  assert.match(broken.stderr, /tune\.py:1:\d+/);
});

test.run();
