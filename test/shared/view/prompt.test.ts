import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Exit, KfError } from '../../../shared/cli/errors.ts';
import { canAsk, confirm } from '../../../shared/view/prompt.ts';
import { context } from '../../support/command.ts';

const ask = async (answer: string) => {
  const { context: to, stderr } = context({ terminal: 80, stdin: answer });
  return { yes: await confirm(to, 'delete?'), asked: stderr() };
};

test('only y and yes are yes', async () => {
  for (const answer of ['y\n', 'Y\n', 'yes\n']) assert.ok((await ask(answer)).yes, answer);
  for (const answer of ['n\n', '\n', 'yep\n', '']) assert.not((await ask(answer)).yes, answer);
  assert.match((await ask('y\n')).asked, /delete\? \[y\/N\] /);
});

test('Ctrl-C while asking is no answer', async () => {
  const stop = new AbortController();
  const { context: to } = context({ terminal: 80, signal: stop.signal });
  const silent = new Readable({ read() {} });
  setTimeout(() => stop.abort(), 20);
  try {
    await confirm({ ...to, stdin: silent }, 'delete?');
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof KfError && error.exit === Exit.interrupted);
  }
});

test('there is someone to ask where both ends are a terminal', () => {
  const { context: piped } = context();
  assert.not(canAsk(piped));
  const { context: typed } = context({ terminal: 80 });
  assert.not(canAsk(typed), 'its input is no terminal');
  assert.ok(canAsk({ ...typed, stdin: Object.assign(Readable.from([]), { isTTY: true }) }));
});

test.run();
