import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Notice } from '../../../shared/view/notice.ts';
import { WaitLine } from '../../../shared/view/wait-line.ts';
import { context } from '../../support/command.ts';

test('a terminal has one line that is drawn anew', () => {
  const { context: to, stderr } = context({ terminal: 24 });
  const notice = new Notice(to);
  notice.show('waiting 1s: pulling image x');
  notice.show('waiting 2s: pulling image x');
  notice.say('done');
  assert.is(stderr(), '\r\u001b[Kwaiting 1s: pulling im…\r\u001b[Kwaiting 2s: pulling im…\r\u001b[Kdone\n');
});

test('elsewhere there is a line for each change', () => {
  const { context: to, stderr } = context();
  const notice = new Notice(to);
  notice.show('waiting 1s: a', 'a');
  notice.show('waiting 2s: a', 'a');
  notice.show('waiting 3s: b\u001b[2J', 'b');
  notice.clear();
  assert.is(stderr(), 'waiting 1s: a\nwaiting 3s: b\n');
});

test('a wait for several jobs names the first that holds it up', () => {
  const { context: to, stderr } = context();
  const line = new WaitLine(to, 'to finish');
  const state = (why: string) => ({ phase: 'Pending', why }) as never;
  line.update('a', state('x'), 500);
  line.update('a', state('x'), 1000);
  line.update('b', state('y'), 1100);
  line.done('a');
  line.update('b', state('y'), 2000);
  line.trouble('away');
  line.trouble('away');
  assert.is(stderr(), 'waiting 1s for a to finish: Pending: x\nwaiting 2s for b to finish: Pending: y\naway\n');
});

test.run();
